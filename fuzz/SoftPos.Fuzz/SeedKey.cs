using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Fuzz;

/// <summary>A key in software, to sign seeds with.</summary>
internal sealed class SeedKey(ECDsa key) : IDeviceKey
{
    public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

    public byte[] SignHash(ReadOnlySpan<byte> hash) => key.SignHash(hash.ToArray());
}
