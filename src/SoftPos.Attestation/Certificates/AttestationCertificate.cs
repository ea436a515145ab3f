using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Certificates;

/// <summary>
/// An X.509 certificate, read strictly where a forger could hide something (DER, both algorithm fields, whole-byte signatures) and
/// leniently where makers are sloppy (dates, serial signs, extension order). Holds slices of the input; nothing is copied.
/// </summary>
public sealed class AttestationCertificate
{
    internal const string Format = "certificate";

    /// <summary>Most extensions that are read: genuine certificates carry fewer than ten.</summary>
    private const int MaxExtensions = 32;

    /// <summary>RFC 5280 allows 20 bytes; some makers pass a sign byte or more. Bounds the decimal conversion.</summary>
    private const int MaxSerialLength = 40;

    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag IssuerUniqueTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag SubjectUniqueTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3, isConstructed: true);

    private AttestationCertificate(ReadOnlyMemory<byte> encoded) => Encoded = encoded;

    /// <summary>The whole certificate.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The signed part.</summary>
    public ReadOnlyMemory<byte> ToBeSigned { get; private set; }

    /// <summary>Content of the serialNumber INTEGER.</summary>
    public ReadOnlyMemory<byte> Serial { get; private set; }

    /// <summary>Serial as lower-case hex without leading zeros, one of the two spellings of the status list.</summary>
    public string SerialHex => Convert.ToHexStringLower(Serial.Span).TrimStart('0') is { Length: > 0 } digits ? digits : "0";

    /// <summary>Serial in decimal, the other spelling of the status list.</summary>
    public string SerialDecimal => new BigInteger(Serial.Span, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);

    /// <summary>How it is signed.</summary>
    public SignatureScheme Scheme { get; private set; }

    /// <summary>Who signed it.</summary>
    public DistinguishedName Issuer { get; private set; } = null!;

    /// <summary>Whose key it holds.</summary>
    public DistinguishedName Subject { get; private set; } = null!;

    /// <summary>Start of validity; null where the maker's date cannot be read.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    /// <summary>End of validity; null where the maker's date cannot be read.</summary>
    public DateTimeOffset? NotAfter { get; private set; }

    /// <summary>The certified key.</summary>
    public PublicKeyInfo Key { get; private set; } = null!;

    /// <summary>Signature value: DER for ECDSA, raw for RSA.</summary>
    public ReadOnlyMemory<byte> Signature { get; private set; }

    internal IReadOnlyList<CertificateExtension> Extensions { get; private set; } = [];

    /// <summary>Reads one certificate; trailing bytes are a fault.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> encoded, out AttestationCertificate? certificate, out FormatFault? fault)
    {
        DerFaults faults = new(Format);
        AttestationCertificate read = new(encoded);
        read.Read(faults);
        fault = faults.First;
        certificate = fault is null ? read : null;
        return fault is null;
    }

    internal CertificateExtension? Find(ReadOnlySpan<byte> oid)
    {
        foreach (CertificateExtension extension in Extensions)
        {
            if (extension.ObjectIdentifier.Span.SequenceEqual(oid))
            {
                return extension;
            }
        }

        return null;
    }

    private void Read(DerFaults faults)
    {
        DerCursor file = new(Encoded.Span, 0, faults);
        DerCursor certificate = file.EnterSequence("Certificate");
        file.End("nothing after the certificate");
        DerElement tbs = certificate.Read(Asn1Tag.Sequence, "TBSCertificate");
        DerElement algorithm = certificate.Read(Asn1Tag.Sequence, "signatureAlgorithm");
        DerElement signature = certificate.ReadBits("signatureValue");
        certificate.End("nothing after the signature");
        if (faults.First is not null)
        {
            return;
        }

        ToBeSigned = Encoded[tbs.Span];
        Signature = Encoded[(signature.ContentOffset + 1)..signature.ContentSpan.End.Value];
        Scheme = SchemeOf(certificate.Inside(algorithm), faults);
        ReadBody(certificate.Inside(tbs), algorithm.Encoded, faults);
    }

    private void ReadBody(DerCursor body, ReadOnlySpan<byte> outerAlgorithm, DerFaults faults)
    {
        if (body.NextIs(VersionTag))
        {
            DerCursor version = body.Enter(VersionTag, "version");
            int at = version.Offset;
            if (version.ReadUnsigned("version 1, 2 or 3") > 2)
            {
                body.Fail(at, "version 1, 2 or 3");
            }

            version.End("nothing after the version");
        }

        DerElement serial = body.ReadInteger("serialNumber");
        DerElement algorithm = body.Read(Asn1Tag.Sequence, "signature algorithm");
        DerElement issuer = body.Read(Asn1Tag.Sequence, "issuer");
        DerCursor validity = body.EnterSequence("validity");
        DerElement notBefore = validity.ReadAny("notBefore");
        DerElement notAfter = validity.ReadAny("notAfter");
        validity.End("nothing after notAfter");
        DerElement subject = body.Read(Asn1Tag.Sequence, "subject");
        DerElement key = body.Read(Asn1Tag.Sequence, "subjectPublicKeyInfo");
        if (faults.First is not null)
        {
            return;
        }

        if (serial.Content.Length > MaxSerialLength)
        {
            body.Fail(serial.Offset, $"a serial number of at most {MaxSerialLength} bytes");
        }

        // RFC 5280, 4.1.1.2: both algorithm fields are the same; a difference is how signatures get misread.
        if (!algorithm.Encoded.SequenceEqual(outerAlgorithm))
        {
            body.Fail(algorithm.Offset, "the same algorithm as in signatureAlgorithm");
        }

        Serial = Encoded[serial.ContentSpan];
        Issuer = new DistinguishedName(Encoded[issuer.Span]);
        Subject = new DistinguishedName(Encoded[subject.Span]);
        NotBefore = CertificateTime.Read(notBefore);
        NotAfter = CertificateTime.Read(notAfter);
        Key = PublicKeyInfo.Read(ref body, key, Encoded, faults)!;
        SkipUniqueIdentifiers(ref body);
        ReadExtensions(body, faults);
    }

    private static void SkipUniqueIdentifiers(ref DerCursor body)
    {
        foreach (Asn1Tag tag in (ReadOnlySpan<Asn1Tag>)[IssuerUniqueTag, SubjectUniqueTag])
        {
            if (body.NextIs(tag))
            {
                body.ReadAny("unique identifier");
            }
        }
    }

    private void ReadExtensions(DerCursor body, DerFaults faults)
    {
        if (!body.HasData)
        {
            return;
        }

        DerCursor wrapper = body.Enter(ExtensionsTag, "extensions");
        body.End("nothing after the extensions");
        DerCursor list = wrapper.EnterSequence("list of extensions");
        wrapper.End("nothing after the list of extensions");
        List<CertificateExtension> found = [];
        while (list.HasData)
        {
            DerCursor extension = list.EnterSequence("extension");
            DerElement oid = extension.Read(Asn1Tag.ObjectIdentifier, "extension identifier");
            bool critical = extension.NextIs(Asn1Tag.Boolean) && extension.ReadBoolean("criticality");
            DerElement value = extension.Read(Asn1Tag.PrimitiveOctetString, "extension value");
            extension.End("nothing after the extension value");
            if (faults.First is not null)
            {
                return;
            }

            if (found.Count == MaxExtensions)
            {
                list.Fail(oid.Offset, $"at most {MaxExtensions} extensions");
                return;
            }

            found.Add(new CertificateExtension(Encoded[oid.ContentSpan], critical, Encoded[value.ContentSpan], value.ContentOffset));
        }

        Extensions = found;
    }

    private static SignatureScheme SchemeOf(DerCursor algorithm, DerFaults faults)
    {
        DerElement oid = algorithm.Read(Asn1Tag.ObjectIdentifier, "signature algorithm identifier");
        bool hasParameters = algorithm.HasData;
        bool isNull = algorithm.NextIs(Asn1Tag.Null);
        if (hasParameters)
        {
            algorithm.ReadAny("signature algorithm parameters");
        }

        algorithm.End("nothing after the signature algorithm");
        if (faults.First is not null)
        {
            return SignatureScheme.Unknown;
        }

        ReadOnlySpan<byte> content = oid.Content;
        SignatureScheme scheme = content.SequenceEqual(ObjectIdentifiers.EcdsaSha256) ? SignatureScheme.EcdsaSha256
            : content.SequenceEqual(ObjectIdentifiers.EcdsaSha384) ? SignatureScheme.EcdsaSha384
            : content.SequenceEqual(ObjectIdentifiers.RsaSha256) ? SignatureScheme.RsaSha256
            : content.SequenceEqual(ObjectIdentifiers.EcdsaSha512) ? SignatureScheme.EcdsaSha512
            : content.SequenceEqual(ObjectIdentifiers.RsaSha384) ? SignatureScheme.RsaSha384
            : content.SequenceEqual(ObjectIdentifiers.RsaSha512) ? SignatureScheme.RsaSha512
            : PublicKeyInfo.IsMlDsa(content) ? SignatureScheme.MlDsa
            : SignatureScheme.Unknown;
        return hasParameters && !isNull ? SignatureScheme.Unknown : scheme;
    }
}
