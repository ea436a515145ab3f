namespace SoftPos.Contract;

/// <summary>Codes of sales that are taken while the back end cannot be reached.</summary>
public static partial class ReasonCodes
{
    /// <summary>The sale rests on the phone; the bank has not been asked.</summary>
    public const string OfflineStored = "OFFLINE_STORED";

    /// <summary>The back end has the sale and asks the bank as soon as it can.</summary>
    public const string OfflineDeferred = "OFFLINE_DEFERRED";

    /// <summary>The bank declined a sale that was taken offline.</summary>
    public const string OfflineDeclined = "OFFLINE_DECLINED";

    /// <summary>The sale is held back for a person.</summary>
    public const string OfflineInReview = "OFFLINE_IN_REVIEW";

    /// <summary>A record of the chain is missing or does not belong to it.</summary>
    public const string OfflineRecordInvalid = "OFFLINE_RECORD_INVALID";

    /// <summary>The back end is away, and there is no permission in force to take sales without it.</summary>
    public const string OfflineNotPermitted = "OFFLINE_NOT_PERMITTED";

    /// <summary>Count, sum or amount of the permission is used up.</summary>
    public const string OfflineLimitReached = "OFFLINE_LIMIT_REACHED";

    /// <summary>The card wants what cannot be done without the back end: a PIN, or a kernel that the permission does not name.</summary>
    public const string OfflineCardNotAllowed = "OFFLINE_CARD_NOT_ALLOWED";

    /// <summary>The store of offline sales on the phone does not take another one.</summary>
    public const string OfflineStoreFull = "OFFLINE_STORE_FULL";

    /// <summary>Sales that were taken offline could not be forwarded; nothing else goes before them.</summary>
    public const string OfflineForwardFailed = "OFFLINE_FORWARD_FAILED";
}
