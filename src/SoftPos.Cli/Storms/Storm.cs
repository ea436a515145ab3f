using System.Net;
using System.Security.Cryptography;
using System.Text;
using SoftPos.Attestation.Policy;
using SoftPos.Backend;
using SoftPos.Cli.Commands;
using SoftPos.Contract;
using SoftPos.Lab.Phones;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Cli.Storms;

/// <summary>How a storm is run.</summary>
/// <param name="Terminals">Terminals.</param>
/// <param name="Seed">Seed; the same one gives the same day.</param>
/// <param name="Folder">Folder of its data.</param>
/// <param name="Midnight">Beginning of the day.</param>
/// <param name="Interval">How often an open terminal reports.</param>
internal sealed record StormOptions(int Terminals, long Seed, string Folder, DateTimeOffset Midnight, TimeSpan Interval);

/// <summary>
/// A day of a fleet in a time of its own: lab phones sign their evidence, the rooms of a back end appraise it over their store, and the
/// watch looks every fifteen seconds of that time. Nothing of the back end is stood in for but the time and the way to it.
/// </summary>
internal sealed class Storm : IAsyncDisposable
{
    /// <summary>As often as the watch of a running node looks at least.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(15);

    /// <summary>Evidence that is appraised at the same time; it shares commits to the disk.</summary>
    private const int AtOnce = 32;

    private readonly StormOptions _options;
    private readonly StormDay _day;
    private readonly VirtualClock _clock;
    private readonly VirtualBackend _backend;
    private readonly StormTerminal[] _terminals;
    private readonly PriorityQueue<(int Terminal, StormDeed Deed), (DateTimeOffset At, int Terminal)> _due = new();
    private readonly List<(DateTimeOffset At, RolloutStep Step)> _steps = [];

    private Storm(StormOptions options, StormDay day, VirtualClock clock, VirtualBackend backend, StormTerminal[] terminals) =>
        (_options, _day, _clock, _backend, _terminals) = (options, day, clock, backend, terminals);

    /// <summary>Counts.</summary>
    public StormTally Tally { get; } = new();

    /// <summary>The day.</summary>
    public StormDay Day => _day;

    /// <summary>Its store.</summary>
    public Database Database => _backend.Database;

    /// <summary>Terminals.</summary>
    public IReadOnlyList<StormTerminal> Terminals => _terminals;

    /// <summary>What became of the roll-out, with the instants.</summary>
    public IReadOnlyList<(DateTimeOffset At, RolloutStep Step)> Steps => _steps;

    /// <exception cref="BackendStartException">The folder cannot be used.</exception>
    public static async Task<Storm> OpenAsync(StormOptions options, CancellationToken cancellation)
    {
        StormSeed seed = new(options.Seed);
        StormDay day = new(options.Midnight);
        VirtualClock clock = new(day.Enrolment);
        int identities = 0;
        BackendOptions backend = SandboxBackend.Options(options.Folder, new IPEndPoint(IPAddress.Loopback, 1)) with
        {
            EvidenceInterval = options.Interval, NewTerminalId = _ => seed.Identity(identities++),
        };
        VirtualBackend opened = await VirtualBackend.OpenAsync(backend, clock, cancellation);
        LabAttestationAuthority authority = new();
        RandomNumberGenerator randomness = RandomNumberGenerator.Create();
        StormTerminal[] terminals = [.. Enumerable.Range(0, options.Terminals)
            .Select(number => new StormTerminal(number, seed, day, authority, clock, randomness))];
        Storm storm = new(options, day, clock, opened, terminals);
        await storm.AddMerchantsAsync(cancellation);
        return storm;
    }

