using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using SoftPos.Keys;

namespace SoftPos.Payments.Tests;

/// <summary>A key room at the port only: AES-GCM under two keys in memory. Counts what it was asked.</summary>
internal sealed class MemoryKeyRoom : IKeyRoom, IPinRoom, IDisposable
{
    private const int NonceLength = 12, TagLength = 16;

    private readonly AesGcm _account = new(RandomNumberGenerator.GetBytes(16), TagLength);
    private readonly AesGcm _storage = new(RandomNumberGenerator.GetBytes(16), TagLength);
    private int _opened;

    /// <summary>How often account data were opened.</summary>
    public int Opened => _opened;

    /// <summary>Called before each use; may throw or wait.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public byte[] SealAccountData(string pan, string expiry, Guid paymentId) =>
        Seal(_account, Encoding.ASCII.GetBytes($"{pan}|{expiry}"), paymentId.ToByteArray(bigEndian: true));

    public ValueTask<InitialKeys> DeliverInitialKeysAsync(
        Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation) =>
        throw new NotSupportedException("payments deliver no keys");

    public async ValueTask<AccountData?> OpenAccountDataAsync(
        ReadOnlyMemory<byte> ksn, ReadOnlyMemory<byte> sealedData, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _opened);
        await Before("open");
        if (Open(_account, sealedData.Span, associatedData.Span) is not { } clear)
        {
            return null;
        }

        string[] parts = Encoding.ASCII.GetString(clear).Split('|');
        byte[] pan = Encoding.ASCII.GetBytes(parts[0]);
        return new AccountData(pan, parts[1], 1, Encoding.ASCII.GetBytes($"{parts[0]}={parts[1]}2010000000000000"));
    }

    public async ValueTask<byte[]> SealForStorageAsync(ReadOnlyMemory<byte> clear, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation)
    {
        await Before("seal");
        return Seal(_storage, clear.Span, associatedData.Span);
    }

    public ValueTask<byte[]?> UnsealFromStorageAsync(ReadOnlyMemory<byte> sealedBytes, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation) =>
        ValueTask.FromResult(Open(_storage, sealedBytes.Span, associatedData.Span));

    /// <summary>PIN block that the acquirer gets; null refuses.</summary>
    public byte[]? TranslatedPin { get; set; } = Convert.FromHexString("B10CB10CB10CB10C");

    /// <summary>What was asked of the PIN room.</summary>
    public ConcurrentQueue<PinTranslationRequest> Translations { get; } = new();

    public async ValueTask<byte[]?> TranslatePinAsync(PinTranslationRequest request, CancellationToken cancellation)
    {
        Translations.Enqueue(request);
        await Before("pin");
        return TranslatedPin is { } block ? [.. block] : null;
    }

    public void Dispose()
    {
        _account.Dispose();
        _storage.Dispose();
    }

    private static byte[] Seal(AesGcm key, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associated)
    {
        byte[] result = new byte[NonceLength + clear.Length + TagLength];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceLength));
        key.Encrypt(result.AsSpan(0, NonceLength), clear, result.AsSpan(NonceLength, clear.Length), result.AsSpan(NonceLength + clear.Length), associated);
        return result;
    }

    private static byte[]? Open(AesGcm key, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> associated)
    {
        if (bytes.Length < NonceLength + TagLength)
        {
            return null;
        }

        byte[] clear = new byte[bytes.Length - NonceLength - TagLength];
        try
        {
            key.Decrypt(bytes[..NonceLength], bytes.Slice(NonceLength, clear.Length), bytes[^TagLength..], clear, associated);
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
