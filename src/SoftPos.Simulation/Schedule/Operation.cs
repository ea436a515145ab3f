namespace SoftPos.Simulation.Schedule;

/// <summary>Whose work an operation is; it dies with its owner.</summary>
internal enum Party
{
    /// <summary>The back end's process.</summary>
    Backend,

    /// <summary>A phone's process.</summary>
    Phone,

    /// <summary>A person at the back end; what was asked dies with the back end.</summary>
    Operator,
}

/// <summary>How an operation stands.</summary>
internal enum Standing
{
    /// <summary>It runs now.</summary>
    Running,

    /// <summary>It waits at a point where the scheduler decides how it goes on.</summary>
    Parked,

    /// <summary>It waits for the clock.</summary>
    Asleep,

    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>Its process died; it never goes on.</summary>
    Dead,
}

/// <summary>One chain of work, such as a sale on a phone or a request in the back end.</summary>
internal sealed class Operation(string name, Party owner)
{
    public string Name { get; } = name;

    public Party Owner { get; } = owner;

    public Standing Standing { get; set; } = Standing.Running;

    /// <summary>Where it waits.</summary>
    public string Point { get; set; } = string.Empty;

    /// <summary>What the scheduler needs to decide.</summary>
    public object? Matter { get; set; }

    public TaskCompletionSource<object?>? Wake { get; set; }

    public Exception? Fault { get; set; }

    public bool IsAt(string point) => Standing is Standing.Parked && Point == point;
}
