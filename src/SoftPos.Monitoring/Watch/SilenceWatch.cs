using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>What the watch is doing.</summary>
public enum WatchState
{
    /// <summary>It has not looked yet.</summary>
    Starting,

    /// <summary>It looks at every deadline.</summary>
    Watching,

    /// <summary>We were away; deadlines of that time are postponed, and silence says nothing until they come.</summary>
    Recovering,
}

/// <summary>
/// Takes the trust of terminals whose evidence is overdue, at their deadline and without any request. What we could not have heard is not
/// held against them: when the watch itself did not run (process down, store away, machine asleep), every deadline of that time is
/// postponed, and the outage is written down as ours.
/// </summary>
/// <param name="database">Store.</param>
/// <param name="options">Interval of evidence.</param>
/// <param name="clock">Time.</param>
public sealed class SilenceWatch(Database database, MonitoringOptions options, TimeProvider clock)
{
    private const string MarkSetting = "watch.mark";
    private const string Subject = "watch";

    /// <summary>Times that a terminal is tried again because its record moved in between.</summary>
    private const int MaxTries = 3;

    /// <summary>
    /// Terminals that fall silent within one interval of evidence beyond this number, and this part of those expected, have one cause that is
    /// not theirs.
    /// </summary>
    private const int MassCount = 20;
    private const int MassPart = 5;

    /// <summary>Longest pause between two looks: the mark must be fresh for an outage to be seen.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>A gap between two looks from which on we count as away.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    private WatchMark? _mark;

    /// <summary>State now.</summary>
    public WatchState State =>
        _mark is null ? WatchState.Starting : clock.GetUtcNow() < _mark.Until ? WatchState.Recovering : WatchState.Watching;

    /// <summary>Last look.</summary>
    public DateTimeOffset? LookedAt => _mark?.LookedAt;

