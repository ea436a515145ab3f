namespace SoftPos.Contract;

/// <summary>One conclusion of an appraisal: which rule, which claim decided it, and what to do about it.</summary>
public sealed record Finding
{
    /// <summary>Identity of the rule in the policy, such as <c>boot.locked</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Code in the reason catalogue.</summary>
    public required string Reason { get; init; }

    /// <summary>Path of the claim that decided, such as <c>android.rootOfTrust.deviceLocked</c>.</summary>
    public required string Claim { get; init; }

    /// <summary>The claim's value as text. For operators only; never holds a secret.</summary>
    public string? Value { get; init; }

    /// <summary>SHA-256 of the evidence that held the claim, 32 bytes as lower-case hex.</summary>
    public required string EvidenceHash { get; init; }

    /// <summary>How grave it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>What it leads to.</summary>
    public required FindingResponse Response { get; init; }

    /// <summary>When a milder response becomes the stated one; null where it applies now.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Number of the exception because of which it is only written down; null without one.</summary>
    public long? Exception { get; set; }

    /// <summary>Full text for the operator.</summary>
    public required string Detail { get; init; }

    /// <summary>The merchant's redaction: coarse, localised, without claim or value.</summary>
    public MerchantFinding ForMerchant(string language)
    {
        Reason reason = ReasonCatalogue.Get(Reason);
        return new MerchantFinding
        {
            Reason = Reason,
            Text = reason.TextIn(language),
            Fix = reason.FixIn(language),
            Owner = reason.Owner,
            SelfFixable = reason.SelfFixable,
            NeedsNetwork = reason.NeedsNetwork,
            Response = Response,
            Deadline = Deadline,
        };
    }
}

/// <summary>What the merchant is told of a finding.</summary>
public sealed record MerchantFinding
{
    /// <summary>Code in the reason catalogue.</summary>
    public required string Reason { get; init; }

    /// <summary>What happened, in the merchant's language.</summary>
    public required string Text { get; init; }

    /// <summary>What to do, in the merchant's language.</summary>
    public required string Fix { get; init; }

    /// <summary>Who can put it right.</summary>
    public required Owner Owner { get; init; }

    /// <summary>The merchant can put it right alone.</summary>
    public bool SelfFixable { get; init; }

    /// <summary>Putting it right needs the network.</summary>
    public bool NeedsNetwork { get; init; }

    /// <summary>What it leads to.</summary>
    public FindingResponse Response { get; init; }

    /// <summary>When it becomes a refusal; null where it is one now or never.</summary>
    public DateTimeOffset? Deadline { get; init; }
}
