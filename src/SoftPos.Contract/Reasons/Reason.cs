namespace SoftPos.Contract;

/// <summary>Who can put a thing right.</summary>
public enum Owner
{
    /// <summary>The merchant, at the phone.</summary>
    Merchant,

    /// <summary>The company whose app holds the SDK.</summary>
    Integrator,

    /// <summary>The operator of the back end.</summary>
    Operator,

    /// <summary>The maker of the phone.</summary>
    DeviceMaker,

    /// <summary>The cardholder or the card's issuer.</summary>
    Cardholder,

    /// <summary>This software or its back end.</summary>
    Us,
}

/// <summary>One entry of the reason catalogue: why something was refused, limited or noticed, and what to do.</summary>
public sealed record Reason
{
    /// <summary>Stable code in capitals, such as <c>BOOT_UNLOCKED</c>.</summary>
    public required string Code { get; init; }

    /// <summary>Who can put it right.</summary>
    public required Owner Owner { get; init; }

    /// <summary>The merchant can put it right alone, at the phone.</summary>
    public bool SelfFixable { get; init; }

    /// <summary>Putting it right needs a network connection.</summary>
    public bool NeedsNetwork { get; init; }

    /// <summary>The same request may succeed when it is sent again: <c>never</c>, <c>same</c> or <c>new</c>.</summary>
    public string Retry { get; init; } = "never";

    /// <summary>HTTP status of a refusal with this reason.</summary>
    public int Status { get; init; } = 403;

    /// <summary>What happened, for the merchant, by language tag.</summary>
    public required IReadOnlyDictionary<string, string> Text { get; init; }

    /// <summary>What to do, for the merchant, by language tag.</summary>
    public required IReadOnlyDictionary<string, string> Fix { get; init; }

    /// <summary>The text in the language, else in English.</summary>
    public string TextIn(string language) => Text.TryGetValue(language, out string? text) ? text : Text["en"];

    /// <summary>The fix in the language, else in English.</summary>
    public string FixIn(string language) => Fix.TryGetValue(language, out string? fix) ? fix : Fix["en"];
}
