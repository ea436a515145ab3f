namespace SoftPos.Contract;

/// <summary>
/// Reasons that the channel between terminal and back end gives. They come outside an envelope, so no terminal takes one for a verdict.
/// </summary>
public static partial class ReasonCodes
{
    /// <summary>A terminal's request came without its envelope.</summary>
    public const string EnvelopeRequired = "ENVELOPE_REQUIRED";

    /// <summary>The envelope does not open, or is not that of the terminal that it names.</summary>
    public const string EnvelopeInvalid = "ENVELOPE_INVALID";

    /// <summary>The envelope is for a key that the back end does not have or no longer takes.</summary>
    public const string EnvelopeKeyUnknown = "ENVELOPE_KEY_UNKNOWN";

    /// <summary>The envelope came before, or so many others came since that nobody can tell.</summary>
    public const string EnvelopeReplayed = "ENVELOPE_REPLAYED";

    /// <summary>The app is older than the oldest version that may take payments.</summary>
    public const string UpgradeRequired = "UPGRADE_REQUIRED";
}
