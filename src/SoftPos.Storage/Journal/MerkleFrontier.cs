using System.Numerics;

namespace SoftPos.Storage;

/// <summary>
/// The right edge of a growing Merkle tree: one hash for each set bit of its size, largest subtree first. Enough to append and to give the root.
/// </summary>
internal sealed class MerkleFrontier
{
    private readonly List<byte[]> _hashes;

    private MerkleFrontier(long size, List<byte[]> hashes)
    {
        Size = size;
        _hashes = hashes;
    }

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    public static MerkleFrontier Empty() => new(0, []);

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null when the length does not fit the size.</summary>
    public static MerkleFrontier? FromBytes(long size, ReadOnlySpan<byte> bytes)
    {
        if (size < 0 || bytes.Length != BitOperations.PopCount((ulong)size) * MerkleTree.HashLength)
        {
            return null;
        }

        List<byte[]> hashes = [];
        for (int at = 0; at < bytes.Length; at += MerkleTree.HashLength)
        {
            hashes.Add(bytes.Slice(at, MerkleTree.HashLength).ToArray());
        }

        return new MerkleFrontier(size, hashes);
    }

    public MerkleFrontier Copy() => new(Size, [.. _hashes]);

    /// <summary>Appends a leaf; <paramref name="completed"/> gets each subtree that it completes: height, index at that height, hash.</summary>
    public void Append(byte[] leafHash, Action<int, long, byte[]>? completed = null)
    {
        byte[] hash = leafHash;
        long index = Size;
        int height = 0;
        for (long rest = Size; (rest & 1) == 1; rest >>= 1)
        {
            hash = MerkleTree.NodeHash(_hashes[^1], hash);
            _hashes.RemoveAt(_hashes.Count - 1);
            index >>= 1;
            height++;
            completed?.Invoke(height, index, hash);
        }

        _hashes.Add(hash);
        Size++;
    }

    public byte[] Root()
    {
        if (_hashes.Count == 0)
        {
            return MerkleTree.EmptyRoot;
        }

        byte[] root = _hashes[^1];
        for (int i = _hashes.Count - 2; i >= 0; i--)
        {
            root = MerkleTree.NodeHash(_hashes[i], root);
        }

        return root;
    }

    public byte[] ToBytes() => [.. _hashes.SelectMany(static h => h)];
}
