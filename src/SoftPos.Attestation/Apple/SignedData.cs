using System.Formats.Asn1;
using System.Security.Cryptography;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Apple;

/// <summary>A CMS SignedData (RFC 5652) with content and one signer, in BER as Apple writes it.</summary>
/// <param name="Content">The signed content.</param>
/// <param name="Chain">Certificates, the signer's first, each followed by its issuer.</param>
/// <param name="IsSignatureValid">Content digest and signature hold under the signer's key.</param>
internal sealed record SignedData(ReadOnlyMemory<byte> Content, IReadOnlyList<AttestationCertificate> Chain, bool IsSignatureValid)
{
    private const string SignedDataType = "1.2.840.113549.1.7.2";
    private const string DataType = "1.2.840.113549.1.7.1";
    private const string MessageDigestAttribute = "1.2.840.113549.1.9.4";
    private const string ContentTypeAttribute = "1.2.840.113549.1.9.3";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string EcdsaSha256 = "1.2.840.10045.4.3.2";
    private const int MaxCertificates = 8;

    private static readonly Asn1Tag Explicit0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Explicit1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public static SignedData? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            AsnReader file = new(bytes, AsnEncodingRules.BER);
            AsnReader info = file.ReadSequence();
            file.ThrowIfNotEmpty();
            if (info.ReadObjectIdentifier() != SignedDataType)
            {
                return null;
            }

            AsnReader signed = info.ReadSequence(Explicit0).ReadSequence();
            signed.ReadInteger();
            signed.ReadSetOf(skipSortOrderValidation: true);
            AsnReader encapsulated = signed.ReadSequence();
            string contentType = encapsulated.ReadObjectIdentifier();
            byte[] content = encapsulated.ReadSequence(Explicit0).ReadOctetString();
            List<AttestationCertificate> certificates = ReadCertificates(signed);
            if (signed.HasData && signed.PeekTag().HasSameClassAndValue(Explicit1))
            {
                signed.ReadEncodedValue();
            }

            AsnReader signers = signed.ReadSetOf(skipSortOrderValidation: true);
            AsnReader signer = signers.ReadSequence();
            signers.ThrowIfNotEmpty();
            return Check(content, contentType, certificates, signer);
        }
        catch (Exception broken) when (broken is AsnContentException or CryptographicException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static List<AttestationCertificate> ReadCertificates(AsnReader signed)
    {
        List<AttestationCertificate> certificates = [];
        if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(Explicit0))
        {
            return certificates;
        }

        AsnReader set = signed.ReadSetOf(skipSortOrderValidation: true, expectedTag: Explicit0);
        while (set.HasData && certificates.Count < MaxCertificates)
        {
            if (AttestationCertificate.TryParse(set.ReadEncodedValue(), out AttestationCertificate? certificate, out _))
            {
                certificates.Add(certificate!);
            }
        }

        return certificates;
    }

    private static SignedData? Check(byte[] content, string contentType, List<AttestationCertificate> certificates, AsnReader signer)
    {
        signer.ReadInteger();
        AsnReader identity = signer.ReadSequence();
        ReadOnlyMemory<byte> issuer = identity.ReadEncodedValue();
        ReadOnlyMemory<byte> serial = identity.ReadIntegerBytes();
        string digest = signer.ReadSequence().ReadObjectIdentifier();
        ReadOnlyMemory<byte>? attributes = signer.PeekTag().HasSameClassAndValue(Explicit0) ? (ReadOnlyMemory<byte>?)signer.ReadEncodedValue() : null;
        string algorithm = signer.ReadSequence().ReadObjectIdentifier();
        byte[] signature = signer.ReadOctetString();
        AttestationCertificate? own = certificates.Find(certificate =>
            certificate.Issuer.Encoded.Span.SequenceEqual(issuer.Span) && certificate.Serial.Span.SequenceEqual(serial.Span));
        if (own is null || digest != Sha256 || algorithm != EcdsaSha256)
        {
            return null;
        }

        // RFC 5652, 5.3 and 5.4: without signed attributes, which only plain data may lack, the content itself is signed.
        bool hasForm = attributes is { } signedAttributes ? HasAttributes(signedAttributes, contentType, SHA256.HashData(content))
            : contentType == DataType;
        byte[] message = attributes is { } set ? AsSet(set) : content;
        bool valid = hasForm && IssuerKey.From(own.Key).Verify(SignatureScheme.EcdsaSha256, message, signature) is SignatureOutcome.Valid;
        return new SignedData(content, Order(own, certificates), valid);
    }

    private static bool HasAttributes(ReadOnlyMemory<byte> encoded, string contentType, byte[] digest)
    {
        bool hasType = false, hasDigest = false;
        AsnReader list = new AsnReader(encoded, AsnEncodingRules.BER).ReadSetOf(skipSortOrderValidation: true, expectedTag: Explicit0);
        while (list.HasData)
        {
            AsnReader attribute = list.ReadSequence();
            string type = attribute.ReadObjectIdentifier();
            AsnReader values = attribute.ReadSetOf(skipSortOrderValidation: true);
            switch (type)
            {
                case ContentTypeAttribute:
                    hasType = values.ReadObjectIdentifier() == contentType;
                    break;
                case MessageDigestAttribute:
                    hasDigest = CryptographicOperations.FixedTimeEquals(values.ReadOctetString(), digest);
                    break;
            }
        }

        return hasType && hasDigest;
    }

    /// <summary>Signed attributes are signed under the tag of a SET (RFC 5652, 5.4).</summary>
    private static byte[] AsSet(ReadOnlyMemory<byte> attributes)
    {
        byte[] set = attributes.ToArray();
        set[0] = 0x31;
        return set;
    }

    private static List<AttestationCertificate> Order(AttestationCertificate own, List<AttestationCertificate> certificates)
    {
        List<AttestationCertificate> chain = [own];
        while (chain.Count <= certificates.Count && !chain[^1].Issuer.Matches(chain[^1].Subject)
            && certificates.Find(certificate => certificate.Subject.Matches(chain[^1].Issuer)) is { } next)
        {
            chain.Add(next);
        }

        return chain;
    }
}
