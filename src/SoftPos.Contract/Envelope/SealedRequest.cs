using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>
/// A request in its envelope, as the terminal holds it: the bytes to send, and the key that opens its answer and no other. The ephemeral
/// private key and the request's key are gone when this exists; disposing zeroes the answer's.
/// </summary>
public sealed class SealedRequest : IDisposable
{
    private readonly byte[] _answerKey;
    private readonly byte[] _hash;
    private readonly long _sequence;
    private bool _isDisposed;

    private SealedRequest(byte[] envelope, byte[] hash, byte[] answerKey, long sequence)
    {
        Bytes = envelope;
        _hash = hash;
        _answerKey = answerKey;
        _sequence = sequence;
    }

    /// <summary>The envelope.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Seals a request.</summary>
    /// <param name="recipient">SubjectPublicKeyInfo of the back end's envelope key.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sender">Who asks; null before enrolment.</param>
    /// <exception cref="ArgumentException">The recipient's key is not one of P-256, or the message is too long.</exception>
    public static SealedRequest Seal(ReadOnlySpan<byte> recipient, EnvelopeRequest request, EnvelopeSender? sender)
    {
        using ECDiffieHellman ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Span<byte> iv = stackalloc byte[EnvelopeForm.IvLength];
        RandomNumberGenerator.Fill(iv);
        return Seal(recipient, request, sender, ephemeral, iv);
    }

    /// <summary>Seals under a given ephemeral key and IV, for known answers.</summary>
    internal static SealedRequest Seal(
        ReadOnlySpan<byte> recipient, EnvelopeRequest request, EnvelopeSender? sender, ECDiffieHellman ephemeral, ReadOnlySpan<byte> iv)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Body.Length, SignedMessage.MaxLength, nameof(request));
        using ECDiffieHellman peer = EnvelopeKey.Import(recipient)
            ?? throw new ArgumentException("expected the SubjectPublicKeyInfo of a P-256 key", nameof(recipient));
        ECParameters own = ephemeral.ExportParameters(includePrivateParameters: false);
        byte[] header = EnvelopeForm.RecipientHeader(EnvelopeKey.IdOf(recipient), own.Q.X, own.Q.Y);
        byte[] agreed = ephemeral.DeriveRawSecretAgreement(peer.PublicKey);
        byte[] answerKey = GC.AllocateUninitializedArray<byte>(Envelope.KeyLength, pinned: true);
        Span<byte> key = stackalloc byte[Envelope.KeyLength];
        byte[] clear = Clear(request, sender, header);
        try
        {
            Envelope.DeriveRequestKey(agreed, header, key);
            byte[] ciphertext = Envelope.Encrypt(key, iv, clear, Envelope.RequestAssociated(request.Method, request.Path));
            byte[] envelope = EnvelopeForm.WriteRequest(iv, ciphertext, header);
            byte[] hash = SHA256.HashData(envelope);
            Envelope.DeriveAnswerKey(agreed, header, hash, answerKey);
            return new SealedRequest(envelope, hash, answerKey, sender?.Sequence ?? 0);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    /// <summary>Opens the answer to this request; false for anything else, whatever it is.</summary>
    public bool TryOpen(ReadOnlySpan<byte> bytes, out EnvelopeAnswer answer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        answer = null!;
        if (bytes.Length > Envelope.MaxAnswer || !EnvelopeForm.TryReadAnswer(bytes, out ReadOnlySpan<byte> iv, out ReadOnlySpan<byte> ciphertext))
        {
            return false;
        }

        byte[]? clear = Envelope.Decrypt(_answerKey, iv, ciphertext, Envelope.AnswerAssociated(_hash, _sequence));
        bool isRead = clear is not null && EnvelopeAnswer.TryDecode(clear, out answer);
        CryptographicOperations.ZeroMemory(clear);
        return isRead;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_answerKey);
        _isDisposed = true;
    }

    private static byte[] Clear(EnvelopeRequest request, EnvelopeSender? sender, ReadOnlySpan<byte> header)
    {
        byte[] payload = request.Encode(sender?.Sequence);
        if (sender is not { } from)
        {
            return payload;
        }

        Span<byte> id = stackalloc byte[EnvelopeForm.TerminalIdLength];
        _ = from.TerminalId.TryWriteBytes(id, bigEndian: true, out _);
        byte[] covered = EnvelopeForm.MacStructure(id, Envelope.SenderAssociated(request.Method, request.Path, header), payload);
        Span<byte> mac = stackalloc byte[EnvelopeForm.MacLength];
        HMACSHA256.HashData(from.Secret, covered, mac);
        byte[] clear = EnvelopeForm.WriteSender(id, payload, mac);
        CryptographicOperations.ZeroMemory(payload);
        CryptographicOperations.ZeroMemory(covered);
        return clear;
    }
}
