using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Storage;

/// <summary>Merkle tree hashing and proof verification (RFC 6962, 2.1; RFC 9162, 2.1). Pure: needs no store.</summary>
public static class MerkleTree
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int HashLength = 32;

    /// <summary>Longest proof: a tree of 2^63 leaves has no longer path.</summary>
    public const int MaxProof = 64;

    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    /// <summary>Root of the tree without leaves: SHA-256 of nothing.</summary>
    public static byte[] EmptyRoot => SHA256.HashData([]);

    /// <summary>Hash of a leaf: SHA-256(00 ‖ entry).</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> entry)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafPrefix]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    /// <summary>Hash of a node: SHA-256(01 ‖ left ‖ right).</summary>
    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> joined = stackalloc byte[1 + (2 * HashLength)];
        joined[0] = NodePrefix;
        left.CopyTo(joined[1..]);
        right.CopyTo(joined[(1 + HashLength)..]);
        return SHA256.HashData(joined);
    }

    /// <summary>Verifies that the leaf is entry <paramref name="index"/> of the tree of <paramref name="size"/> entries with that root.</summary>
    public static bool VerifyInclusion(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || !WellFormed(proof) || leafHash.Length != HashLength || root.Length != HashLength)
        {
            return false;
        }

        // RFC 9162, 2.1.3.2
        long fn = index, sn = size - 1;
        byte[] hash = leafHash.ToArray();
        foreach (byte[] node in proof)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                hash = NodeHash(node, hash);
                SkipToRightChild(ref fn, ref sn);
            }
            else
            {
                hash = NodeHash(hash, node);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && root.SequenceEqual(hash);
    }

    /// <summary>
    /// Verifies that the tree of <paramref name="newSize"/> entries extends that of <paramref name="oldSize"/>: nothing edited, nothing gone.
    /// </summary>
    public static bool VerifyConsistency(long oldSize, long newSize, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> newRoot, IReadOnlyList<byte[]> proof)
    {
        if (oldSize < 0 || oldSize > newSize || !WellFormed(proof) || oldRoot.Length != HashLength || newRoot.Length != HashLength)
        {
            return false;
        }

        if (oldSize == newSize)
        {
            return proof.Count == 0 && oldRoot.SequenceEqual(newRoot);
        }

        if (oldSize == 0)
        {
            return proof.Count == 0 && oldRoot.SequenceEqual(EmptyRoot);
        }

        // RFC 9162, 2.1.4.2: a whole old tree is its own first node.
        List<byte[]> nodes = [.. proof];
        if ((oldSize & (oldSize - 1)) == 0)
        {
            nodes.Insert(0, oldRoot.ToArray());
        }

        return nodes.Count > 0 && ClimbConsistency(oldSize, newSize, oldRoot, newRoot, nodes);
    }

    /// <summary>Renders hashes as lower-case hex.</summary>
    public static string Hex(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash);

    /// <summary>The text that is hashed as the leaf of a journal entry: five lines, each ended by LF.</summary>
    /// <param name="timeMs">Milliseconds since 1970.</param>
    /// <param name="kind">Kind.</param>
    /// <param name="subject">Subject.</param>
    /// <param name="contentHash">SHA-256 of the content, 32 bytes; so the content can go and the proof stays.</param>
    public static byte[] EntryText(long timeMs, string kind, string subject, ReadOnlySpan<byte> contentHash) =>
        Encoding.UTF8.GetBytes($"softpos.journal/v1\n{timeMs}\n{kind}\n{subject}\n{Hex(contentHash)}\n");

    private static bool ClimbConsistency(long oldSize, long newSize, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> newRoot, List<byte[]> nodes)
    {
        long fn = oldSize - 1, sn = newSize - 1;
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        byte[] oldHash = nodes[0], newHash = nodes[0];
        foreach (byte[] node in nodes.Skip(1))
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                oldHash = NodeHash(node, oldHash);
                newHash = NodeHash(node, newHash);
                SkipToRightChild(ref fn, ref sn);
            }
            else
            {
                newHash = NodeHash(newHash, node);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && oldRoot.SequenceEqual(oldHash) && newRoot.SequenceEqual(newHash);
    }

    private static void SkipToRightChild(ref long fn, ref long sn)
    {
        while ((fn & 1) == 0 && fn != 0)
        {
            fn >>= 1;
            sn >>= 1;
        }
    }

    private static bool WellFormed(IReadOnlyList<byte[]> proof) =>
        proof.Count <= MaxProof && proof.All(static node => node is { Length: HashLength });
}
