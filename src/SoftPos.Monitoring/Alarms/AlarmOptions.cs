namespace SoftPos.Monitoring;

/// <summary>When many small things are an alarm. All per terminal unless it says otherwise.</summary>
public sealed record AlarmOptions
{
    /// <summary>The time in which things are counted.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Payments within it that no merchant takes by hand.</summary>
    public int MaxPayments { get; init; } = 60;

    /// <summary>Declined and refused payments within it: somebody tries cards.</summary>
    public int MaxDeclines { get; init; } = 10;

    /// <summary>Enrolments of one merchant within it.</summary>
    public int MaxEnrolments { get; init; } = 20;

    /// <summary>Time in which newly refused terminals are held against the fleet.</summary>
    public TimeSpan ChangeWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often what no entry tells of is looked at: keys, list, kinds of terminals.</summary>
    public TimeSpan Round { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A key that ends within it is due.</summary>
    public TimeSpan KeyNotice { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Age of the status list that is an alarm.</summary>
    public TimeSpan StatusListAge { get; init; } = TimeSpan.FromHours(48);

    /// <summary>A receiver to which something is owed for so long is itself an alarm.</summary>
    public TimeSpan DeliveryAge { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Between two signs of life to the receivers; their absence is the alarm of the monitor itself. Null sends none.</summary>
    public TimeSpan? SignOfLife { get; init; }

    /// <summary>How long resolved alarms and what was delivered are kept; the journal has their life for ever.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How long series of health are kept.</summary>
    public HealthRetention Health { get; init; } = new();
}
