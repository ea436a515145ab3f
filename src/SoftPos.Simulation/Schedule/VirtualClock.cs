namespace SoftPos.Simulation.Schedule;

/// <summary>
/// The one time of a run. It stands still while anything runs and moves only when the scheduler says so. Each process sees it through a clock of
/// its own that may be wrong (<see cref="SkewedClock"/>).
/// </summary>
internal sealed class VirtualClock(Board board, DateTimeOffset start)
{
    private readonly PriorityQueue<Timer, (long Due, long Number)> _timers = new();
    private readonly Lock _gate = new();
    private long _numbers;

    /// <summary>Ticks since the start; never goes back.</summary>
    public long Elapsed { get; private set; }

    public DateTimeOffset Now => start + TimeSpan.FromTicks(Elapsed);

    /// <summary>When the next timer is due; null when none is.</summary>
    public TimeSpan? UntilNext
    {
        get
        {
            lock (_gate)
            {
                while (_timers.TryPeek(out Timer? next, out (long Due, long Number) key) && !next.Is(key))
                {
                    _timers.Dequeue();
                }

                return _timers.TryPeek(out _, out (long Due, long Number) first) ? TimeSpan.FromTicks(Math.Max(0, first.Due - Elapsed)) : null;
            }
        }
    }

    /// <summary>Lets time pass; timers fire one after another, each when all is at rest.</summary>
    public void Advance(TimeSpan time)
    {
        long end = Elapsed + time.Ticks;
        while (UntilNext is { } until && Elapsed + until.Ticks <= end)
        {
            Elapsed += until.Ticks;
            Timer timer;
            lock (_gate)
            {
                timer = _timers.Dequeue();
            }

            timer.Fire();
            board.Settle();
        }

        Elapsed = end;
    }

    public ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan due, TimeSpan period)
    {
        Timer timer = new(this, board, callback, state, period);
        timer.Change(due, period);

        // Task.Delay and Task.WaitAsync hand in their task, and whoever made it waits for it; a token source's timer is waited for by nobody.
        if (state is Task && due != Timeout.InfiniteTimeSpan)
        {
            timer.Sleeper = board.Current;
            board.FallAsleep();
        }

        return timer;
    }

    private sealed class Timer(VirtualClock clock, Board board, TimerCallback callback, object? state, TimeSpan period) : ITimer
    {
        private (long Due, long Number)? _key;

        public Operation? Sleeper { get; set; }

        public bool Is((long Due, long Number) key) => _key == key;

        public bool Change(TimeSpan due, TimeSpan again)
        {
            lock (clock._gate)
            {
                // A periodic timer beats for ever; what it does in a real process the scheduler asks for itself.
                _key = due == Timeout.InfiniteTimeSpan || period != Timeout.InfiniteTimeSpan ? null : (clock.Elapsed + due.Ticks, clock._numbers++);
                if (_key is { } key)
                {
                    clock._timers.Enqueue(this, key);
                }
            }

            return true;
        }

        public void Fire()
        {
            _key = null;
            if (Sleeper is null || board.TryWakeAsleep(Sleeper))
            {
                callback(state);
            }
        }

        public void Dispose() => _key = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>The clock of one process: right but for an offset that jumps.</summary>
internal sealed class SkewedClock(VirtualClock clock) : TimeProvider
{
    /// <summary>How far it is wrong.</summary>
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => clock.Now + Offset;

    public override long GetTimestamp() => clock.Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
