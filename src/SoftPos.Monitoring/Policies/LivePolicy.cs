using System.Collections.Frozen;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>
/// The policy in force, compiled, with the appraisers over it, and the one that is being rolled out beside it. Replaced as a whole: an appraisal
/// is wholly under one version.
/// </summary>
public sealed class LivePolicy
{
    private readonly VerifiedIssuers _issuers = new();
    private readonly Lock _gate = new();
    private State _state;

    /// <summary>Starts with a policy.</summary>
    public LivePolicy(CompiledPolicy policy) => _state = new State(EnginesOf(policy), null, FrozenDictionary<Guid, string>.Empty);

    /// <summary>The policy in force; during a roll-out the version before.</summary>
    public CompiledPolicy Current => Volatile.Read(ref _state).Current.Policy;

    /// <summary>The policy that is being rolled out; null when none is.</summary>
    public CompiledPolicy? Coming => Volatile.Read(ref _state).Rolling?.Engines.Policy;

    /// <summary>By which version a terminal is appraised, and what it is compared with.</summary>
    /// <param name="terminalId">The terminal; before it has an identity, what stands for it.</param>
    internal PolicyChoice For(Guid terminalId)
    {
        State state = Volatile.Read(ref _state);
        return state.Rolling is { } rolling && Reaches(rolling.Rollout, terminalId, state.Pins)
            ? new PolicyChoice(rolling.Engines, state.Current, rolling.Rollout, rolling.Tally)
            : new PolicyChoice(state.Current, null, null, null);
    }

    /// <summary>Name of the ring of a terminal in a roll-out, by its pin or by its place.</summary>
    internal string RingOf(IReadOnlyList<RolloutRing> rings, Guid terminalId) => rings[IndexOf(rings, terminalId, Volatile.Read(ref _state).Pins)].Name;

    internal void Use(CompiledPolicy policy)
    {
        lock (_gate)
        {
            Volatile.Write(ref _state, new State(EnginesOf(policy), null, _state.Pins));
        }
    }

    /// <summary>Lets a version appraise the rings that its roll-out has reached.</summary>
    internal void Roll(CompiledPolicy policy, PolicyRollout rollout, RolloutTally tally)
    {
        lock (_gate)
        {
            Engines engines = _state.Rolling is { } rolling && rolling.Engines.Policy == policy ? rolling.Engines : EnginesOf(policy);
            Volatile.Write(ref _state, _state with { Rolling = new Rolling(engines, rollout, tally) });
        }
    }

    /// <summary>Every terminal is appraised by the version in force again.</summary>
    internal void StopRolling()
    {
        lock (_gate)
        {
            Volatile.Write(ref _state, _state with { Rolling = null });
        }
    }

    internal void Pin(IEnumerable<RingPin> pins)
    {
        FrozenDictionary<Guid, string> byTerminal = pins.ToFrozenDictionary(static pin => pin.TerminalId, static pin => pin.Ring);
        lock (_gate)
        {
            Volatile.Write(ref _state, _state with { Pins = byTerminal });
        }
    }

    private static bool Reaches(PolicyRollout rollout, Guid terminalId, FrozenDictionary<Guid, string> pins) =>
        IndexOf(rollout.Rings, terminalId, pins) <= rollout.Ring;

    private static int IndexOf(IReadOnlyList<RolloutRing> rings, Guid terminalId, FrozenDictionary<Guid, string> pins)
    {
        string? pinned = pins.GetValueOrDefault(terminalId);
        int place = RolloutRing.PlaceOf(terminalId), byPlace = rings.Count - 1;
        for (int i = rings.Count - 1; i >= 0; i--)
        {
            if (rings[i].Name == pinned)
            {
                return i;
            }

            byPlace = place < rings[i].Percent * (RolloutRing.Scale / 100) ? i : byPlace;
        }

        return byPlace;
    }

    private Engines EnginesOf(CompiledPolicy policy) =>
        new(policy, new HeartbeatAppraiser(policy), new EnrolmentAppraiser(policy, _issuers));

    internal sealed record Engines(CompiledPolicy Policy, HeartbeatAppraiser Heartbeats, EnrolmentAppraiser Enrolments);

    private sealed record Rolling(Engines Engines, PolicyRollout Rollout, RolloutTally Tally);

    private sealed record State(Engines Current, Rolling? Rolling, FrozenDictionary<Guid, string> Pins);
}

/// <summary>The version that appraises a terminal, and in a roll-out the one before, which says whether the terminal is a good one.</summary>
/// <param name="Engines">What appraises.</param>
/// <param name="Before">What appraised before; null outside of a roll-out, and for terminals that it has not reached.</param>
/// <param name="Rollout">The roll-out.</param>
/// <param name="Tally">Where it is counted.</param>
internal sealed record PolicyChoice(LivePolicy.Engines Engines, LivePolicy.Engines? Before, PolicyRollout? Rollout, RolloutTally? Tally)
{
    /// <summary>What the roll-out learns of an appraisal; null when nothing.</summary>
    /// <param name="subject">The terminal.</param>
    /// <param name="before">Verdict of the version before on the same evidence; null when it was not asked.</param>
    /// <param name="now">Verdict.</param>
    public RolloutMeeting? Meet(Guid subject, Verdict? before, Verdict now) =>
        before is { } was && IsGood(was) && Tally!.IsNews(subject, !IsGood(now))
            ? new RolloutMeeting(Rollout!.Number, Rollout.Run, subject, !IsGood(now), Tally)
            : null;

    public static bool IsGood(Verdict verdict) => verdict is Verdict.Trusted or Verdict.Limited;
}
