using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>What is asked for when a roll-out is started.</summary>
public sealed record RolloutRequest
{
    /// <summary>Number of an approved policy version.</summary>
    public required long Version { get; init; }

    /// <summary>Who starts it.</summary>
    public required string By { get; init; }

    /// <summary>Rings in their order.</summary>
    public IReadOnlyList<RolloutRing> Rings { get; init; } = RolloutDecider.UsualRings;

    /// <summary>Part of the good terminals, in percent, whose refusal beyond it halts.</summary>
    public double MaxRefusedPercent { get; init; } = 2;

    /// <summary>Good terminals that must be refused before anything is halted.</summary>
    public int LeastRefused { get; init; } = 3;

    /// <summary>Good terminals that must have been appraised before the version goes on.</summary>
    public int LeastSeen { get; init; } = 1;
}

/// <summary>A roll-out as it stands now, or why not.</summary>
public sealed record RolloutOutcome
{
    /// <summary>The roll-out.</summary>
    public PolicyRollout? Rollout { get; init; }

    /// <summary>Why there is none.</summary>
    public Refusal? Refusal { get; init; }
}

/// <summary>
/// Brings a version that two persons approved to the fleet ring by ring. While it runs, the version before appraises the same evidence
/// too: a terminal that it trusts and the new one refuses is a good terminal in trouble. Too many of them, and every terminal is back
/// under the version before, which is journaled and an alarm.
/// </summary>
public sealed class PolicyRollouts(Database database, LivePolicy live, PolicyVersions versions, TimeProvider clock) : IDisposable
{
    private const string Subject = "policy";

    /// <summary>How often it is looked whether a ring's time is over; what is refused is looked at at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private RolloutTally _tally = new([]);

