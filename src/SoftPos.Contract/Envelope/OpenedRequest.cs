using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>A request out of its envelope, as the back end holds it: what was asked, by whom, and the key for its answer.</summary>
public sealed class OpenedRequest : IDisposable
{
    private readonly byte[] _answerKey;
    private readonly byte[] _sender;
    private readonly byte[] _mac;

    private OpenedRequest(EnvelopeRequest request, Guid? terminalId, long sequence, byte[] hash, byte[] answerKey, byte[] sender, byte[] mac)
    {
        Request = request;
        TerminalId = terminalId;
        Sequence = sequence;
        Hash = hash;
        _answerKey = answerKey;
        _sender = sender;
        _mac = mac;
    }

    /// <summary>What is asked.</summary>
    public EnvelopeRequest Request { get; }

    /// <summary>Who says to ask; null before enrolment. Not to be trusted before <see cref="IsFrom"/>.</summary>
    public Guid? TerminalId { get; }

    /// <summary>Number of the request; 0 without a sender.</summary>
    public long Sequence { get; }

    /// <summary>SHA-256 of the envelope.</summary>
    public byte[] Hash { get; }

    /// <summary>The identifier of the key that an envelope was sealed for; null when it is no envelope.</summary>
    public static byte[]? KeyIdOf(ReadOnlySpan<byte> envelope) =>
        envelope.Length <= Envelope.MaxRequest && EnvelopeForm.TryReadRequest(envelope, out _, out _, out ReadOnlySpan<byte> header)
            ? header.Slice(EnvelopeForm.KeyIdAt, EnvelopeForm.KeyIdLength).ToArray()
            : null;

    /// <summary>Opens an envelope; false when anything is not as it was sealed for this key, method and path. No more is said.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> envelope, EnvelopeKey key, string method, string path, out OpenedRequest opened)
    {
        ArgumentNullException.ThrowIfNull(key);
        opened = null!;
        if (envelope.Length > Envelope.MaxRequest
            || !EnvelopeForm.TryReadRequest(envelope, out ReadOnlySpan<byte> iv, out ReadOnlySpan<byte> ciphertext, out ReadOnlySpan<byte> header)
            || !header.Slice(EnvelopeForm.KeyIdAt, EnvelopeForm.KeyIdLength).SequenceEqual(key.Id))
        {
            return false;
        }

        (byte[] x, byte[] y) = EnvelopeForm.EphemeralOf(header);
        if (key.Agree(x, y) is not { } agreed)
        {
            return false;
        }

        byte[] hash = SHA256.HashData(envelope);
        byte[] answerKey = GC.AllocateUninitializedArray<byte>(Envelope.KeyLength, pinned: true);
        Span<byte> requestKey = stackalloc byte[Envelope.KeyLength];
        Envelope.DeriveRequestKey(agreed, header, requestKey);
        Envelope.DeriveAnswerKey(agreed, header, hash, answerKey);
        CryptographicOperations.ZeroMemory(agreed);
        byte[]? clear = Envelope.Decrypt(requestKey, iv, ciphertext, Envelope.RequestAssociated(method, path));
        CryptographicOperations.ZeroMemory(requestKey);
        OpenedRequest? read = clear is null ? null : Read(clear, method, path, header, hash, answerKey);
        CryptographicOperations.ZeroMemory(clear);
        if (read is not null)
        {
            opened = read;
            return true;
        }

        CryptographicOperations.ZeroMemory(answerKey);
        return false;
    }

    /// <summary>Whether the request was sealed by the holder of a terminal's secret.</summary>
    /// <param name="secret">The secret that the named terminal was given.</param>
    public bool IsFrom(ReadOnlySpan<byte> secret)
    {
        Span<byte> mac = stackalloc byte[EnvelopeForm.MacLength];
        HMACSHA256.HashData(secret, _sender, mac);
        return TerminalId is not null && CryptographicOperations.FixedTimeEquals(mac, _mac);
    }

    /// <summary>Seals the answer to this request.</summary>
    public byte[] Seal(EnvelopeAnswer answer)
    {
        Span<byte> iv = stackalloc byte[EnvelopeForm.IvLength];
        RandomNumberGenerator.Fill(iv);
        return Seal(answer, iv);
    }

    /// <summary>Seals under a given IV, for known answers.</summary>
    internal byte[] Seal(EnvelopeAnswer answer, ReadOnlySpan<byte> iv)
    {
        ArgumentNullException.ThrowIfNull(answer);
        byte[] clear = answer.Encode();
        byte[] ciphertext = Envelope.Encrypt(_answerKey, iv, clear, Envelope.AnswerAssociated(Hash, Sequence));
        CryptographicOperations.ZeroMemory(clear);
        return EnvelopeForm.WriteAnswer(iv, ciphertext);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_answerKey);
        CryptographicOperations.ZeroMemory(_sender);
    }

    private static OpenedRequest? Read(byte[] clear, string method, string path, ReadOnlySpan<byte> header, byte[] hash, byte[] answerKey)
    {
        bool named = EnvelopeForm.HasSender(clear);
        ReadOnlySpan<byte> id = default, payload = clear, mac = default;
        if (named && !EnvelopeForm.TryReadSender(clear, out id, out payload, out mac))
        {
            return null;
        }

        // Numbered if and only if named: without a sender there is nobody whose numbers they would be.
        byte[] copy = payload.ToArray();
        bool isRead = EnvelopeRequest.TryDecode(copy, method, path, out EnvelopeRequest request, out long? sequence);
        CryptographicOperations.ZeroMemory(copy);
        if (!isRead || named != sequence is > 0 || (!named && sequence is not null))
        {
            return null;
        }

        byte[] covered = named ? EnvelopeForm.MacStructure(id, Envelope.SenderAssociated(method, path, header), payload) : [];
        return new OpenedRequest(request, named ? new Guid(id, bigEndian: true) : null, sequence ?? 0, hash, answerKey, covered, mac.ToArray());
    }
}
