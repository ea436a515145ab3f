using System.Security.Cryptography;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>A heartbeat whose signature has been checked, or the reason why it is not one.</summary>
public sealed record VerifiedEvidence
{
    /// <summary>The claims; null when there is a problem.</summary>
    public EvidenceClaims? Claims { get; init; }

    /// <summary>What is wrong; null when there are claims.</summary>
    public AttestationProblem? Problem { get; init; }

    /// <summary>SHA-256 of the message as received, lower-case hex.</summary>
    public required string EvidenceHash { get; init; }
}

/// <summary>
/// Checks the terminal's COSE_Sign1 evidence under its enrolled key: size first, form and algorithm next, signature then, content last.
/// </summary>
public static class EvidenceVerifier
{
    /// <summary>A heartbeat with every probe reporting stays below 4 KiB; twice that is generous.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>Verifies one message.</summary>
    /// <param name="message">COSE_Sign1 as received.</param>
    /// <param name="deviceKey">SubjectPublicKeyInfo of the enrolled P-256 key.</param>
    /// <param name="terminalId">The terminal whose key it is; the message must name it.</param>
    public static VerifiedEvidence Verify(ReadOnlyMemory<byte> message, ReadOnlySpan<byte> deviceKey, Guid terminalId)
    {
        using ECDsa? key = Import(deviceKey);
        return key is null
            ? Refuse(message, "evidence.key", ReasonCodes.TerminalUnknown, "the enrolled key is not a readable P-256 key")
            : Verify(message, key, terminalId);
    }

    /// <summary>A P-256 key from its SubjectPublicKeyInfo; null when it is none.</summary>
    internal static ECDsa? Import(ReadOnlySpan<byte> deviceKey)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(deviceKey, out int read);
            if (read == deviceKey.Length && key.KeySize == 256)
            {
                return key;
            }
        }
        catch (CryptographicException)
        {
            // Not a key.
        }

        key.Dispose();
        return null;
    }

    /// <summary>Verifies one message under a key that is already imported, as a caller with many messages keeps it.</summary>
    public static VerifiedEvidence Verify(ReadOnlyMemory<byte> message, ECDsa deviceKey, Guid terminalId)
    {
        ArgumentNullException.ThrowIfNull(deviceKey);
        if (message.Length > MaxLength)
        {
            return Refuse(message[..MaxLength], "evidence.size", ReasonCodes.RequestTooLarge, $"{message.Length} bytes; at most {MaxLength}");
        }

        if (!SignedMessage.TryDecode(message, out DecodedMessage decoded))
        {
            return Refuse(message, "evidence.form", ReasonCodes.EvidenceInvalid, "not a COSE_Sign1 message with ES256");
        }

        if (decoded.ContentType != MessageType.Evidence || decoded.TerminalId != terminalId)
        {
            return Refuse(message, "evidence.header", ReasonCodes.EvidenceInvalid, "another message, or of another terminal");
        }

        if (!decoded.Verify(deviceKey))
        {
            return Refuse(message, "evidence.signature", ReasonCodes.SignatureInvalid, "not signed by the enrolled key");
        }

        return EvidenceClaims.TryDecode(decoded.Payload, ProbeClaims.Names, out EvidenceClaims claims)
            ? new VerifiedEvidence { Claims = claims, EvidenceHash = HashOf(message) }
            : Refuse(message, "evidence.claims", ReasonCodes.EvidenceInvalid, "signed, but not well-formed claims");
    }

    internal static VerifiedEvidence Refuse(ReadOnlyMemory<byte> message, string rule, string reason, string detail) =>
        new() { Problem = new AttestationProblem(rule, reason, detail), EvidenceHash = HashOf(message) };

    private static string HashOf(ReadOnlyMemory<byte> message)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message.Span, hash);
        return Convert.ToHexStringLower(hash);
    }
}
