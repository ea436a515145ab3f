using SoftPos.Simulation.Schedule;
using SoftPos.Storage;

namespace SoftPos.Simulation.Outside;

/// <summary>What happens to one commit.</summary>
internal enum DiskFate
{
    /// <summary>It is written and flushed.</summary>
    Written,

    /// <summary>It waits until the scheduler lets it.</summary>
    Slow,

    /// <summary>The disk is full: nothing of it is written.</summary>
    Full,

    /// <summary>The commit is written, and the disk reports a fault all the same.</summary>
    FaultAfter,

    /// <summary>The process dies before it.</summary>
    DieBefore,

    /// <summary>The process dies after it, before anybody heard of it.</summary>
    DieAfter,

    /// <summary>The process dies while it is being written: a part of it is on the disk.</summary>
    DieTorn,
}

/// <summary>
/// The disk of the back end. Real commits go to a real file; what a dead process leaves behind is that file with its write-ahead log cut where
/// the flush had come to.
/// </summary>
internal sealed class SimulatedDisk(string folder, Board board, Chances chances, Trace trace, bool forgets) : ICommitPath
{
    /// <summary>Beyond it the log may be wrapped at a checkpoint, and cutting it would not be what a crash does.</summary>
    private const long LongestLog = 3 * 1024 * 1024;

    public const string Point = "disk";

    private readonly string _log = Path.Combine(folder, "softpos.db-wal");
    private long _flushed;
    private (long Before, long After) _last;

    /// <summary>Once in so many commits something is wrong; 0 for never.</summary>
    public int FaultOneIn { get; set; }

    /// <summary>The process is to die now; what is left is for <see cref="Leave"/>.</summary>
    public bool IsDying { get; private set; }

    private bool Torn { get; set; }

    public async Task<Commit> CommitAsync(Change change, Func<Task<Commit>> commit)
    {
        string kinds = string.Join('+', change.Kinds);
        string name = $"{board.Current?.Name} commit {kinds}";
        DiskFate fate = Choose(kinds.Length > 0);
        if (fate is DiskFate.Slow)
        {
            trace.Add($"{name} waits");
            await board.ParkAsync(Point, null).ConfigureAwait(false);
            fate = DiskFate.Written;
        }

        trace.Add(fate is DiskFate.Written ? name : $"{name} {fate}");
        if (fate is DiskFate.Full)
        {
            throw new StorageException(StorageFailure.Full, "no space is left on the simulated disk");
        }

        if (fate is not DiskFate.DieBefore)
        {
            long before = Length();
            Commit done = await commit().ConfigureAwait(false);
            _last = (before, Length());

            // The planted bug of a disk that says "flushed" and is not: only every third commit really is.
            _flushed = forgets && !chances.OneIn(3) ? _flushed : _last.After;
            if (fate is DiskFate.Written)
            {
                return done;
            }

            if (fate is DiskFate.FaultAfter)
            {
                throw new StorageException(StorageFailure.Io, "the simulated disk failed in a commit", outcomeUnknown: true);
            }
        }

        IsDying = true;
        Torn = fate is DiskFate.DieTorn;
        await board.ParkAsync("the end", null).ConfigureAwait(false);
        throw new InvalidOperationException("a dead process went on");
    }

    /// <summary>Copies what the dead process left into a new folder.</summary>
    public void Leave(string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(folder).Where(static file => !file.EndsWith("-shm", StringComparison.Ordinal)
            && !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        string log = Path.Combine(to, "softpos.db-wal");
        if (!File.Exists(log))
        {
            return;
        }

        long length = new FileInfo(log).Length;
        long end = length > LongestLog ? length
            : Torn && _last.After > _last.Before ? _last.Before + (long)(chances.Next() % (ulong)(_last.After - _last.Before))
            : forgets && _flushed > 0 ? _flushed
            : length;
        if (end < length)
        {
            using FileStream file = new(log, FileMode.Open);
            file.SetLength(end);
        }
    }

    private DiskFate Choose(bool isEntry)
    {
        if (FaultOneIn == 0 || !chances.OneIn(FaultOneIn))
        {
            return DiskFate.Written;
        }

        DiskFate fate = (DiskFate)chances.Below((int)DiskFate.DieTorn + 1);
        if (board.Current?.Name == Node.StartName)
        {
            // A process that dies in its start is one whose start failed: both begin again with the same files.
            return fate is DiskFate.Slow ? DiskFate.Written : fate is DiskFate.DieBefore ? DiskFate.Full : fate > DiskFate.DieBefore ? DiskFate.FaultAfter : fate;
        }

        // Numbers are reserved under a lock: such a commit must not wait for the scheduler, or others would wait for it unseen.
        return fate is DiskFate.Slow && !isEntry ? DiskFate.Written : fate;
    }

    private long Length() => File.Exists(_log) ? new FileInfo(_log).Length : 0;
}
