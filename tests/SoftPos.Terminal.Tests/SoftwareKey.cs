using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>A signing key in software; the "chain" of the tests is its public key alone, which only the scripted back end accepts.</summary>
internal sealed class SoftwareKey : IDeviceKey
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public byte[] SignHash(ReadOnlySpan<byte> hash) => _key.SignHash(hash);
}

/// <summary>An agreement key in software.</summary>
internal sealed class SoftwareAgreement : IAgreementKey
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> sharedSecret)
    {
        using ECDiffieHellman other = ECDiffieHellman.Create();
        try
        {
            other.ImportSubjectPublicKeyInfo(peer, out _);
            _key.DeriveRawSecretAgreement(other.PublicKey).CopyTo(sharedSecret);
            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>Keys by alias, as long as the test runs.</summary>
internal sealed class SoftwareKeyRing : IDeviceKeyRing
{
    public Dictionary<string, DeviceKeys> Held { get; } = [];

    /// <summary>Called before keys are made; may throw, as hardware does.</summary>
    public Action? OnCreate { get; set; }

    public DeviceKeys Create(string alias, ReadOnlySpan<byte> attestationChallenge)
    {
        OnCreate?.Invoke();
        SoftwareKey signing = new();
        SoftwareAgreement agreement = new();
        DeviceKeys keys = new(signing, [signing.PublicKey], agreement, [agreement.PublicKey]);
        Held.Add(alias, keys);
        return keys;
    }

    public DeviceKeys? Open(string alias) => Held.GetValueOrDefault(alias);

    public void Delete(string alias) => Held.Remove(alias);
}
