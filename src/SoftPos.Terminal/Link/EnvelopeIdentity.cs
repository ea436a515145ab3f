using System.Buffers.Binary;
using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// What an enrolled terminal proves its envelopes with: its secret, and numbers that only rise. Numbers are set aside by the block,
/// durably, so that a crash skips some and repeats none. May be used from several threads.
/// </summary>
internal sealed class EnvelopeIdentity : IDisposable
{
    /// <summary>Name of the blob.</summary>
    public const string Name = "channel";

    /// <summary>
    /// Numbers set aside by one write: a day's payments cost a handful of writes, and a restart skips less than the back end's window.
    /// </summary>
    private const int Block = 32;

    private const int StoredLength = EnvelopeSender.SecretLength + sizeof(long);

    private readonly Guid _terminalId;
    private readonly SealedStore _store;
    private readonly byte[] _stored;
    private readonly byte[] _secret = GC.AllocateUninitializedArray<byte>(EnvelopeSender.SecretLength, pinned: true);
    private readonly Lock _gate = new();
    private long _next;

    private EnvelopeIdentity(Guid terminalId, SealedStore store, byte[] stored)
    {
        _terminalId = terminalId;
        _store = store;
        _stored = stored;
        stored.AsSpan(0, EnvelopeSender.SecretLength).CopyTo(_secret);
        _next = Ceiling;
    }

    private long Ceiling
    {
        get => BinaryPrimitives.ReadInt64BigEndian(_stored.AsSpan(EnvelopeSender.SecretLength));
        set => BinaryPrimitives.WriteInt64BigEndian(_stored.AsSpan(EnvelopeSender.SecretLength), value);
    }

    /// <summary>Stores a secret that was just given.</summary>
    public static EnvelopeIdentity Start(Guid terminalId, SealedStore store, ReadOnlySpan<byte> secret)
    {
        byte[] stored = GC.AllocateArray<byte>(StoredLength, pinned: true);
        secret.CopyTo(stored);
        BinaryPrimitives.WriteInt64BigEndian(stored.AsSpan(EnvelopeSender.SecretLength), 1);
        store.Write(Name, stored);
        return new EnvelopeIdentity(terminalId, store, stored);
    }

    /// <summary>Takes the stored one back; null when there is none or it is damaged.</summary>
    public static EnvelopeIdentity? Open(Guid terminalId, SealedStore store)
    {
        if (store.Read(Name) is not { } read)
        {
            return null;
        }

        byte[] stored = GC.AllocateArray<byte>(StoredLength, pinned: true);
        bool isWhole = read.Length == StoredLength;
        if (isWhole)
        {
            read.CopyTo(stored, 0);
        }

        CryptographicOperations.ZeroMemory(read);
        return isWhole ? new EnvelopeIdentity(terminalId, store, stored) : null;
    }

    /// <summary>Who sends, under a number that was never used before. The secret inside is this object's; nobody else zeroes it.</summary>
    public EnvelopeSender Next()
    {
        lock (_gate)
        {
            if (_next == Ceiling)
            {
                Ceiling = _next + Block;
                _store.Write(Name, _stored);
            }

            return new EnvelopeSender(_terminalId, _secret, _next++);
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_stored);
        CryptographicOperations.ZeroMemory(_secret);
    }
}
