namespace SoftPos.Contract.Integrators;

/// <summary>One difference between the journal and the acquirer's file, explained.</summary>
public sealed record DifferenceView
{
    /// <summary><c>MissingHere</c>, <c>MissingThere</c>, <c>AmountDiffers</c>, <c>StateDiffers</c> or <c>Doubled</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>Merchant, where one is known.</summary>
    public string? MerchantId { get; set; }

    /// <summary>DE 37.</summary>
    public required string Reference { get; set; }

    /// <summary>DE 41.</summary>
    public required string Terminal { get; set; }

    /// <summary>The payment in the journal.</summary>
    public Guid? PaymentId { get; set; }

    /// <summary>How it stands here.</summary>
    public PaymentState? Here { get; set; }

    /// <summary>Amount here, in minor units.</summary>
    public long? HereMinor { get; set; }

    /// <summary>How it stands at the acquirer: <c>Charged</c>, <c>Reversed</c> or <c>Held</c>.</summary>
    public string? There { get; set; }

    /// <summary>Amount at the acquirer, in minor units.</summary>
    public long? ThereMinor { get; set; }

    /// <summary>What it means and what is to be done.</summary>
    public required string Explanation { get; set; }
}

/// <summary>
/// The journal held against an acquirer's file: the part of it that is about the caller's merchants.
/// </summary>
public sealed record ReconciliationView
{
    /// <summary>Identity.</summary>
    public required string ReportId { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset MadeAt { get; set; }

    /// <summary>Acquiring institution of the file.</summary>
    public required string Acquirer { get; set; }

    /// <summary>Begin of the period.</summary>
    public DateTimeOffset From { get; set; }

    /// <summary>End of the period.</summary>
    public DateTimeOffset To { get; set; }

    /// <summary>Payments of these merchants in the file.</summary>
    public int Rows { get; set; }

    /// <summary>Payments over which both agree.</summary>
    public int Agreed { get; set; }

    /// <summary>Differences.</summary>
    public int DifferenceCount { get; set; }

    /// <summary>The differences; left away in a list.</summary>
    public IReadOnlyList<DifferenceView>? Differences { get; set; }
}
