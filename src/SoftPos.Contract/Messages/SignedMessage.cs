using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace SoftPos.Contract;

/// <summary>
/// The secured envelope of every terminal request: COSE_Sign1 (RFC 9052), ES256 only, over a CBOR payload. The protected header holds the
/// algorithm, the content type (which message it is) and the key identifier (16-byte terminal identity, or empty before enrolment).
/// </summary>
public static class SignedMessage
{
    /// <summary>Largest message: two attestation chains of real phones are below 16 KiB; four times that is generous.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>COSE algorithm identifier of ECDSA with SHA-256.</summary>
    private const int Es256 = -7;

    /// <summary>Signs a payload.</summary>
    /// <param name="key">The signing key.</param>
    /// <param name="contentType">Which message it is; one of <see cref="MessageType"/>.</param>
    /// <param name="keyId">16-byte terminal identity, or empty before enrolment.</param>
    /// <param name="payload">CBOR.</param>
    public static byte[] Sign(IDeviceKey key, string contentType, ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(key);
        using PortEcdsa adapter = new(key);
        CoseHeaderMap header = new()
        {
            { CoseHeaderLabel.ContentType, CoseHeaderValue.FromString(contentType) },
            { CoseHeaderLabel.KeyIdentifier, CoseHeaderValue.FromBytes(keyId) },
        };
        return CoseSign1Message.SignEmbedded(payload, new CoseSigner(adapter, HashAlgorithmName.SHA256, header));
    }

    /// <summary>Decodes without verifying, so that the key can be looked up; bounds and form are checked.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> message, out DecodedMessage decoded)
    {
        decoded = default;
        if (message.Length is 0 or > MaxLength)
        {
            return false;
        }

        try
        {
            CoseSign1Message cose = CoseMessage.DecodeSign1(message);
            if (cose.Content is not { } content
                || !cose.ProtectedHeaders.TryGetValue(CoseHeaderLabel.Algorithm, out CoseHeaderValue algorithm)
                || algorithm.GetValueAsInt32() != Es256
                || !cose.ProtectedHeaders.TryGetValue(CoseHeaderLabel.ContentType, out CoseHeaderValue type)
                || !cose.ProtectedHeaders.TryGetValue(CoseHeaderLabel.KeyIdentifier, out CoseHeaderValue keyId)
                || cose.UnprotectedHeaders.Count != 0
                || cose.ProtectedHeaders.Count != 3)
            {
                return false;
            }

            decoded = new DecodedMessage(cose, type.GetValueAsString(), keyId.GetValueAsBytes(), content);
            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or CborContentException or InvalidOperationException
            or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>An <see cref="ECDsa"/> whose private operation is the port's, so that the COSE library can sign with a hardware key.</summary>
    private sealed class PortEcdsa : ECDsa
    {
        private readonly IDeviceKey _key;

        public PortEcdsa(IDeviceKey key)
        {
            _key = key;
            KeySizeValue = 256;
        }

        public override byte[] SignHash(byte[] hash) => _key.SignHash(hash);

        public override bool VerifyHash(byte[] hash, byte[] signature) => throw new NotSupportedException("a device key only signs");
    }
}

/// <summary>A decoded, not yet verified message.</summary>
public readonly struct DecodedMessage
{
    private readonly CoseSign1Message _cose;

    internal DecodedMessage(CoseSign1Message cose, string contentType, byte[] keyId, ReadOnlyMemory<byte> payload)
    {
        _cose = cose;
        ContentType = contentType;
        KeyId = keyId;
        Payload = payload;
    }

    /// <summary>Which message it says it is.</summary>
    public string ContentType { get; }

    /// <summary>16-byte terminal identity, or empty.</summary>
    public byte[] KeyId { get; }

    /// <summary>The CBOR payload; not to be trusted before <see cref="Verify(ECDsa)"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Terminal identity in the key identifier, or null.</summary>
    public Guid? TerminalId => KeyId is { Length: 16 } ? new Guid(KeyId, bigEndian: true) : null;

    /// <summary>Verifies under a P-256 key.</summary>
    public bool Verify(ECDsa key)
    {
        try
        {
            return _cose.VerifyEmbedded(key);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Verifies under the P-256 key of a SubjectPublicKeyInfo; false for a key of another kind.</summary>
    public bool Verify(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        using ECDsa key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out int read);
            return read == subjectPublicKeyInfo.Length && key.KeySize == 256 && Verify(key);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>Content types of the signed messages.</summary>
public static class MessageType
{
    /// <summary>Enrolment with an activation code.</summary>
    public const string Activation = "application/softpos-activation+cbor";

    /// <summary>Evidence, an EAT (RFC 9711).</summary>
    public const string Evidence = "application/eat+cwt";

    /// <summary>An attestation result for a relying party.</summary>
    public const string ResultToken = "application/softpos-result+cbor";

    /// <summary>A payment.</summary>
    public const string Payment = "application/softpos-payment+cbor";

    /// <summary>A question for the state of a payment.</summary>
    public const string PaymentStatus = "application/softpos-payment-status+cbor";
}
