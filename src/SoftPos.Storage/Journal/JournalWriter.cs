using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Appends the entries of one transaction and moves the head in it.</summary>
internal sealed class JournalWriter(Session session, MerkleFrontier frontier, DateTimeOffset now)
{
    private readonly long _start = frontier.Size;

    /// <summary>Entries of the transaction, for the subscribers.</summary>
    public List<JournalEntry> Written { get; } = [];

    public static MerkleFrontier ReadFrontier(Session session)
    {
        (long size, byte[] bytes) = session.First("SELECT size, frontier FROM journal_head", static r => (r.GetInt64(0), r.Blob(1)));
        long rows = session.First("SELECT coalesce(max(idx) + 1, 0) FROM journal", static r => r.GetInt64(0));
        return rows == size && MerkleFrontier.FromBytes(size, bytes) is { } frontier
            ? frontier
            : throw new StorageException(StorageFailure.Corrupt, $"the journal's head says {size} entries, the journal holds {rows}");
    }

    public JournalTrace Append(Change.PendingEntry pending)
    {
        byte[] content = pending.Content.ToArray();
        byte[] contentHash = SHA256.HashData(content);
        byte[] leaf = MerkleTree.LeafHash(MerkleTree.EntryText(now.ToUnixTimeMilliseconds(), pending.Kind, pending.Subject, contentHash));
        JournalEntry entry = new()
        {
            Index = frontier.Size,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
            Kind = pending.Kind,
            Subject = pending.Subject,
            Content = content,
            ContentHash = contentHash,
            LeafHash = leaf,
        };
        session.Execute(
            "INSERT INTO journal(idx, time, area, kind, subject, content, content_hash, leaf) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
            entry.Index,
            now.ToColumn(),
            pending.Area,
            pending.Kind,
            pending.Subject,
            content,
            contentHash,
            leaf);
        frontier.Append(leaf, WriteNode);
        Written.Add(entry);
        return entry.Trace;
    }

    public void WriteHead()
    {
        if (frontier.Size != _start)
        {
            session.Execute("UPDATE journal_head SET size = $1, frontier = $2", frontier.Size, frontier.ToBytes());
        }
    }

    private void WriteNode(int height, long index, byte[] hash)
    {
        // One stored level in eight, as the tiles of tlog-tiles: 1/255 more rows, and a proof reads at most 256 hashes per level.
        if (height % JournalTree.TileHeight == 0)
        {
            session.Execute("INSERT INTO journal_node(level, idx, hash) VALUES($1, $2, $3)", height / JournalTree.TileHeight, index, hash);
        }
    }
}
