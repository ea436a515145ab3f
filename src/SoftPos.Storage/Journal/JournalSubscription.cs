using System.Threading.Channels;

namespace SoftPos.Storage;

/// <summary>
/// Entries as they become durable. A subscriber that does not keep up loses the oldest, never delays a commit; it sees the gap in the indexes.
/// </summary>
public sealed class JournalSubscription : IDisposable
{
    private readonly Channel<JournalEntry> _channel;
    private readonly Action<JournalSubscription> _end;

    internal JournalSubscription(int capacity, Action<JournalSubscription> end)
    {
        _channel = Channel.CreateBounded<JournalEntry>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest });
        _end = end;
    }

    /// <summary>The entries; ends when the subscription or the store is closed.</summary>
    public IAsyncEnumerable<JournalEntry> ReadAllAsync(CancellationToken cancellation = default) =>
        _channel.Reader.ReadAllAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => _end(this);

    internal void Offer(JournalEntry entry) => _channel.Writer.TryWrite(entry);

    internal void End() => _channel.Writer.TryComplete();
}
