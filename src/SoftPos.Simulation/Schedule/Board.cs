namespace SoftPos.Simulation.Schedule;

/// <summary>
/// All operations of a run. At most one runs at a time: the scheduler wakes one and waits until it parks, sleeps or ends, whatever threads its
/// tasks use on the way. So the order of everything is the scheduler's choice alone.
/// </summary>
internal sealed class Board
{
    /// <summary>Real time after which a run that does not come to rest is a fault of the simulator.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly AsyncLocal<Operation?> _current = new();
    private readonly List<Operation> _operations = [];
    private int _running;

    /// <summary>The operation that this code runs in; null outside of any.</summary>
    public Operation? Current => _current.Value;

    /// <summary>Operations that ended with an exception, for whoever judges them.</summary>
    public Queue<Operation> Failed { get; } = new();

    /// <summary>Operations that have not ended, oldest first.</summary>
    public IReadOnlyList<Operation> Open
    {
        get
        {
            lock (_gate)
            {
                _operations.RemoveAll(static each => each.Standing is Standing.Ended or Standing.Dead);
                return [.. _operations];
            }
        }
    }

    /// <summary>Starts an operation and returns when all is at rest.</summary>
    public Operation Start(string name, Party owner, Func<Task> body)
    {
        Operation operation = new(name, owner);
        lock (_gate)
        {
            _operations.Add(operation);
            _running++;
        }

        _ = Task.Run(async () =>
        {
            _current.Value = operation;
            try
            {
                await body().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever an operation ends with is for the scheduler to judge.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                operation.Fault = fault;
                lock (_gate)
                {
                    Failed.Enqueue(operation);
                }
            }

            Rest(operation, Standing.Ended);
        });
        Settle();
        return operation;
    }

    /// <summary>Waits for the scheduler's decision at a point. Only called within an operation.</summary>
    public Task<object?> ParkAsync(string point, object? matter, CancellationToken cancellation = default)
    {
        Operation operation = Current ?? throw new InvalidOperationException($"nothing that the simulator knows came to {point}");
        TaskCompletionSource<object?> wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (operation.Wake, operation.Point, operation.Matter) = (wake, point, matter);
        CancellationTokenRegistration registration = cancellation.Register(() =>
        {
            if (Claim(operation, wake))
            {
                wake.TrySetCanceled(cancellation);
            }
        });
        Rest(operation, Standing.Parked);
        return FinishAsync(wake.Task, registration);
    }

    /// <summary>Lets a parked operation go on with a decision, and returns when all is at rest.</summary>
    public void Wake(Operation operation, object? decision)
    {
        TaskCompletionSource<object?> wake = operation.Wake!;
        if (Claim(operation, wake))
        {
            wake.TrySetResult(decision);
        }

        Settle();
    }

    /// <summary>The current operation is about to wait for the clock.</summary>
    public void FallAsleep()
    {
        if (Current is { } operation)
        {
            Rest(operation, Standing.Asleep);
        }
    }

    /// <summary>The clock wakes an operation; false when its process died.</summary>
    public bool TryWakeAsleep(Operation operation)
    {
        lock (_gate)
        {
            if (operation.Standing is not Standing.Asleep)
            {
                return false;
            }

            operation.Standing = Standing.Running;
            _running++;
            return true;
        }
    }

    /// <summary>A process died: what it was at never goes on.</summary>
    public void Kill(Func<Operation, bool> those)
    {
        lock (_gate)
        {
            foreach (Operation each in _operations.Where(each => each.Standing is Standing.Parked or Standing.Asleep).Where(those))
            {
                each.Standing = Standing.Dead;
            }
        }
    }

    /// <summary>Returns when no operation runs.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            while (_running > 0)
            {
                if (!Monitor.Wait(_gate, Patience))
                {
                    string where = string.Join(", ", _operations.Select(static each => $"{each.Name} {each.Standing} {each.Point}"));
                    throw new InvalidOperationException($"the simulation does not come to rest: {where}");
                }
            }
        }
    }

    private static async Task<object?> FinishAsync(Task<object?> wake, CancellationTokenRegistration registration)
    {
        using (registration)
        {
            return await wake.ConfigureAwait(false);
        }
    }

    private bool Claim(Operation operation, TaskCompletionSource<object?> wake)
    {
        lock (_gate)
        {
            if (operation.Standing is not Standing.Parked || operation.Wake != wake)
            {
                return false;
            }

            operation.Standing = Standing.Running;
            _running++;
            return true;
        }
    }

    private void Rest(Operation operation, Standing standing)
    {
        lock (_gate)
        {
            if (operation.Standing is not Standing.Running)
            {
                throw new InvalidOperationException($"{operation.Name} does two things at once: {operation.Standing} at {operation.Point}");
            }

            operation.Standing = standing;
            _running--;
            Monitor.PulseAll(_gate);
        }
    }
}
