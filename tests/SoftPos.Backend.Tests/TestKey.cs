using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Backend.Tests;

/// <summary>A device key in software.</summary>
internal sealed class TestKey : IDeviceKey, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public byte[] SignHash(ReadOnlySpan<byte> hash) => _key.SignHash(hash);

    public void Dispose() => _key.Dispose();
}
