namespace SoftPos.Storage;

/// <summary>Roots and proofs over the stored leaves and the stored levels of the tree.</summary>
internal sealed class JournalTree(Session session)
{
    /// <summary>Levels of the tree in one tile (C2SP tlog-tiles).</summary>
    public const int TileHeight = 8;

    public byte[] Root(long size) => size == 0 ? MerkleTree.EmptyRoot : RangeRoot(0, size);

    /// <summary>RFC 9162, 2.1.3.1</summary>
    public List<byte[]> Inclusion(long index, long size)
    {
        List<byte[]> proof = [];
        long start = 0, length = size;
        List<(long Start, long Length)> siblings = [];
        while (length > 1)
        {
            long left = LargestPowerBelow(length);
            bool inLeft = index - start < left;
            siblings.Add(inLeft ? (start + left, length - left) : (start, left));
            (start, length) = inLeft ? (start, left) : (start + left, length - left);
        }

        for (int i = siblings.Count - 1; i >= 0; i--)
        {
            proof.Add(RangeRoot(siblings[i].Start, siblings[i].Length));
        }

        return proof;
    }

    /// <summary>RFC 9162, 2.1.4.1</summary>
    public List<byte[]> Consistency(long oldSize, long newSize)
    {
        List<byte[]> proof = [];
        if (oldSize > 0 && oldSize < newSize)
        {
            Prove(oldSize, 0, newSize, whole: true, proof);
        }

        return proof;
    }

    /// <summary>Hashes of one level, in order: level 0 the leaves, level n the roots of full tiles of level n − 1.</summary>
    public List<byte[]> Level(int level, long first, long count) => level == 0
        ? session.Rows("SELECT leaf FROM journal WHERE idx >= $1 AND idx < $2 ORDER BY idx", static r => r.Blob(0), first, first + count)
        : session.Rows(
            "SELECT hash FROM journal_node WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
            static r => r.Blob(0),
            level,
            first,
            first + count);

    internal static long LargestPowerBelow(long length)
    {
        long power = 1;
        while (power * 2 < length)
        {
            power *= 2;
        }

        return power;
    }

    private void Prove(long oldSize, long start, long length, bool whole, List<byte[]> proof)
    {
        if (oldSize == length)
        {
            if (!whole)
            {
                proof.Add(RangeRoot(start, length));
            }

            return;
        }

        long left = LargestPowerBelow(length);
        if (oldSize <= left)
        {
            Prove(oldSize, start, left, whole, proof);
            proof.Add(RangeRoot(start + left, length - left));
        }
        else
        {
            Prove(oldSize - left, start + left, length - left, whole: false, proof);
            proof.Add(RangeRoot(start, left));
        }
    }

    private byte[] RangeRoot(long start, long length)
    {
        if ((length & (length - 1)) == 0)
        {
            return PerfectRoot(start, length);
        }

        long left = LargestPowerBelow(length);
        return MerkleTree.NodeHash(PerfectRoot(start, left), RangeRoot(start + left, length - left));
    }

    private byte[] PerfectRoot(long start, long length)
    {
        int level = 0;
        long unit = 1;
        while (length >= unit << TileHeight)
        {
            unit <<= TileHeight;
            level++;
        }

        List<byte[]> hashes = Level(level, start / unit, length / unit);
        if (hashes.Count != length / unit)
        {
            throw new StorageException(StorageFailure.Corrupt, $"the journal lacks hashes of level {level} from {start / unit}");
        }

        while (hashes.Count > 1)
        {
            hashes = [.. hashes.Chunk(2).Select(static pair => MerkleTree.NodeHash(pair[0], pair[1]))];
        }

        return hashes[0];
    }
}
