using SoftPos.Contract;

namespace SoftPos.Cli.Storms;

/// <summary>What happened in one hour.</summary>
internal sealed class StormHour
{
    public int Openings { get; set; }

    public int Reports { get; set; }

    public int Sales { get; set; }

    public int RefusedTaps { get; set; }

    public int Updates { get; set; }

    public int Unheard { get; set; }

    public int Refused { get; set; }

    public int Alarms { get; set; }
}

/// <summary>Counts of a storm as it goes on. Callers come from several threads.</summary>
internal sealed class StormTally
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, StormHour> _hours = [];
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly HashSet<int> _falselyBlocked = [];
    private readonly HashSet<int> _refusedAttacked = [];
    private int _falseBlocks;
    private int _evidence;

    public IReadOnlyDictionary<int, StormHour> Hours => _hours;

    /// <summary>Refused evidence by reason.</summary>
    public IReadOnlyDictionary<string, int> Reasons => _reasons;

    /// <summary>Evidence of phones that nobody attacked, and that was refused.</summary>
    public int FalseBlocks => _falseBlocks;

    /// <summary>Terminals among them.</summary>
    public int FalselyBlocked => _falselyBlocked.Count;

    /// <summary>Rooted phones that were refused.</summary>
    public int RefusedAttacked => _refusedAttacked.Count;

    /// <summary>Appraisals.</summary>
    public int Evidence => _evidence;

    public void Count(DateTimeOffset time, Action<StormHour> count)
    {
        lock (_gate)
        {
            count(Hour(time));
        }
    }

    public void Took(StormTerminal terminal, StormDeed deed, DateTimeOffset time, string? refused)
    {
        lock (_gate)
        {
            StormHour hour = Hour(time);
            _evidence++;
            hour.Openings += deed is StormDeed.Open ? 1 : 0;
            hour.Reports += deed is StormDeed.Report ? 1 : 0;
            hour.Sales += deed is StormDeed.Tap && refused is null ? 1 : 0;
            hour.RefusedTaps += deed is StormDeed.Tap && refused is not null ? 1 : 0;
            if (refused is null)
            {
                return;
            }

            hour.Refused++;
            _reasons[refused] = _reasons.GetValueOrDefault(refused) + 1;
            if (terminal.AttackedAt <= time)
            {
                _refusedAttacked.Add(terminal.Number);
            }
            else
            {
                _falseBlocks++;
                _falselyBlocked.Add(terminal.Number);
            }
        }
    }

    private StormHour Hour(DateTimeOffset time)
    {
        if (!_hours.TryGetValue(time.Hour, out StormHour? hour))
        {
            _hours[time.Hour] = hour = new StormHour();
        }

        return hour;
    }
}