    /// <summary>Looks until cancelled.</summary>
    /// <param name="failed">Is told a look that the store did not allow; it counts as away.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task RunAsync(Action<Exception> failed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(failed);
        try
        {
            while (true)
            {
                TimeSpan pause = AfterFault;
                try
                {
                    await RoundAsync(cancellation);
                    TimeSpan next = await database.Attendance.NextDueAsync(cancellation) - clock.GetUtcNow() ?? LongestPause;
                    pause = next < TimeSpan.FromMilliseconds(50) ? TimeSpan.FromMilliseconds(50) : next < LongestPause
                        ? next : LongestPause;
                }
#pragma warning disable CA1031 // A fault of ours must not end the watch; it is told, and the sign of life stops by itself.
                catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    failed(fault);
                }

                await Task.Delay(pause, clock, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    /// <summary>One look; gives how many fell silent.</summary>
    public async Task<int> RoundAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        _mark ??= await database.Settings.FindAsync(MarkSetting, cancellation) is { } bytes
            ? JsonSerializer.Deserialize(bytes, WatchJson.Default.WatchMark)!
            : new WatchMark { LookedAt = now };
        if (now - _mark.LookedAt > Away)
        {
            await EndOutageAsync(_mark.LookedAt, now, cancellation);
        }

        (int expected, int overdue) = await database.Attendance.CountAsync(now, cancellation);

        // Deadlines are spread over an interval, so what has one cause comes spread over one.
        int lately = overdue == 0 ? 0 : await database.Attendance.SilentSinceAsync(now - (options.DueAfter(now) - now), cancellation);
        int together = overdue + lately;
        bool mass = overdue > 0 && together > MassCount && together > (expected + lately) / MassPart;
        int fallen = 0;
        List<Attendance> page;
        do
        {
            page = overdue == 0 ? [] : await database.Attendance.OverdueAsync(now, AttendanceStore.MaxPage, cancellation);
            bool[] silent = await Task.WhenAll(page.Select(one => FallSilentAsync(one, now, mass, cancellation)));
            fallen += silent.Count(static one => one);
        }
        while (page.Count == AttendanceStore.MaxPage);
        await LookedAsync(now, mass ? (together, expected + lately) : null, cancellation);
        return fallen;
    }

    private async Task EndOutageAsync(DateTimeOffset from, DateTimeOffset now, CancellationToken cancellation)
    {
        // Who was due before we went away was silent by himself.
        DateTimeOffset until = options.DueAfter(now);
        WatchMark mark = new() { LookedAt = now, Until = until };
        Change change = new Change().PostponeDeadlines(from, until).PutSetting(MarkSetting, Bytes(mark)).Append("watch.outage", Subject,
            new JsonObject
        {
            ["from"] = from, ["until"] = now, ["seconds"] = Math.Round((now - from).TotalSeconds), ["owner"] = nameof(Owner.Us),
            ["deadlinesFrom"] = until,
        });
        (await database.CommitAsync(change, cancellation)).Require();
        _mark = mark;
    }

    private async Task<bool> FallSilentAsync(Attendance overdue, DateTimeOffset now, bool mass, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await database.Terminals.FindAsync(overdue.TerminalId, cancellation) is not { State: TerminalState.Active } terminal)
            {
                (await database.CommitAsync(new Change().Dismiss(overdue.TerminalId), cancellation)).Require();
                return false;
            }

            Finding finding = FindingOf(overdue, now);
            JsonObject entry = new()
            {
                ["lastAttempt"] = overdue.LastAttemptAt, ["lastSuccess"] = overdue.LastSuccessAt, ["due"] = overdue.DueAt,
                ["was"] = terminal.Verdict.ToString(),
                ["findings"] = new JsonArray(AppraisalEntry.Of(finding)),
            };
            if (mass)
            {
                entry["mass"] = true;
            }

            Change change = new Change()
                .RequireUnmoved(terminal)
                .FallSilent(overdue, now)
                .Put(terminal with
                {
                    Verdict = terminal.Verdict is Verdict.Denied ? Verdict.Denied : Verdict.Unknown,
                    Findings = [finding, .. terminal.Findings.Where(static one => one.Reason != ReasonCodes.TerminalSilent)],
                })
                .Append("terminal.silent", overdue.TerminalId, entry);
            if ((await database.CommitAsync(change, cancellation)).Done)
            {
                return true;
            }

            // Its evidence came in between: then its deadline is another one.
            if ((await database.Attendance.FindAsync(overdue.TerminalId, cancellation))?.DueAt != overdue.DueAt)
            {
                return false;
            }
        }

        return false;
    }

    private async Task LookedAsync(DateTimeOffset now, (int Overdue, int Expected)? mass, CancellationToken cancellation)
    {
        WatchMark mark = _mark! with { LookedAt = now };
        Change change = new Change().PutSetting(MarkSetting, Bytes(mark));
        if (mass is { } many)
        {
            change.Append("watch.mass-silence", Subject, new JsonObject { ["silent"] = many.Overdue, ["expected"] = many.Expected });
        }

        (await database.CommitAsync(change, cancellation)).Require();
        _mark = mark;
    }

    private static Finding FindingOf(Attendance overdue, DateTimeOffset now) => new()
    {
        Rule = "watch.silence",
        Reason = ReasonCodes.TerminalSilent,
        Claim = "watch.lastAttempt",
        Value = overdue.LastAttemptAt.ToString("u", System.Globalization.CultureInfo.InvariantCulture),
        EvidenceHash = string.Empty,
        Severity = Severity.Warning,
        Response = FindingResponse.Deny,
        Detail = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"no evidence since {overdue.LastAttemptAt:u}; it was due at {overdue.DueAt:u}, and {now:u} it was taken for silent"),
    };

    private static byte[] Bytes(WatchMark mark) => JsonSerializer.SerializeToUtf8Bytes(mark, WatchJson.Default.WatchMark);
}

/// <summary>When the watch last looked, and until when an outage of ours excuses silence.</summary>
internal sealed record WatchMark
{
    public DateTimeOffset LookedAt { get; set; }

    public DateTimeOffset Until { get; set; }
}

/// <summary>JSON form of <see cref="WatchMark"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WatchMark))]
internal sealed partial class WatchJson : JsonSerializerContext;
