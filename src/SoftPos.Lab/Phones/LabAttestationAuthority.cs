using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SoftPos.Attestation;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Lab.Phones;

/// <summary>
/// The lab's stand-in for the maker of phones: a root and two provisioning certificates whose keys anyone can compute from the seed, and
/// real DER chains under them, in the shape of remotely provisioned ones. Sandbox only: production refuses to start with its root.
/// </summary>
public sealed class LabAttestationAuthority
{
    /// <summary>Name of the root, by which people recognise it.</summary>
    public const string RootName = "OpenSoftPOS Lab Root - never trust outside a sandbox";

    private const string Organization = "OpenSoftPOS Lab";

    private static readonly byte[] PublicSeed = "OpenSoftPOS lab attestation, public on purpose"u8.ToArray();
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECParameters _rootKey;
    private readonly ECParameters _upperKey;
    private readonly ECParameters _lowerKey;
    private readonly byte[] _root;
    private readonly byte[] _upper;
    private readonly byte[] _lower;

    /// <summary>The authority of a seed; its keys are the same in every process.</summary>
    /// <param name="seed">Any bytes; empty takes the public seed of this project.</param>
    public LabAttestationAuthority(ReadOnlySpan<byte> seed = default)
    {
        ReadOnlySpan<byte> own = seed.IsEmpty ? PublicSeed : seed;
        _rootKey = LabKeys.Derive(own, "root");
        _upperKey = LabKeys.Derive(own, "provisioning 2");
        _lowerKey = LabKeys.Derive(own, "provisioning 3");
        _root = Issue(Name(null, RootName), PublicKeyOf(_rootKey), Name(null, RootName), _rootKey, [1], Start, End, isAuthority: true);
        _upper = Issue(Name(Organization, "Lab CA2"), PublicKeyOf(_upperKey), Name(null, RootName), _rootKey, [2], Start, End, isAuthority: true);
        _lower = Issue(Name(Organization, "Lab CA3"), PublicKeyOf(_lowerKey), Name(Organization, "Lab CA2"), _upperKey, [3], Start, End,
            isAuthority: true);
    }

    /// <summary>The root as an anchor for the back end's sandbox.</summary>
    public TrustAnchor Anchor => AttestationCertificate.TryParse(_root, out AttestationCertificate? root, out FormatFault? fault)
        ? TrustAnchor.Of(root!, ChainKind.Remote, isSandbox: true)
        : throw new InvalidOperationException(fault!.ToString());

    /// <summary>DER of the root.</summary>
    public ReadOnlyMemory<byte> Root => _root;

    /// <summary>Attests one key: five DER certificates, leaf first.</summary>
    /// <param name="request">What to say.</param>
    /// <param name="randomness">For serial numbers and the attestation key.</param>
    public IReadOnlyList<byte[]> Attest(LabAttestationRequest request, RandomNumberGenerator randomness)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(randomness);
        byte[] serial = new byte[16];
        randomness.GetBytes(serial);
        serial[0] &= 0x7F;
        serial[0] |= 0x40;
        ECParameters attestationKey = LabKeys.Generate(randomness);
        X500DistinguishedName attestation = Name(request.Level is SecurityLevel.StrongBox ? "StrongBox" : "TEE", Convert.ToHexStringLower(serial));
        byte[] issuer = Issue(
            attestation, PublicKeyOf(attestationKey), Name(Organization, "Lab CA3"), _lowerKey, serial, request.Time.AddDays(-1),
                request.Time.AddDays(14), isAuthority: true);

        // A leaf's dates come from the phone's clock and mean nothing; phones write these.
        byte[] leaf = Issue(
            Name(null, "Android Keystore Key"), KeyOf(request.PublicKey), attestation, attestationKey, [1], DateTimeOffset.UnixEpoch, End,
                isAuthority: false,
            new X509Extension("1.3.6.1.4.1.11129.2.1.17", LabKeyDescription.Write(request), critical: false));
        return [leaf, issuer, _lower, _upper, _root];
    }

    private static byte[] Issue(
        X500DistinguishedName subject,
        PublicKey key,
        X500DistinguishedName issuer,
        ECParameters issuerKey,
        byte[] serial,
        DateTimeOffset notBefore,
        DateTimeOffset notAfter,
        bool isAuthority,
        params ReadOnlySpan<X509Extension> extensions)
    {
        using ECDsa signer = ECDsa.Create(issuerKey);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            isAuthority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        if (isAuthority)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
                certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        }

        foreach (X509Extension extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using X509Certificate2 certificate = request.Create(issuer, X509SignatureGenerator.CreateForECDsa(signer), notBefore, notAfter, serial);
        return certificate.RawData;
    }

    private static PublicKey PublicKeyOf(ECParameters key)
    {
        using ECDsa ecdsa = ECDsa.Create(key);
        return new PublicKey(ecdsa);
    }

    private static PublicKey KeyOf(byte[] subjectPublicKeyInfo)
    {
        using ECDsa ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return new PublicKey(ecdsa);
    }

    private static X500DistinguishedName Name(string? organization, string commonName)
    {
        X500DistinguishedNameBuilder name = new();
        if (organization is not null)
        {
            name.AddOrganizationName(organization);
        }

        name.AddCommonName(commonName);
        return name.Build();
    }
}
