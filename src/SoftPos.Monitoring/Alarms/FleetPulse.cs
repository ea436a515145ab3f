using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>What alarms need to know of every terminal in use, in memory.</summary>
/// <param name="Properties">What it may have in common with others, by dimension.</param>
/// <param name="Refused">It is not trusted, for another reason than silence.</param>
/// <param name="Silent">It is silent past its deadline.</param>
/// <param name="Hot">Its battery was hot at its last evidence.</param>
/// <param name="LastTrustedAt">Last good evidence.</param>
/// <param name="KeysAt">When its initial keys were delivered; null without keys.</param>
/// <param name="Taps">Taps since its last update.</param>
/// <param name="FailedTaps">Failed ones of these.</param>
internal sealed record FleetMember(
    IReadOnlyDictionary<string, string> Properties, bool Refused, bool Silent, bool Hot, DateTimeOffset? LastTrustedAt,
    DateTimeOffset? KeysAt, double Taps,
    double FailedTaps);

/// <summary>
/// All terminals in use, kept up with the journal's entries, so that what they have in common can be counted without a scan of the store.
/// </summary>
internal sealed class FleetPulse(Database database)
{
    /// <summary>About 500 bytes each; in a larger fleet what terminals have in common is not looked for.</summary>
    public const int MaxMembers = 250_000;

    /// <summary>Kinds of terminals that the policy is asked about in one look, the largest first.</summary>
    private const int MaxCohorts = 2000;

    private readonly Dictionary<Guid, FleetMember> _members = [];

    /// <summary>The fleet is larger than this view; nothing is said of it then.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Terminals in use.</summary>
    public int Count => _members.Count;

    /// <summary>All members.</summary>
    public IEnumerable<KeyValuePair<Guid, FleetMember>> Members => _members;

    /// <summary>Reads the whole fleet.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        _members.Clear();
        await foreach (TerminalRecord terminal in database.Terminals.AllAsync(cancellation))
        {
            if (_members.Count >= MaxMembers)
            {
                IsPartial = true;
                return;
            }

            Put(terminal);
        }
    }

    /// <summary>Reads a terminal again.</summary>
    public async Task TouchAsync(Guid terminalId, CancellationToken cancellation)
    {
        if (!IsPartial && await database.TrustStatus.ReadAsync(terminalId, cancellation) is { } terminal)
        {
            Put(terminal);
            IsPartial = _members.Count > MaxMembers;
        }
    }

    /// <summary>Those that were trusted within a time and are refused now.</summary>
    public List<FleetMember> NewlyRefused(DateTimeOffset since) =>
        [.. _members.Values.Where(member => member.Refused && member.LastTrustedAt >= since)];

    /// <summary>Number of terminals by dimension and value.</summary>
    public Dictionary<(string Dimension, string Value), int> Counts() =>
        _members.Values.SelectMany(static member => member.Properties).CountBy(static pair => (pair.Key, pair.Value)).ToDictionary();

    /// <summary>Terminals by what they have in common.</summary>
    public List<FleetCohort> Cohorts()
    {
        double taps = _members.Values.Sum(static member => member.Taps), failed = _members.Values.Sum(static member => member.FailedTaps);
        Dictionary<(string Dimension, string Value), FleetCohort> cohorts = [];
        foreach (FleetMember member in _members.Values)
        {
            foreach ((string dimension, string value) in member.Properties)
            {
                FleetCohort cohort = cohorts.GetValueOrDefault((dimension, value))
                    ?? new FleetCohort { Dimension = dimension, Value = value };
                cohorts[(dimension, value)] = cohort with
                {
                    Terminals = cohort.Terminals + 1,
                    Refused = cohort.Refused + (member.Refused ? 1 : 0),
                    Silent = cohort.Silent + (member.Silent ? 1 : 0),
                    Hot = cohort.Hot + (member.Hot ? 1 : 0),
                    Taps = cohort.Taps + member.Taps,
                    FailedTaps = cohort.FailedTaps + member.FailedTaps,
                };
            }
        }

        return
        [
            .. cohorts.Values.OrderByDescending(static cohort => cohort.Terminals).Take(MaxCohorts)
                .Select(cohort => cohort with { OtherTaps = taps - cohort.Taps, OtherFailedTaps = failed - cohort.FailedTaps }),
        ];
    }

    private void Put(TerminalRecord terminal)
    {
        if (terminal.State is not (TerminalState.Active or TerminalState.Suspended))
        {
            _members.Remove(terminal.TerminalId);
            return;
        }

        bool silent = terminal.Findings.Any(static finding => finding.Reason == ReasonCodes.TerminalSilent);
        bool good = terminal.Verdict is Verdict.Trusted or Verdict.Limited && terminal.State is TerminalState.Active;
        HealthTrend trend = TerminalMemory.Of(terminal).Trend;
        _members[terminal.TerminalId] = new FleetMember(
            new Dictionary<string, string>
            {
                ["model"] = Named(terminal.Model),
                ["sdk"] = Named(terminal.SdkVersion),
                ["system"] = ResponseOrder.KeyOf(ResponseScope.OsBuild, terminal),
                ["merchant"] = terminal.MerchantId,
            },
            Refused: !good && !silent,
            Silent: silent,
            Hot: terminal.Health.GetValueOrDefault("batteryTemperatureCelsius") > FleetCohort.HotCelsius,
            terminal.LastTrustedAt,
            terminal.DataKeyId is null ? null : terminal.KeysDeliveredAt ?? terminal.EnrolledAt,
            trend.Taps,
            trend.FailedTaps);
    }

    private static string Named(string value) => value.Length > 0 ? value : "unnamed";
}
