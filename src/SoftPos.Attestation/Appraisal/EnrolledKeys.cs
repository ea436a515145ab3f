using System.Security.Cryptography;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>
/// Enrolled keys of terminals that reported lately, ready to verify with: importing a point costs more than half of a verification. Bounded;
/// holds public keys only, never a verdict. Verification only reads the platform's key object, which OpenSSL 3 allows from several threads.
/// </summary>
/// <param name="capacity">Most keys kept, at least 2. A key takes about 3 KiB, most of it outside the managed heap.</param>
public sealed class EnrolledKeys(int capacity = EnrolledKeys.DefaultCapacity)
{
    /// <summary>The terminals of a busy five minutes on one node, in some 50 MB.</summary>
    public const int DefaultCapacity = 16_384;

    private readonly RecentMap<Guid, Entry> _keys = new(capacity);

    /// <summary>Keys held now.</summary>
    public int Count => _keys.Count;

    /// <summary>Verifies one message under the enrolled key of a terminal.</summary>
    /// <param name="message">COSE_Sign1 as received.</param>
    /// <param name="deviceKey">SubjectPublicKeyInfo as enrolled; a kept key that differs from it is not used.</param>
    /// <param name="terminalId">The terminal whose key it is.</param>
    public VerifiedEvidence Verify(ReadOnlyMemory<byte> message, byte[] deviceKey, Guid terminalId)
    {
        ArgumentNullException.ThrowIfNull(deviceKey);
        if (_keys.Find(terminalId) is { } known && known.Encoded.AsSpan().SequenceEqual(deviceKey))
        {
            return EvidenceVerifier.Verify(message, known.Key, terminalId);
        }

        if (EvidenceVerifier.Import(deviceKey) is not { } key)
        {
            return EvidenceVerifier.Refuse(message, "evidence.key", ReasonCodes.TerminalUnknown, "the enrolled key is not a readable P-256 key");
        }

        VerifiedEvidence evidence = EvidenceVerifier.Verify(message, key, terminalId);
        if (evidence.Claims is null)
        {
            // A stranger who only knows a terminal's identity does not fill the memory.
            key.Dispose();
        }
        else
        {
            // What falls out of the memory may still be in another thread's hands: the collector frees it.
            _keys.Set(terminalId, new Entry(deviceKey, key));
        }

        return evidence;
    }

    private sealed record Entry(byte[] Encoded, ECDsa Key);
}
