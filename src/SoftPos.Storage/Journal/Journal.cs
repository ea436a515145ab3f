using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>The head of the journal: a state that a checkpoint names.</summary>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">RFC 6962 root hash.</param>
public sealed record JournalHead(long Size, byte[] Root);

/// <summary>
/// The append-only journal, read side. Entries are written by <see cref="Change.Append(string, string, ReadOnlyMemory{byte})"/>; each is a
/// leaf of a Merkle tree, so that an edited, deleted or reordered entry shows.
/// </summary>
public sealed class Journal
{
    /// <summary>Most entries in one answer.</summary>
    public const int MaxPage = 1000;

    private const string Row = "SELECT idx, time, kind, subject, content, content_hash, leaf FROM journal ";

    private readonly Database _database;
    private readonly Lock _gate = new();
    private JournalSubscription[] _subscriptions = [];

    internal Journal(Database database) => _database = database;

    /// <summary>Head after the last commit.</summary>
    public JournalHead Head
    {
        get
        {
            MerkleFrontier frontier = _database.Frontier;
            return new JournalHead(frontier.Size, frontier.Root());
        }
    }

    /// <summary>Entries from an index on, oldest first.</summary>
    public ValueTask<List<JournalEntry>> RangeAsync(long first, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(Row + "WHERE idx >= $1 ORDER BY idx LIMIT $2", Read, first, Math.Min(count, MaxPage)), cancellation);

    /// <summary>Entries of a subject, oldest first.</summary>
    public ValueTask<List<JournalEntry>> OfSubjectAsync(string subject, int count = MaxPage, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(Row + "WHERE subject = $1 ORDER BY idx LIMIT $2", Read, subject, Math.Min(count, MaxPage)), cancellation);

    /// <summary>The newest entries of a subject, newest first.</summary>
    public ValueTask<List<JournalEntry>> NewestOfSubjectAsync(string subject, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(Row + "WHERE subject = $1 ORDER BY idx DESC LIMIT $2", Read, subject, Math.Min(count, MaxPage)), cancellation);

    /// <summary>The newest entries, newest first.</summary>
    /// <param name="area">First word of the kind, such as <c>payment</c>, or null for all.</param>
    /// <param name="count">How many, up to <see cref="MaxPage"/>.</param>
    /// <param name="before">Only entries below this index: the last index of the page before.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<List<JournalEntry>> NewestAsync(string? area, int count, long before = long.MaxValue, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => area is null
                ? session.Rows(Row + "WHERE idx < $1 ORDER BY idx DESC LIMIT $2", Read, before, Math.Min(count, MaxPage))
                : session.Rows(Row + "WHERE area = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3", Read, area, before, Math.Min(count, MaxPage)),
            cancellation);

    /// <summary>Proof that the entry is in the tree of that size (RFC 9162, 2.1.3).</summary>
    public ValueTask<List<byte[]>> ProveInclusionAsync(long index, long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, _database.Frontier.Size);
        return _database.ReadAsync(session => new JournalTree(session).Inclusion(index, size), cancellation);
    }

    /// <summary>Proof that the tree of the new size extends that of the old size (RFC 9162, 2.1.4).</summary>
    public ValueTask<List<byte[]>> ProveConsistencyAsync(long oldSize, long newSize, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newSize, _database.Frontier.Size);
        return _database.ReadAsync(session => new JournalTree(session).Consistency(oldSize, newSize), cancellation);
    }

    /// <summary>Root of the tree as it was at that size.</summary>
    public ValueTask<byte[]> RootAtAsync(long size, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, _database.Frontier.Size);
        return _database.ReadAsync(session => new JournalTree(session).Root(size), cancellation);
    }

    /// <summary>Starts to receive entries as they become durable.</summary>
    /// <param name="capacity">Entries that wait for a slow reader before the oldest are dropped.</param>
    public JournalSubscription Subscribe(int capacity = 256)
    {
        JournalSubscription subscription = new(capacity, Remove);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    internal void Publish(List<JournalEntry> entries)
    {
        foreach (JournalSubscription subscription in Volatile.Read(ref _subscriptions))
        {
            entries.ForEach(subscription.Offer);
        }
    }

    internal void EndSubscriptions() => Array.ForEach(Volatile.Read(ref _subscriptions), static s => s.End());

    internal static JournalEntry Read(SqliteDataReader reader) => new()
    {
        Index = reader.GetInt64(0),
        Time = reader.Time(1),
        Kind = reader.GetString(2),
        Subject = reader.GetString(3),
        Content = reader.BlobOrNull(4),
        ContentHash = reader.Blob(5),
        LeafHash = reader.Blob(6),
    };

    private void Remove(JournalSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(s => s != subscription)];
        }

        subscription.End();
    }
}
