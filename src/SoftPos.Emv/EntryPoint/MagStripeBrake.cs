namespace SoftPos.Emv.EntryPoint;

/// <summary>
/// Failed COMPUTE CRYPTOGRAPHIC CHECKSUM in a row (Book C-2, S13.4 and S13.10): the wait after each doubles, so that nobody collects codes from a
/// card by breaking off. Outlives transactions.
/// </summary>
internal sealed class MagStripeBrake
{
    /// <summary>Highest count; waits do not grow beyond it.</summary>
    public const int Most = 5;

    private const int FirstWaitMs = 300;

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    /// <summary>Counts a failure and gives the wait after it, in milliseconds.</summary>
    public int Fail()
    {
        int wait = FirstWaitMs << Failures;
        Failures = Math.Min(Failures + 1, Most);
        return wait;
    }
}
