using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// Good terminals that a run of a roll-out met, each counted once: a phone that is refused at every tap is one phone. The store holds the
/// same; it is read again at a start.
/// </summary>
internal sealed class RolloutTally
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, bool> _met;
    private int _refused;

    public RolloutTally(IEnumerable<(Guid TerminalId, bool Refused)> met)
    {
        _met = met.ToDictionary(static one => one.TerminalId, static one => one.Refused);
        _refused = _met.Values.Count(static refused => refused);
    }

    /// <summary>Raised when a good terminal was refused.</summary>
    public Action? Refused { get; set; }

    /// <summary>Good terminals, and those of them that were refused.</summary>
    public (int Seen, int Refused) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_met.Count, _refused);
            }
        }
    }

    /// <summary>Whether it would change a count.</summary>
    public bool IsNews(Guid terminalId, bool refused)
    {
        lock (_gate)
        {
            return !_met.TryGetValue(terminalId, out bool known) || (refused && !known);
        }
    }

    public void Add(Guid terminalId, bool refused)
    {
        lock (_gate)
        {
            bool known = _met.TryGetValue(terminalId, out bool was) && was;
            _met[terminalId] = known || refused;
            _refused += refused && !known ? 1 : 0;
        }

        if (refused)
        {
            Refused?.Invoke();
        }
    }
}

/// <summary>A good terminal that a roll-out met for the first time, or refused for the first time.</summary>
internal sealed record RolloutMeeting(long Number, int Run, Guid Subject, bool Refused, RolloutTally Tally)
{
    public void AddTo(Change change) => change.MeetInRollout(Number, Run, Subject, Refused);

    /// <summary>After it is durable.</summary>
    public void Count() => Tally.Add(Subject, Refused);
}
