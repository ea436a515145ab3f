namespace SoftPos.Emv.EntryPoint;

/// <summary>What a reader is configured with for the relay resistance protocol; every time is in units of 0.1 ms.</summary>
/// <param name="MinGrace">Least grace period.</param>
/// <param name="MaxGrace">Greatest grace period.</param>
/// <param name="CommandTime">Expected transmission time of the command.</param>
/// <param name="ResponseTime">Expected transmission time of the response.</param>
/// <param name="Accuracy">Accuracy threshold.</param>
/// <param name="MismatchPercent">Mismatch threshold of the two estimates, per cent.</param>
internal readonly record struct RelayLimits(
    int MinGrace, int MaxGrace, int CommandTime, int ResponseTime, int Accuracy, int MismatchPercent);

/// <summary>
/// Times of one relay resistance exchange, in units of 0.1 ms (Book C-2, SR1.18 to SR1.31; Book C-8, 21.17 to 21.25). Both books calculate
/// alike.
/// </summary>
/// <param name="limits">Limits of the reader.</param>
/// <param name="least">Least processing time that the card names.</param>
/// <param name="most">Greatest processing time that the card names.</param>
/// <param name="device">Transmission time of the response that the card expects; 0 for no estimate.</param>
/// <param name="elapsed">Measured time from command to response.</param>
internal readonly struct RelayTiming(RelayLimits limits, int least, int most, int device, int elapsed)
{
    /// <summary>Processing time: measured, less the transmission of command and response.</summary>
    public int Processing { get; } =
        Math.Max(0, Math.Clamp(elapsed, 0, ushort.MaxValue) - limits.CommandTime - Math.Min(device, limits.ResponseTime));

    /// <summary>Faster than the card can be.</summary>
    public bool IsTooFast => Processing < Math.Max(0, least - limits.MinGrace);

    /// <summary>Slower than the card says, plus the grace.</summary>
    public bool IsTooSlow => Processing > most + limits.MaxGrace;

    /// <summary>Time beyond what the card says, at most what two bytes hold.</summary>
    public int Excess => Math.Min(ushort.MaxValue, Math.Max(0, Processing - most));

    /// <summary>Bits that a finished protocol sets.</summary>
    public Tvr Tvr => Tvr.RelayPerformed
        | (IsTooSlow ? Tvr.RelayTimesExceeded : default)
        | (IsBeyondThreshold ? Tvr.RelayThresholdExceeded : default);

    /// <summary>Estimates that differ by more than the threshold, or an answer far later than the card's least time.</summary>
    private bool IsBeyondThreshold => device != 0 && limits.ResponseTime != 0
        && (device * 100 / limits.ResponseTime < limits.MismatchPercent
            || limits.ResponseTime * 100 / device < limits.MismatchPercent
            || Math.Max(0, Processing - least) > limits.Accuracy);
}
