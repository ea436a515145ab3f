using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>Something in a journal that is not as it was written.</summary>
/// <param name="Index">Index of the entry, or of the first entry that a stored hash covers.</param>
/// <param name="What">What does not hold.</param>
public sealed record JournalFault(long Index, string What);

/// <summary>Result of an audit.</summary>
/// <param name="Head">Size and root as recomputed from the entries.</param>
/// <param name="Faults">What does not hold, in order; empty when all does. At most <see cref="JournalAudit.MaxFaults"/>.</param>
public sealed record JournalReport(JournalHead Head, IReadOnlyList<JournalFault> Faults);

/// <summary>
/// Recomputes a whole journal from its rows and says where an entry was edited, deleted, put in or moved. Against a rewrite of everything,
/// hashes included, only a head that was kept elsewhere helps: hand it in.
/// </summary>
public static class JournalAudit
{
    /// <summary>Faults after which it stops: one edit makes few, a garbled file makes as many as it has rows.</summary>
    public const int MaxFaults = 100;

    /// <summary>Audits the file, also while a back end uses it; nothing is written.</summary>
    /// <param name="path">Database file.</param>
    /// <param name="trusted">A head that was published or kept earlier, or null.</param>
    public static JournalReport Run(string path, JournalHead? trusted = null)
    {
        if (!File.Exists(path))
        {
            throw new StorageException(StorageFailure.Io, $"no file {path}");
        }

        try
        {
            using Session session = Session.OpenReader(Path.GetFullPath(path));

            // One snapshot: a back end may go on writing.
            session.Execute("BEGIN");
            JournalReport report = new Pass(session, trusted).Run();
            session.Execute("ROLLBACK");
            return report;
        }
        catch (SqliteException fault)
        {
            throw StorageException.From(fault);
        }
    }

    private sealed class Pass(Session session, JournalHead? trusted)
    {
        private readonly List<JournalFault> _faults = [];
        private readonly MerkleFrontier _frontier = MerkleFrontier.Empty();
        private byte[]? _trustedRoot;

        public JournalReport Run()
        {
            NoteTrusted();
            for (long next = 0; _faults.Count < MaxFaults;)
            {
                List<JournalEntry> page = session.Rows(
                    "SELECT idx, time, kind, subject, content, content_hash, leaf FROM journal WHERE idx >= $1 ORDER BY idx LIMIT $2",
                    Journal.Read,
                    next,
                    Journal.MaxPage);
                if (page.Count == 0)
                {
                    break;
                }

                foreach (JournalEntry entry in page)
                {
                    Take(entry);
                }

                next = page[^1].Index + 1;
            }

            CheckHead();
            return new JournalReport(new JournalHead(_frontier.Size, _frontier.Root()), _faults);
        }

        private void Take(JournalEntry entry)
        {
            if (entry.Index != _frontier.Size)
            {
                Report(_frontier.Size, entry.Index < 0 ? "an entry with a negative index" : $"entries up to {entry.Index - 1} are missing");
                if (entry.Index < _frontier.Size)
                {
                    return;
                }
            }

            if (entry.Content is { } content && !SHA256.HashData(content).AsSpan().SequenceEqual(entry.ContentHash))
            {
                Report(entry.Index, "the content is not what was hashed");
            }

            byte[] leaf = MerkleTree.LeafHash(entry.ToText());
            if (!leaf.AsSpan().SequenceEqual(entry.LeafHash))
            {
                Report(entry.Index, "time, kind, subject or content hash is not what was hashed");
            }

            _frontier.Append(leaf, CheckNode);
            NoteTrusted();
        }

        private void CheckNode(int height, long index, byte[] hash)
        {
            if (height % JournalTree.TileHeight != 0)
            {
                return;
            }

            byte[]? stored = session.First(
                "SELECT hash FROM journal_node WHERE level = $1 AND idx = $2", static r => r.Blob(0), height / JournalTree.TileHeight, index);
            if (stored is null || !stored.AsSpan().SequenceEqual(hash))
            {
                Report(index << height, $"the stored hash over {1L << height} entries does not fit them");
            }
        }

        private void CheckHead()
        {
            (long size, byte[]? bytes) = session.First("SELECT size, frontier FROM journal_head", static r => (r.GetInt64(0), r.BlobOrNull(1)));
            if (size != _frontier.Size)
            {
                Report(Math.Min(size, _frontier.Size), $"the head says {size} entries, there are {_frontier.Size}");
            }
            else if (bytes is null || MerkleFrontier.FromBytes(size, bytes) is not { } stored || !stored.Root().AsSpan().SequenceEqual(_frontier.Root()))
            {
                Report(size, "the head's root does not fit the entries");
            }

            if (trusted is not null && (_trustedRoot is null || !_trustedRoot.AsSpan().SequenceEqual(trusted.Root)))
            {
                Report(trusted.Size, _trustedRoot is null ? "shorter than the trusted head" : "not the journal of the trusted head: it was rewritten or forked");
            }
        }

        private void NoteTrusted() => _trustedRoot = trusted?.Size == _frontier.Size ? _frontier.Root() : _trustedRoot;

        private void Report(long index, string what)
        {
            if (_faults.Count < MaxFaults)
            {
                _faults.Add(new JournalFault(index, what));
            }
        }
    }
}