    /// <summary>Lets the day pass.</summary>
    /// <param name="passed">Is told the time of the fleet at each full quarter of an hour.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task RunAsync(Action<DateTimeOffset> passed, CancellationToken cancellation)
    {
        Queue<StormTerminal> enrolling = new(_terminals.OrderBy(static one => one.EnrolsAt).ThenBy(static one => one.Number));
        bool started = false;
        for (DateTimeOffset now = _day.Enrolment; now < _day.End; now += Slice)
        {
            cancellation.ThrowIfCancellationRequested();
            _clock.MoveTo(now);
            while (enrolling.TryPeek(out StormTerminal? next) && next.EnrolsAt <= now)
            {
                await EnrolAsync(enrolling.Dequeue(), cancellation);
            }

            if (!started && now >= _day.Rollout)
            {
                await StartRolloutAsync(cancellation);
                started = true;
            }

            await Parallel.ForEachAsync(
                Due(now), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (one, token) => await ActAsync(_terminals[one.Terminal], one.Deed, now, token));
            if (await _backend.LookAsync(cancellation) is { } step)
            {
                _steps.Add((now, step));
            }

            if (now.Minute % 15 == 0 && now.Second == 0)
            {
                passed(now);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    private List<(int Terminal, StormDeed Deed)> Due(DateTimeOffset now)
    {
        List<(int Terminal, StormDeed Deed)> due = [];
        HashSet<int> acting = [];
        List<((int, StormDeed), (DateTimeOffset, int))> later = [];
        while (_due.TryPeek(out (int Terminal, StormDeed Deed) one, out (DateTimeOffset At, int Terminal) place) && place.At <= now)
        {
            _due.Dequeue();

            // One terminal does one thing at a time; the second comes with the next look.
            if (acting.Add(one.Terminal))
            {
                due.Add(one);
            }
            else
            {
                later.Add((one, (now + Slice, place.Terminal)));
            }
        }

        later.ForEach(one => _due.Enqueue(one.Item1, one.Item2));
        foreach ((int terminal, StormDeed deed) in due)
        {
            if (deed is StormDeed.Open or StormDeed.Report && now + _options.Interval < _terminals[terminal].ClosesAt)
            {
                _due.Enqueue((terminal, StormDeed.Report), (now + _options.Interval, terminal));
            }
        }

        return due;
    }

    private async Task ActAsync(StormTerminal terminal, StormDeed deed, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!terminal.Hears(now))
        {
            Tally.Count(now, static hour => hour.Unheard++);
            return;
        }

        string before = terminal.Reporter.SdkVersion;
        terminal.Age(now);
        if (before != terminal.Reporter.SdkVersion)
        {
            Tally.Count(now, static hour => hour.Updates++);
        }

        ChallengePurpose purpose = deed is StormDeed.Tap ? ChallengePurpose.Tap : ChallengePurpose.Heartbeat;
        Challenge challenge = _backend.Challenges.Issue(purpose, terminal.Reporter.TerminalId)
            ?? throw new InvalidOperationException("too many challenges are open");
        byte[] evidence = terminal.Reporter.Evidence(challenge, purpose, deed is StormDeed.Tap ? 1 : 0, deed is StormDeed.Close);
        AttestationOutcome outcome = await _backend.Appraisal.AppraiseAsync(evidence, cancellation);
        bool good = outcome.Answer?.Verdict is Verdict.Trusted or Verdict.Limited;
        Tally.Took(terminal, deed, now, good ? null : outcome.Refusal?.Reason ?? outcome.Answer!.Findings.First(static one =>
            one.Response >= FindingResponse.Deny).Reason);
    }

    private async Task EnrolAsync(StormTerminal terminal, CancellationToken cancellation)
    {
        string code = $"STORM-{terminal.Number:D6}";
        Change change = new Change().AddActivationCode(code, terminal.Merchant, _clock.GetUtcNow().AddHours(1));
        (await Database.CommitAsync(change, cancellation)).Require();
        Challenge challenge = _backend.Challenges.Issue(ChallengePurpose.Enrolment, null)!;
        EnrolmentOutcome outcome = await _backend.Enrolment.ActivateAsync(terminal.Reporter.Activation(code, challenge), cancellation);
        terminal.Reporter.TerminalId = outcome.Answer is { DataKey: not null } answer
            ? answer.TerminalId
            : throw new InvalidOperationException($"a good phone was refused at its enrolment: {outcome.Refusal?.Reason}");

        // The shop is not open yet: nothing is expected until it is.
        challenge = _backend.Challenges.Issue(ChallengePurpose.Heartbeat, terminal.Reporter.TerminalId)!;
        await _backend.Appraisal.AppraiseAsync(terminal.Reporter.Evidence(challenge, ChallengePurpose.Heartbeat, isClosing: true), cancellation);
        _due.Enqueue((terminal.Number, StormDeed.Open), (terminal.OpensAt, terminal.Number));
        _due.Enqueue((terminal.Number, StormDeed.Close), (terminal.ClosesAt, terminal.Number));
        foreach (DateTimeOffset tap in terminal.Taps)
        {
            _due.Enqueue((terminal.Number, StormDeed.Tap), (tap, terminal.Number));
        }
    }

    private async Task AddMerchantsAsync(CancellationToken cancellation)
    {
        foreach (string[] some in _terminals.Select(static one => one.Merchant).Distinct().Chunk(500))
        {
            Change change = new();
            foreach (string id in some)
            {
                change.Put(new MerchantRecord
                {
                    MerchantId = id, Name = "Stall " + id, City = "Durban", Country = "ZA", CardAcceptorId = id, CategoryCode = "5411",
                    Currency = "710",
                });
            }

            (await Database.CommitAsync(change, cancellation)).Require();
        }
    }

    /// <summary>
    /// A version that no longer puts up with developer options: right in itself, and wrong for the phones of one maker that day.
    /// </summary>
    private async Task StartRolloutAsync(CancellationToken cancellation)
    {
        const string Rule = "- id: probe.developer\n";
        string text = Encoding.UTF8.GetString(DefaultPolicy.Utf8.Span).ReplaceLineEndings("\n");
        int at = text.IndexOf(Rule, StringComparison.Ordinal), response = text.IndexOf("response: notice", at, StringComparison.Ordinal);
        text = (text[..response] + "response: deny" + text[(response + "response: notice".Length)..])
            .Replace("version: 1\n", "version: 2\n", StringComparison.Ordinal);
        PolicyOutcome version = await _backend.Policies.ProposeAsync(Encoding.UTF8.GetBytes(text), "anna", cancellation);
        version = await _backend.Policies.ApproveAsync(version.Version!.Number, "ben", cancellation);
        RolloutOutcome outcome = await _backend.Rollouts.StartAsync(
            new RolloutRequest
            {
                Version = version.Version!.Number,
                By = "anna",
                Rings = [new("canary", 1, TimeSpan.FromHours(3)), new("early", 10, TimeSpan.FromHours(3)), new("all", 100, TimeSpan.FromHours(4))],
            },
            cancellation);
        if (outcome.Refusal is { } refused)
        {
            throw new InvalidOperationException($"the roll-out did not start: {refused.Detail}");
        }
    }
}
