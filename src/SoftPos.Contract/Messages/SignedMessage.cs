using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace SoftPos.Contract;

/// <summary>
/// What every terminal request is inside its envelope: COSE_Sign1 (RFC 9052), ES256 only, over a CBOR payload. The protected header holds the
/// algorithm, the content type (which message it is) and the key identifier (16-byte terminal identity, or empty before enrolment).
/// </summary>
public static class SignedMessage
{
    /// <summary>Largest message: two attestation chains of real phones are below 16 KiB; four times that is generous.</summary>
    public const int MaxLength = 64 * 1024;

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
        return message.Length is > 0 and <= MaxLength && TryDecode((ReadOnlyMemory<byte>)message.ToArray(), out decoded);
    }

    /// <summary>Decodes without copying: the result holds slices of the message, which the caller must not change.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> message, out DecodedMessage decoded)
    {
        decoded = default;
        if (message.Length is 0 or > MaxLength)
        {
            return false;
        }

        try
        {
            return CoseEnvelope.TryRead(message, out decoded);
        }
        catch (Exception fault) when (fault is CborContentException or InvalidOperationException or ArgumentException or OverflowException)
        {
            decoded = default;
            return false;
        }
    }

    /// <summary>
    /// An <see cref="ECDsa"/> whose private operation is the port's, so that the COSE library can sign with a hardware key.
    /// </summary>
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
    private readonly ReadOnlyMemory<byte> _protected;
    private readonly ReadOnlyMemory<byte> _signature;

    internal DecodedMessage(
        ReadOnlyMemory<byte> protectedHeader, string contentType, byte[] keyId, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature)
    {
        _protected = protectedHeader;
        _signature = signature;
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
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        CoseEnvelope.Hash(_protected.Span, Payload.Span, hash);
        try
        {
            return key.VerifyHash(hash, _signature.Span);
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

    /// <summary>A question for new initial keys, or the word that they are held.</summary>
    public const string KeyReplacement = "application/softpos-key-replacement+cbor";

    /// <summary>A question for the state of a payment.</summary>
    public const string PaymentStatus = "application/softpos-payment-status+cbor";

    /// <summary>A question for commands.</summary>
    public const string Commands = "application/softpos-commands+cbor";
}