    /// <summary>Goes on where the installation was closed.</summary>
    /// <exception cref="InvalidDataException">The version does not compile, or its signature is not of this installation's key.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        live.Pin(await database.Rollouts.PinsAsync(cancellation));
        if (await database.Rollouts.NewestAsync(cancellation) is { State: RolloutState.Running } rollout)
        {
            (_, CompiledPolicy policy) = (await versions.FindAsync(rollout.Version, cancellation))!.Value;
            await RollAsync(policy, rollout, cancellation);
        }
    }

    /// <summary>The newest roll-out with what it has counted until now; null when there was none.</summary>
    public async Task<PolicyRollout?> StatusAsync(CancellationToken cancellation) =>
        await database.Rollouts.NewestAsync(cancellation) is { } rollout
            ? rollout.State is RolloutState.Running ? rollout with { Seen = _tally.Counts.Seen, Refused = _tally.Counts.Refused } : rollout
            : null;

    /// <summary>Starts one.</summary>
    public Task<RolloutOutcome> StartAsync(RolloutRequest request, CancellationToken cancellation) => AloneAsync(async () =>
    {
        ArgumentNullException.ThrowIfNull(request);
        PolicyRollout? last = await database.Rollouts.NewestAsync(cancellation);
        Refusal? fault = PolicyVersions.PersonFault(request.By)
            ?? RolloutDecider.FaultOf(request.Rings, request.MaxRefusedPercent, request.LeastRefused, request.LeastSeen)
            ?? (last is { State: RolloutState.Running } ? Refusal.Malformed("number", $"a roll-out of version {last.Version} runs; halt it first") : null);
        if (fault is not null || await versions.FindAsync(request.Version, cancellation) is not var (record, policy))
        {
            return Refuse(fault ?? Refusal.Malformed("number", "no version has that number"));
        }

        if (record.State is not (PolicyVersionState.Approved or PolicyVersionState.Superseded))
        {
            return Refuse(Refusal.Malformed("number", record.State is PolicyVersionState.Active
                ? "this version is in force already" : "only an approved version can be rolled out; a second person must approve it first"));
        }

        DateTimeOffset now = clock.GetUtcNow();
        PolicyRollout rollout = new()
        {
            Number = await database.Sequences.NextAsync("policy-rollout", cancellation),
            State = RolloutState.Running,
            Version = record.Number,
            Hash = record.Hash,
            BeforeHash = live.Current.HashHex,
            Rings = request.Rings,
            RingSince = now,
            MaxRefusedPercent = request.MaxRefusedPercent,
            LeastRefused = request.LeastRefused,
            LeastSeen = request.LeastSeen,
            By = request.By,
            StartedAt = now,
            ChangedAt = now,
        };
        Change change = new Change().Move((PolicyRollout?)null, rollout).Move(record, record with { State = PolicyVersionState.RollingOut });
        if (last is { State: RolloutState.Halted })
        {
            change.Move(last, last with { State = RolloutState.Abandoned, ChangedAt = now });
        }

        return await CommitAsync(change, new RolloutStep(rollout, "policy.rollout-started", request.By, RolloutEffect.Roll), policy, cancellation);
    }, cancellation);

    /// <summary>A person halts the one that runs: every terminal is back under the version before at its next evidence.</summary>
    public Task<RolloutOutcome> HaltAsync(string by, string note, CancellationToken cancellation) =>
        ActAsync(by, note, counts => new RolloutEvent.Halt(counts.Seen, counts.Refused, by, note), "no roll-out runs", cancellation);

    /// <summary>A person resumes the one that was halted last, in the ring where it was; it counts anew.</summary>
    public Task<RolloutOutcome> ResumeAsync(string by, string note, CancellationToken cancellation) =>
        ActAsync(by, note, _ => new RolloutEvent.Resume(by, note), "no roll-out is halted", cancellation);

    /// <summary>Looks whether it must be halted or goes on; gives what it did, or null.</summary>
    public async Task<RolloutStep?> RoundAsync(CancellationToken cancellation)
    {
        RolloutStep? step = null;
        await AloneAsync(async () =>
        {
            PolicyRollout? rollout = await database.Rollouts.NewestAsync(cancellation);
            (int seen, int refused) = _tally.Counts;
            step = rollout is null ? null : RolloutDecider.Decide(rollout, new RolloutEvent.Look(seen, refused), clock.GetUtcNow());
            return step is null ? new RolloutOutcome() : await StepAsync(rollout!, step, cancellation);
        }, cancellation);
        return step;
    }

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(failed);
        try
        {
            while (true)
            {
                try
                {
                    await RoundAsync(cancellation);
                }
#pragma warning disable CA1031 // A fault of ours must not end the watch; it is told, and tried again.
                catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    failed(fault);
                }

                using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                await Task.WhenAny(_wake.WaitAsync(waiting.Token), Task.Delay(Pause, clock, waiting.Token));
                await waiting.CancelAsync();
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    /// <summary>Puts a terminal into a ring of every roll-out to come, or leaves it to its own place.</summary>
    /// <param name="terminalId">The terminal.</param>
    /// <param name="ring">Name of a ring; null for its own place.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <returns>Null when it was done.</returns>
    public async Task<Refusal?> PinAsync(Guid terminalId, string? ring, string by, CancellationToken cancellation)
    {
        if (await database.Terminals.FindAsync(terminalId, cancellation) is not { State: TerminalState.Active or TerminalState.Suspended })
        {
            return new Refusal(ReasonCodes.TerminalUnknown, Field: "terminalId");
        }

        if (ring is not null && (ring.Length is 0 or > RolloutDecider.MaxRingName || ring.Any(static c => !char.IsAsciiLetterOrDigit(c) && c != '-')))
        {
            return Refusal.Malformed("ring", "name of a ring, such as canary");
        }

        Change change = ring is null ? new Change().Unpin(terminalId)
            : new Change().Pin(new RingPin(terminalId, ring, by, clock.GetUtcNow()));
        change.Append(ring is null ? "policy.ring-released" : "policy.ring-pinned", terminalId, new JsonObject { ["ring"] = ring, ["by"] = by });
        if (!(await database.CommitAsync(change, cancellation)).Done)
        {
            return Refusal.Malformed("ring", $"at most {RolloutStore.MaxPins} terminals stand in a ring by hand");
        }

        live.Pin(await database.Rollouts.PinsAsync(cancellation));
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate.Dispose();
        _wake.Dispose();
    }

    private Task<RolloutOutcome> ActAsync(
        string by, string note, Func<(int Seen, int Refused), RolloutEvent> happened, string otherwise, CancellationToken cancellation) =>
        AloneAsync(async () =>
        {
            if (ResponseDecider.PersonFault(by, note) is { } fault)
            {
                return Refuse(fault);
            }

            PolicyRollout? rollout = await database.Rollouts.NewestAsync(cancellation);
            RolloutStep? step = rollout is null ? null : RolloutDecider.Decide(rollout, happened(_tally.Counts), clock.GetUtcNow());
            return step is null ? Refuse(Refusal.Malformed("number", otherwise))
                : step.Effect is RolloutEffect.Roll && rollout!.BeforeHash != live.Current.HashHex
                    ? Refuse(Refusal.Malformed("number", "another version came into force since it was halted; start a new roll-out"))
                    : await StepAsync(rollout!, step, cancellation, note);
        }, cancellation);

    private async Task<RolloutOutcome> StepAsync(PolicyRollout from, RolloutStep step, CancellationToken cancellation, string? note = null)
    {
        (PolicyVersionRecord record, CompiledPolicy policy) = (await versions.FindAsync(from.Version, cancellation))!.Value;
        Change change = new Change().Move(from, step.Next);
        PolicyVersionRecord next = step.Effect switch
        {
            RolloutEffect.Promote => record with { State = PolicyVersionState.Active, ActivatedAt = clock.GetUtcNow() },
            RolloutEffect.GoBack => record with { State = PolicyVersionState.Approved },
            _ => record with { State = PolicyVersionState.RollingOut },
        };
        if (next.State != record.State)
        {
            change.Move(record, next);
        }

        if (step.Effect is RolloutEffect.Promote && await database.Policies.ActiveAsync(cancellation) is { Record: { } former })
        {
            change.Move(former, former with { State = PolicyVersionState.Superseded });
        }

        RolloutOutcome outcome = await CommitAsync(change, step, policy, cancellation, note);
        return outcome;
    }

    private async Task<RolloutOutcome> CommitAsync(
        Change change, RolloutStep step, CompiledPolicy policy, CancellationToken cancellation, string? note = null)
    {
        change.Append(step.Kind, Subject, EntryOf(step, note));
        if (!(await database.CommitAsync(change, cancellation)).Done)
        {
            return Refuse(Refusal.Malformed("number", "the versions changed meanwhile; look again"));
        }

        switch (step.Effect)
        {
            case RolloutEffect.Roll:
                await RollAsync(policy, step.Next, cancellation);
                break;
            case RolloutEffect.GoBack:
                live.StopRolling();
                break;
            default:
                live.Use(policy);
                break;
        }

        return new RolloutOutcome { Rollout = step.Next };
    }

    private async Task RollAsync(CompiledPolicy policy, PolicyRollout rollout, CancellationToken cancellation)
    {
        _tally = new RolloutTally(await database.Rollouts.SeenAsync(rollout.Number, rollout.Run, cancellation)) { Refused = Wake };
        live.Roll(policy, rollout, _tally);
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it at the same time.
        }
    }

    private async Task<RolloutOutcome> AloneAsync(Func<Task<RolloutOutcome>> act, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await act();
        }
        finally
        {
            _gate.Release();
        }
    }

    private static JsonObject EntryOf(RolloutStep step, string? note) => new()
    {
        ["rollout"] = step.Next.Number,
        ["version"] = step.Next.Version,
        ["hash"] = step.Next.Hash,
        ["before"] = step.Next.BeforeHash,
        ["ring"] = step.Next.Rings[step.Next.Ring].Name,
        ["percent"] = step.Next.Rings[step.Next.Ring].Percent,
        ["seen"] = step.Next.Seen,
        ["refused"] = step.Next.Refused,
        ["by"] = step.By,
        ["note"] = note ?? step.Next.HaltReason ?? string.Empty,
    };

    private static RolloutOutcome Refuse(Refusal refusal) => new() { Refusal = refusal };
}
