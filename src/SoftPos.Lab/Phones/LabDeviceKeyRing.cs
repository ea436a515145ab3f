using System.Collections.Concurrent;
using System.Formats.Cbor;
using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Terminal;

namespace SoftPos.Lab.Phones;

/// <summary>
/// The secure hardware of a lab phone: makes a signing and an agreement key under an alias and has both attested. Keeps them in memory, or
/// in a folder of the sandbox so that a phone survives its process.
/// </summary>
/// <param name="phone">The phone.</param>
/// <param name="folder">Folder for the keys; null keeps them in memory.</param>
internal sealed class LabDeviceKeyRing(LabPhone phone, string? folder = null) : IDeviceKeyRing
{
    private const int SignPurpose = 2;
    private const int AgreePurpose = 6;

    private readonly ConcurrentDictionary<string, DeviceKeys> _open = new(StringComparer.Ordinal);

    public DeviceKeys Create(string alias, ReadOnlySpan<byte> attestationChallenge)
    {
        LabDeviceKey signing = new(LabKeys.Generate(phone.Randomness));
        LabDeviceKey agreement = new(LabKeys.Generate(phone.Randomness));
        DeviceKeys keys = new(
            signing,
            phone.Attest(signing.PublicKey, attestationChallenge, SignPurpose),
            agreement,
            phone.Attest(agreement.PublicKey, attestationChallenge, AgreePurpose));
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(PathOf(alias), Encode(signing, keys.SigningChain, agreement, keys.AgreementChain));
        }

        _open[alias] = keys;
        return keys;
    }

    public DeviceKeys? Open(string alias)
    {
        if (_open.TryGetValue(alias, out DeviceKeys? keys))
        {
            return keys;
        }

        return folder is not null && File.Exists(PathOf(alias)) ? _open[alias] = Decode(File.ReadAllBytes(PathOf(alias))) : null;
    }

    public void Delete(string alias)
    {
        _open.TryRemove(alias, out _);
        if (folder is not null)
        {
            File.Delete(PathOf(alias));
        }
    }

    private string PathOf(string alias) => alias.All(char.IsAsciiLetterOrDigit)
        ? Path.Combine(folder!, alias + ".labkey")
        : throw new ArgumentException("an alias holds letters and digits only", nameof(alias));

    private static byte[] Encode(LabDeviceKey signing, IReadOnlyList<byte[]> signingChain, LabDeviceKey agreement,
        IReadOnlyList<byte[]> agreementChain)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteByteString(signing.ExportPrivateKey());
        WriteChain(writer, signingChain);
        writer.WriteByteString(agreement.ExportPrivateKey());
        WriteChain(writer, agreementChain);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static DeviceKeys Decode(byte[] bytes)
    {
        CborReader reader = new(bytes, CborConformanceMode.Canonical);
        reader.ReadStartArray();
        LabDeviceKey signing = LabDeviceKey.ImportPrivateKey(reader.ReadByteString());
        List<byte[]> signingChain = ReadChain(reader);
        LabDeviceKey agreement = LabDeviceKey.ImportPrivateKey(reader.ReadByteString());
        List<byte[]> agreementChain = ReadChain(reader);
        reader.ReadEndArray();
        return new DeviceKeys(signing, signingChain, agreement, agreementChain);
    }

    private static void WriteChain(CborWriter writer, IReadOnlyList<byte[]> chain)
    {
        writer.WriteStartArray(chain.Count);
        foreach (byte[] certificate in chain)
        {
            writer.WriteByteString(certificate);
        }

        writer.WriteEndArray();
    }

    private static List<byte[]> ReadChain(CborReader reader)
    {
        List<byte[]> chain = [];
        reader.ReadStartArray();
        while (reader.PeekState() is not CborReaderState.EndArray)
        {
            chain.Add(reader.ReadByteString());
        }

        reader.ReadEndArray();
        return chain;
    }
}

/// <summary>A P-256 key of the lab, for signing or for key agreement. A real phone would never let it out.</summary>
internal sealed class LabDeviceKey : IDeviceKey, IAgreementKey
{
    private readonly ECParameters _key;

    public LabDeviceKey(ECParameters key)
    {
        _key = key;
        using ECDsa ecdsa = ECDsa.Create(key);
        PublicKey = ecdsa.ExportSubjectPublicKeyInfo();
    }

    public byte[] PublicKey { get; }

    public static LabDeviceKey ImportPrivateKey(byte[] pkcs8)
    {
        using ECDsa ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return new LabDeviceKey(ecdsa.ExportParameters(includePrivateParameters: true));
    }

    public byte[] ExportPrivateKey()
    {
        using ECDsa ecdsa = ECDsa.Create(_key);
        return ecdsa.ExportPkcs8PrivateKey();
    }

    public byte[] SignHash(ReadOnlySpan<byte> hash)
    {
        using ECDsa ecdsa = ECDsa.Create(_key);
        return ecdsa.SignHash(hash.ToArray(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> sharedSecret)
    {
        try
        {
            using ECDiffieHellman own = ECDiffieHellman.Create(_key);
            using ECDiffieHellman other = ECDiffieHellman.Create();
            other.ImportSubjectPublicKeyInfo(peer, out int read);
            if (read != peer.Length || other.KeySize != 256)
            {
                return false;
            }

            using ECDiffieHellmanPublicKey key = other.PublicKey;
            byte[] secret = own.DeriveRawSecretAgreement(key);
            secret.CopyTo(sharedSecret);
            CryptographicOperations.ZeroMemory(secret);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
