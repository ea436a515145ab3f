using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>
/// The one writer. Changes that wait at the same time share one transaction and one flush to disk; each waiter goes on only after the commit.
/// </summary>
internal sealed class Committer : IAsyncDisposable
{
    /// <summary>Waiting changes. Beyond it callers are refused at once instead of waiting for seconds.</summary>
    public const int MaxWaiting = 16_384;

    /// <summary>Changes in one transaction: beyond it the flush is amortised and only latency would grow.</summary>
    public const int MaxBatch = 512;

    private readonly Database _database;
    private readonly Session _session;
    private readonly TimeProvider _clock;
    private readonly Channel<Waiter> _channel = Channel.CreateBounded<Waiter>(new BoundedChannelOptions(MaxWaiting)
    {
        SingleReader = true, FullMode = BoundedChannelFullMode.Wait, AllowSynchronousContinuations = false,
    });

    private readonly Task _loop;
    private MerkleFrontier _frontier;
    private StorageException? _broken;

    public Committer(Database database, Session session, TimeProvider clock)
    {
        _database = database;
        _session = session;
        _clock = clock;
        _frontier = JournalWriter.ReadFrontier(session);
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Transactions so far; with <see cref="Changes"/> it gives the size of the groups.</summary>
    public long Batches { get; private set; }

    /// <summary>Changes so far.</summary>
    public long Changes { get; private set; }

    /// <summary>Changes that wait.</summary>
    public int Waiting => _channel.Reader.Count;

    public MerkleFrontier Frontier => Volatile.Read(ref _frontier);

    public Task<Commit> CommitAsync(Change change, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Waiter waiter = new(change);
        if (!_channel.Writer.TryWrite(waiter))
        {
            bool closed = _channel.Reader.Completion.IsCompleted || _loop.IsCompleted;
            throw new StorageException(closed ? StorageFailure.Closed : StorageFailure.Busy, closed ? "the store is closed" : "too many changes wait");
        }

        // Cancelling removes the interest, never the rows.
        return cancellation.CanBeCanceled ? waiter.Task.WaitAsync(cancellation) : waiter.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _session.Dispose();
    }

    private void Run()
    {
        List<Waiter> batch = new(MaxBatch);
        ChannelReader<Waiter> reader = _channel.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && reader.TryRead(out Waiter? waiter))
            {
                batch.Add(waiter);
            }

            WriteBatch(batch);
        }
    }

    private void WriteBatch(List<Waiter> batch)
    {
        if (TryTransaction(batch, out StorageException? fault))
        {
            return;
        }

        if (fault!.Failure != StorageFailure.Constraint || batch.Count == 1)
        {
            batch.ForEach(w => w.Fail(fault));
            return;
        }

        // A faulty change must not take the others with it: each gets a transaction of its own.
        foreach (Waiter waiter in batch)
        {
            if (!TryTransaction([waiter], out StorageException? own))
            {
                waiter.Fail(own!);
            }
        }
    }

    private bool TryTransaction(List<Waiter> batch, out StorageException? fault)
    {
        bool committing = false;
        try
        {
            ReadHeadAgainAfterFailure();
            DateTimeOffset now = _clock.GetUtcNow();
            MerkleFrontier frontier = _frontier.Copy();
            JournalWriter journal = new(_session, frontier, now);
            _session.Execute("BEGIN IMMEDIATE");
            foreach (Waiter waiter in batch)
            {
                waiter.Result = Apply(waiter.Change, journal, now);
            }

            journal.WriteHead();
            committing = true;
            _session.Execute("COMMIT");
            Volatile.Write(ref _frontier, frontier);
            Publish(batch, journal);
            fault = null;
            return true;
        }
        catch (SqliteException exception)
        {
            fault = StorageException.From(exception, outcomeUnknown: committing);
        }
        catch (StorageException exception)
        {
            fault = exception;
        }
#pragma warning disable CA1031 // A fault in one change's write must reach its caller, not end the only writer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = new StorageException(StorageFailure.Constraint, "a change could not be written", exception);
        }

        RollBack(fault);
        return false;
    }

    private Commit Apply(Change change, JournalWriter journal, DateTimeOffset now)
    {
        foreach (Func<Session, DateTimeOffset, ChangeRefusal> condition in change.Conditions)
        {
            ChangeRefusal refusal = condition(_session, now);
            if (refusal != ChangeRefusal.None)
            {
                return new Commit(refusal, [], now);
            }
        }

        foreach (Action<Session, DateTimeOffset> write in change.Writes)
        {
            write(_session, now);
        }

        JournalTrace[] traces = new JournalTrace[change.Entries.Count];
        for (int i = 0; i < traces.Length; i++)
        {
            traces[i] = journal.Append(change.Entries[i]);
        }

        foreach (Action<Session, IReadOnlyList<JournalTrace>> finish in change.Finishes)
        {
            finish(_session, traces);
        }

        return new Commit(ChangeRefusal.None, traces, now);
    }

    private void Publish(List<Waiter> batch, JournalWriter journal)
    {
        Batches++;
        Changes += batch.Count;
        foreach (Waiter waiter in batch)
        {
            if (waiter.Result!.Done)
            {
                waiter.Change.AfterCommit.ForEach(action => action(_database));
            }
        }

        _database.Journal.Publish(journal.Written);
        batch.ForEach(static w => w.Complete());
    }

    private void RollBack(StorageException fault)
    {
        _broken = fault;
        try
        {
            _session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The failure had already ended the transaction.
        }
    }

    private void ReadHeadAgainAfterFailure()
    {
        if (_broken is not null)
        {
            _frontier = JournalWriter.ReadFrontier(_session);
            _broken = null;
        }
    }

    private sealed class Waiter(Change change)
    {
        private readonly TaskCompletionSource<Commit> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Change Change { get; } = change;

        public Commit? Result { get; set; }

        public Task<Commit> Task => _source.Task;

        public void Complete() => _source.TrySetResult(Result!);

        public void Fail(StorageException fault) => _source.TrySetException(fault);
    }
}
