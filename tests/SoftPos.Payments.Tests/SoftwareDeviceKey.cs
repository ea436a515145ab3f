using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Payments.Tests;

/// <summary>A signing key in memory behind the device key port.</summary>
internal sealed class SoftwareDeviceKey : IDeviceKey, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public byte[] SignHash(ReadOnlySpan<byte> hash) => _key.SignHash(hash.ToArray());

    public void Dispose() => _key.Dispose();
}
