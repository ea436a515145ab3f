namespace SoftPos.Contract;

/// <summary>
/// What a merchant adds to a sale for taking it by card. It is worked out by the terminal, shown before the tap, and checked by the back
/// end.
/// </summary>
public sealed record SurchargeTerms
{
    /// <summary>Highest percentage, in hundredths of a percent, that any installation can allow: 10 %.</summary>
    public const int MostHundredths = 1_000;

    /// <summary>Highest fixed part in minor units.</summary>
    public const long MostFixedMinor = 100_000;

    /// <summary>Part of the goods' amount, in hundredths of a percent: 150 is 1.5 %.</summary>
    public int PercentHundredths { get; set; }

    /// <summary>Fixed part in minor units.</summary>
    public long FixedMinor { get; set; }

    /// <summary>Highest surcharge as a part of the goods' amount, in hundredths of a percent; the installation's cap stands here.</summary>
    public int CapHundredths { get; set; }

    /// <summary>The surcharge on an amount, rounded down, within the cap.</summary>
    /// <param name="goodsMinor">Amount of the goods in minor units: without tip and cash back.</param>
    public long Of(long goodsMinor)
    {
        if (goodsMinor <= 0)
        {
            return 0;
        }

        decimal asked = Part(goodsMinor, PercentHundredths) + FixedMinor;
        return (long)Math.Min(decimal.Truncate(asked), decimal.Truncate(Part(goodsMinor, CapHundredths)));
    }

    /// <summary>What is wrong with the terms under an installation's cap; null when nothing is.</summary>
    /// <param name="capHundredths">The cap, in hundredths of a percent.</param>
    public string? Fault(int capHundredths) =>
        PercentHundredths < 0 || PercentHundredths > capHundredths
            ? $"percentHundredths: 0 to {capHundredths}, the cap of this installation"
        : FixedMinor is < 0 or > MostFixedMinor ? $"fixedMinor: 0 to {MostFixedMinor}"
        : PercentHundredths == 0 && FixedMinor == 0 ? "percentHundredths: a percentage or a fixed part; leave the surcharge away for none"
        : null;

    private static decimal Part(long minor, int hundredths) => (decimal)minor * hundredths / 10_000;
}
