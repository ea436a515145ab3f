using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>
/// The trust status from memory. A commit updates it before its caller hears of the commit, so a kill takes effect at the next request.
/// </summary>
public sealed class TrustStatus : ITrustStatus
{
    /// <summary>Cached terminals: about 2 KiB each.</summary>
    private const int MaxCached = 100_000;

    private readonly Database _database;
    private readonly Dictionary<Guid, TerminalRecord> _cache = [];
    private readonly Lock _gate = new();
    private long _changesOfOthers;

    internal TrustStatus(Database database) => _database = database;

    /// <inheritdoc/>
    public async ValueTask<TerminalRecord?> ReadAsync(Guid terminalId, CancellationToken cancellation) =>
        await ReadRecordAsync(terminalId, cancellation).ConfigureAwait(false) is { } record ? _database.Responses.Apply(record) : null;

    /// <summary>The terminal as stored, without the orders against it; null when there is none.</summary>
    public async ValueTask<TerminalRecord?> ReadRecordAsync(Guid terminalId, CancellationToken cancellation)
    {
        long seen;
        lock (_gate)
        {
            if (_cache.TryGetValue(terminalId, out TerminalRecord? cached))
            {
                return cached;
            }

            seen = _changesOfOthers;
        }

        TerminalRecord? read = await _database.Terminals.FindAsync(terminalId, cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            // What was read may be older than a commit meanwhile; then it is good for this request but is not kept.
            if (read is not null && seen == _changesOfOthers && _cache.Count < MaxCached)
            {
                _cache.TryAdd(terminalId, read);
            }
        }

        return read;
    }

    internal void Update(TerminalRecord terminal)
    {
        lock (_gate)
        {
            if (_cache.ContainsKey(terminal.TerminalId))
            {
                _cache[terminal.TerminalId] = terminal;
            }
            else
            {
                _changesOfOthers++;
            }
        }
    }
}
