using System.Text.Json;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Live;

/// <summary>A finding as an entry of the journal holds it.</summary>
internal sealed record EntryFinding(
    string Rule, string Reason, string Claim, string? Value, Severity Severity, string Response, string Detail, string? Deadline);

/// <summary>One step of a terminal's timeline: an entry, or a run of appraisals without anything to say.</summary>
internal sealed record TimelineStep
{
    /// <summary>Appraisals in a row without findings that are shown as one step.</summary>
    private const int LeastRun = 3;

    /// <summary>The newest entry of the step.</summary>
    public required JournalEntry Entry { get; init; }

    /// <summary>The oldest entry of the step.</summary>
    public required JournalEntry Oldest { get; init; }

    /// <summary>Entries in the step.</summary>
    public required int Count { get; init; }

    /// <summary>Its content; undefined when it was removed or is not JSON.</summary>
    public required JsonElement Content { get; init; }

    /// <summary>The verdict, when the entry has one.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Findings.</summary>
    public IReadOnlyList<EntryFinding> Findings { get; init; } = [];

    /// <summary>SHA-256 of the evidence, lower-case hex.</summary>
    public string? EvidenceHash { get; init; }

    /// <summary>Steps of entries that stand newest first.</summary>
    public static IReadOnlyList<TimelineStep> Of(IReadOnlyList<JournalEntry> newestFirst)
    {
        List<TimelineStep> steps = [];
        List<TimelineStep> run = [];
        foreach (JournalEntry entry in newestFirst)
        {
            TimelineStep step = Of(entry);
            if (step.IsQuiet)
            {
                run.Add(step);
                continue;
            }

            Close(run, steps);
            steps.Add(step);
        }

        Close(run, steps);
        return steps;
    }

    /// <summary>The content of an entry as JSON; undefined when there is none to show.</summary>
    public static JsonElement ContentOf(JournalEntry entry)
    {
        if (entry.Content is null)
        {
            return default;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(entry.Content);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private bool IsQuiet => Entry.Kind == Kinds.EvidenceAppraised && Verdict == Contract.Verdict.Trusted && Findings.Count == 0;

    public static TimelineStep Of(JournalEntry entry)
    {
        JsonElement content = ContentOf(entry);
        return new TimelineStep
        {
            Entry = entry,
            Oldest = entry,
            Count = 1,
            Content = content,
            Verdict = Enum.TryParse(TextOf(content, "verdict"), ignoreCase: true, out Verdict verdict) ? verdict : null,
            EvidenceHash = TextOf(content, "evidenceHash"),
            Findings = content.ValueKind == JsonValueKind.Object
                && content.TryGetProperty("findings", out JsonElement findings) && findings.ValueKind == JsonValueKind.Array
                    ? [.. findings.EnumerateArray().Where(static f => f.ValueKind == JsonValueKind.Object).Select(FindingOf)]
                    : [],
        };
    }

    private static EntryFinding FindingOf(JsonElement finding) => new(
        TextOf(finding, "rule") ?? string.Empty,
        TextOf(finding, "reason") ?? string.Empty,
        TextOf(finding, "claim") ?? string.Empty,
        TextOf(finding, "value"),
        Enum.TryParse(TextOf(finding, "severity"), ignoreCase: true, out Severity severity) ? severity : Severity.Info,
        TextOf(finding, "response") ?? string.Empty,
        TextOf(finding, "detail") ?? string.Empty,
        TextOf(finding, "deadline"));

    private static string? TextOf(JsonElement content, string name) =>
        content.ValueKind == JsonValueKind.Object && content.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static void Close(List<TimelineStep> run, List<TimelineStep> steps)
    {
        if (run.Count >= LeastRun)
        {
            steps.Add(run[0] with { Oldest = run[^1].Entry, Count = run.Count });
        }
        else
        {
            steps.AddRange(run);
        }

        run.Clear();
    }
}
