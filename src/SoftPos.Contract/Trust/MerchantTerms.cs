namespace SoftPos.Contract;

/// <summary>What a merchant may take, within what the installation allows.</summary>
public sealed record MerchantLimits
{
    /// <summary>Highest amount of one payment in minor units.</summary>
    public long? MaxAmountMinor { get; set; }

    /// <summary>Most payments of one terminal within an hour.</summary>
    public int? MaxPaymentsPerHour { get; set; }

    /// <summary>Highest sum of one terminal within an hour in minor units.</summary>
    public long? MaxSumPerHourMinor { get; set; }
}

/// <summary>What a merchant's receipts show beside the facts.</summary>
public sealed record MerchantBranding
{
    /// <summary>Longest line of text.</summary>
    public const int MaxText = 120;

    /// <summary>Line above the facts.</summary>
    public string? Header { get; set; }

    /// <summary>Line below the facts.</summary>
    public string? Footer { get; set; }

    /// <summary>Accent colour of the receipt page, as <c>#rrggbb</c>.</summary>
    public string? Colour { get; set; }
}
