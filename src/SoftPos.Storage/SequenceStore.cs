namespace SoftPos.Storage;

/// <summary>Numbers that are never given twice, also across restarts: blocks are reserved durably and dealt from memory; a restart skips the rest.</summary>
public sealed class SequenceStore : IDisposable
{
    /// <summary>Numbers reserved by one commit.</summary>
    private const int BlockSize = 100;

    private readonly Database _database;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, (long Next, long End)> _blocks = new(StringComparer.Ordinal);

    internal SequenceStore(Database database) => _database = database;

    /// <summary>The next number of the sequence, from 1.</summary>
    public async ValueTask<long> NextAsync(string name, CancellationToken cancellation = default)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!_blocks.TryGetValue(name, out (long Next, long End) block) || block.Next == block.End)
            {
                block = await ReserveAsync(name).ConfigureAwait(false);
            }

            _blocks[name] = (block.Next + 1, block.End);
            return block.Next;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<(long Next, long End)> ReserveAsync(string name)
    {
        long end = 0;
        Change change = new Change().Write((session, _) => end = session.First(
            "INSERT INTO sequence(name, next) VALUES($1, 1 + $2) ON CONFLICT(name) DO UPDATE SET next = next + $2 RETURNING next",
            static r => r.GetInt64(0),
            name,
            BlockSize));
        await _database.CommitAsync(change, CancellationToken.None).ConfigureAwait(false);
        return (end - BlockSize, end);
    }
}
