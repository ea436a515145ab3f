namespace SoftPos.Contract;

/// <summary>Names of the figures about offline sales among the health figures of evidence.</summary>
public static class OfflineFigures
{
    /// <summary>Number of the newest record of the terminal's chain.</summary>
    public const string Sequence = "offlineSequence";

    /// <summary>Sales that wait to be forwarded.</summary>
    public const string Waiting = "offlineWaiting";
}
