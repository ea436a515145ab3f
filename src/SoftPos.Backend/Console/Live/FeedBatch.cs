using SoftPos.Storage;

namespace SoftPos.Backend.Console.Live;

/// <summary>How current the console's data are.</summary>
public enum FeedState
{
    /// <summary>The first reading has not ended.</summary>
    Starting,

    /// <summary>New entries arrive as they become durable.</summary>
    Live,

    /// <summary>The last reading failed; what is shown may be old. Tried again by itself.</summary>
    Stale,

    /// <summary>The journal was closed; nothing will arrive any more.</summary>
    Ended,
}

/// <summary>What happened since the batch before, as an open page hears of it.</summary>
/// <param name="State">State of the feed.</param>
/// <param name="Entries">Entries that became durable, oldest first.</param>
/// <param name="Gap">Entries were missed: read everything again.</param>
/// <param name="Pulse">Some seconds have passed: ages and figures that no entry tells of may be read again.</param>
public sealed record FeedBatch(FeedState State, IReadOnlyList<JournalEntry> Entries, bool Gap, bool Pulse)
{
    /// <summary>An entry of that area is among them, or may have been missed.</summary>
    /// <param name="area">First word of the kind, such as <c>payment</c>.</param>
    public bool Touches(string area) => Gap || Entries.Any(entry => Kinds.AreaOf(entry.Kind) == area);

    /// <summary>An entry about that subject is among them, or may have been missed.</summary>
    public bool About(string subject) => Gap || Entries.Any(entry => entry.Subject == subject);
}

/// <summary>Kinds of journal entries that the console looks at.</summary>
internal static class Kinds
{
    public const string PaymentArea = "payment";

    public const string EvidenceAppraised = "evidence.appraised";

    public static string AreaOf(string kind) => kind[..Math.Max(0, kind.IndexOf('.', StringComparison.Ordinal))];
}
