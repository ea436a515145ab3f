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

    /// <summary>DE 3, first two digits: 00 purchase, 09 with cash back, 20 refund.</summary>
    public string? Processing { get; init; }

    /// <summary>DE 25: 06 is a pre-authorisation.</summary>
    public string? Condition { get; init; }

    /// <summary>DE 62: DE 37 of the authorisation that a refund or an increment belongs to.</summary>
    public string? Link { get; init; }

    /// <summary>DE 42 without blanks.</summary>
    public string? Merchant { get; init; }

    /// <summary>Approved amount where it is less than DE 4.</summary>
    public long? ApprovedMinor { get; init; }

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

    /// <summary>Money goes back to the cardholder.</summary>
    public bool IsRefund => First.Processing == "20";

    /// <summary>Holds an amount; a completion charges it.</summary>
    public bool IsPreAuthorisation => First.Condition == "06" && First.Link is null;

    /// <summary>Holds more on a pre-authorisation.</summary>
    public bool IsIncrement => !IsRefund && First.Link is not null;

    /// <summary>Amount of the completion or adjustment; null without one.</summary>
    public long? AdvisedMinor { get; internal set; }

    /// <summary>STAN of the advice that was taken: another one is another advice.</summary>
    public string? AdviceStan { get; internal set; }

    /// <summary>What the cardholder is charged (or gets back); 0 when nothing is.</summary>
    public long ChargedMinor => !IsApproved || ReversedAt is not null || IsIncrement ? 0
        : AdvisedMinor ?? (IsPreAuthorisation ? 0 : First.ApprovedMinor ?? First.AmountMinor);

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
