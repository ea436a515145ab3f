using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Terminal;

/// <summary>
/// Keys of storage generations in the phone's secure hardware: each authenticates, none leaves. A key that was deleted never comes back, which
/// is what a counter is needed for.
/// </summary>
internal interface IGenerationKeys
{
    /// <summary>Generations that there is a key of.</summary>
    IReadOnlyList<long> Generations { get; }

    /// <summary>Makes a key.</summary>
    void Create(long generation);

    /// <summary>Destroys a key.</summary>
    void Delete(long generation);

    /// <summary>HMAC-SHA-256 under the key of a generation, 32 bytes.</summary>
    byte[] Authenticate(long generation, ReadOnlySpan<byte> data);
}

/// <summary>
/// Blobs that cannot be rolled back: each carries the number of its generation and a code under that generation's key. Opening starts a new
/// generation, moves every blob to it and destroys the keys before. A copy of the folder from before that opens nowhere any more, also not on
/// this phone; one from after it is the same state, or shows at the back end by evidence sequence and key serials.
/// </summary>
internal sealed class GenerationStore : IBlobStore
{
    private const int HeaderLength = sizeof(long), CodeLength = 32;

    private readonly FolderStore _blobs;
    private readonly IGenerationKeys _keys;
    private readonly long _generation;

    /// <summary>Opens the folder under a new generation.</summary>
    public GenerationStore(FolderStore blobs, IGenerationKeys keys)
    {
        _blobs = blobs;
        _keys = keys;
        long[] before = [.. keys.Generations];
        _generation = checked((before.Length == 0 ? 0 : before.Max()) + 1);
        keys.Create(_generation);
        foreach (string name in blobs.Names())
        {
            // A crash in this loop leaves blobs of two generations and both keys; the next opening reads either.
            if (Open(name, before) is { } clear)
            {
                Write(name, clear);
            }
            else
            {
                // It can never open again. The terminal has to be set up anew, and then nothing old stands in the way.
                IsRolledBack = true;
                blobs.Delete(name);
            }
        }

        foreach (long old in before)
        {
            keys.Delete(old);
        }
    }

    /// <summary>A blob was found whose generation has no key any more, or that was changed: somebody put back an old copy.</summary>
    public bool IsRolledBack { get; private set; }

    /// <inheritdoc/>
    public byte[]? Read(string name)
    {
        byte[]? clear = Open(name, [_generation]);
        IsRolledBack |= clear is null && _blobs.Read(name) is not null;
        return clear;
    }

    /// <inheritdoc/>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        byte[] blob = new byte[HeaderLength + bytes.Length + CodeLength];
        BinaryPrimitives.WriteInt64BigEndian(blob, _generation);
        bytes.CopyTo(blob.AsSpan(HeaderLength));
        Code(name, blob.AsSpan(0, blob.Length - CodeLength), _generation).CopyTo(blob.AsSpan(blob.Length - CodeLength));
        _blobs.Write(name, blob);
    }

    /// <inheritdoc/>
    public void Delete(string name) => _blobs.Delete(name);

    private byte[]? Open(string name, ReadOnlySpan<long> allowed)
    {
        byte[]? blob = _blobs.Read(name);
        if (blob is null || blob.Length < HeaderLength + CodeLength)
        {
            return null;
        }

        long generation = BinaryPrimitives.ReadInt64BigEndian(blob);
        ReadOnlySpan<byte> signed = blob.AsSpan(0, blob.Length - CodeLength);
        return allowed.Contains(generation)
            && CryptographicOperations.FixedTimeEquals(Code(name, signed, generation), blob.AsSpan(blob.Length - CodeLength))
            ? signed[HeaderLength..].ToArray()
            : null;
    }

    /// <summary>The name is under the code too: no blob stands in for another.</summary>
    private byte[] Code(string name, ReadOnlySpan<byte> signed, long generation) =>
        _keys.Authenticate(generation, (byte[])[.. System.Text.Encoding.ASCII.GetBytes(name), 0, .. signed]);
}
