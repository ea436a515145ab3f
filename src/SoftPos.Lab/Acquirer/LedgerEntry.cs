using System.Text.Json.Serialization;

namespace SoftPos.Lab.Acquirer;

/// <summary>One message that the lab acquirer took, in the order of arrival. Holds no account data: a card is named by its catalogue name.</summary>
public sealed record LedgerEntry
{
    /// <summary>Counts from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Message type as received.</summary>
    public required string Type { get; init; }

    /// <summary>DE 11.</summary>
    public required string Stan { get; init; }

    /// <summary>Names the original: exchange, STAN, time, institutions, terminal. A reversal carries the key of what it reverses.</summary>
    public required string Original { get; init; }

    /// <summary>DE 37.</summary>
    public string? Reference { get; init; }

    /// <summary>DE 41 without blanks.</summary>
    public string? Terminal { get; init; }

    /// <summary>DE 4 in minor units.</summary>
    public long AmountMinor { get; init; }

    /// <summary>DE 49.</summary>
    public string? Currency { get; init; }

    /// <summary>Catalogue name of the card, when known.</summary>
    public string? Card { get; init; }

    /// <summary>DE 39 decided, also when it was never sent.</summary>
    public required string Code { get; init; }

    /// <summary>DE 38 of an approval.</summary>
    public string? ApprovalCode { get; init; }

    /// <summary>What was found and done.</summary>
    public required string Note { get; init; }
}

/// <summary>An authorisation as it stands at the acquirer.</summary>
/// <param name="Key">Names it, see <see cref="LedgerEntry.Original"/>.</param>
/// <param name="First">The first message of it.</param>
public sealed record LedgerOriginal(string Key, LedgerEntry First)
{
    /// <summary>Whether it was approved, in full or in part.</summary>
    public bool IsApproved => First.Code is "00" or "08" or "10" or "11" or "16";

    /// <summary>Messages of it, repeats included.</summary>
    public int Messages { get; internal set; } = 1;

    /// <summary>When it was reversed; null when it was not.</summary>
    public DateTimeOffset? ReversedAt { get; internal set; }

    /// <summary>Reversal messages, repeats and refused ones included.</summary>
    public int ReversalMessages { get; internal set; }

    /// <summary>STANs of its reversals: one means that it was reversed once, however often that was repeated.</summary>
    public IReadOnlySet<string> ReversalStans => Stans;

    internal HashSet<string> Stans { get; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LedgerEntry))]
internal sealed partial class LedgerJson : JsonSerializerContext;
