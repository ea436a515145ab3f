namespace SoftPos.Emv;

/// <summary>Why an outcome came about: the decision, finer than the outcome itself.</summary>
public enum OutcomeReason
{
    /// <summary>Offline approval: cryptogram TC and authentication passed.</summary>
    ApprovedOffline,

    /// <summary>The card asks for an online authorisation (ARQC).</summary>
    OnlineAsked,

    /// <summary>The reader asked for an online authorisation.</summary>
    OnlineRequiredByReader,

    /// <summary>Online because the application expired and the card asks for it then.</summary>
    OnlineExpired,

    /// <summary>Online because offline authentication failed and the card asks for it then.</summary>
    OnlineAuthenticationFailed,

    /// <summary>Online because online PIN was chosen.</summary>
    OnlinePin,

    /// <summary>All combinations exceed a limit (Book B, 3.1.1.13).</summary>
    ContactlessNotAllowed,

    /// <summary>No application in common, or none left (Book B, 3.3.2.7).</summary>
    NoApplication,

    /// <summary>The FCI of the application is malformed or names another application.</summary>
    BadFci,

    /// <summary>The amount exceeds the limit of the selected application.</summary>
    LimitExceeded,

    /// <summary>GET PROCESSING OPTIONS: conditions of use not satisfied (6985).</summary>
    ConditionsNotSatisfied,

    /// <summary>GET PROCESSING OPTIONS: use the contact interface (6984).</summary>
    OtherInterfaceAsked,

    /// <summary>The cardholder must act on the device and tap again.</summary>
    SeePhone,

    /// <summary>The card answered with an error status word.</summary>
    CardStatus,

    /// <summary>A card response is malformed.</summary>
    BadCardData,

    /// <summary>A mandatory data object is missing.</summary>
    MissingCardData,

    /// <summary>A data object came twice (5.4.2.2).</summary>
    DuplicateCardData,

    /// <summary>PAN and track 2 do not agree.</summary>
    PanMismatch,

    /// <summary>The PAN does not belong to the scheme of the application.</summary>
    BrandMismatch,

    /// <summary>The file locator asks for more records than the bound.</summary>
    TooManyRecords,

    /// <summary>The card offers mag-stripe mode only.</summary>
    MagStripeNotSupported,

    /// <summary>The card was read in mag-stripe mode: track data with a dynamic code, for the issuer to check.</summary>
    MagStripeOnline,

    /// <summary>The card declined (AAC).</summary>
    CardDeclined,

    /// <summary>The cryptogram type is not one of the three.</summary>
    CryptogramTypeUnknown,

    /// <summary>An online cryptogram for a reader that cannot go online.</summary>
    ReaderOfflineOnly,

    /// <summary>An offline approval where the reader had asked for an online cryptogram.</summary>
    OfflineWhereOnlineRequired,

    /// <summary>The application expired.</summary>
    Expired,

    /// <summary>The account is on the exception file.</summary>
    ExceptionFile,

    /// <summary>The usage control does not allow this transaction.</summary>
    UsageNotAllowed,

    /// <summary>Offline data authentication failed.</summary>
    AuthenticationFailed,

    /// <summary>A cardholder verification is required and none is possible.</summary>
    CvmNotPossible,

    /// <summary>The verification claim of the device does not match its signed copy, or is not signed where it must be.</summary>
    CvmClaimRefused,

    /// <summary>Terminal or issuer action codes deny.</summary>
    ActionCodes,

    /// <summary>The field or protocol failed.</summary>
    CommunicationError,

    /// <summary>The relay resistance times are out of bounds.</summary>
    RelayResistance,

    /// <summary>The terminal stopped the transaction.</summary>
    Stopped,

    /// <summary>The terminal did not answer a data exchange in time.</summary>
    TimedOut,

    /// <summary>Issuer response was delivered; the host's decision stands.</summary>
    IssuerUpdateDone,

    /// <summary>The card was gone or another one came when the issuer response was to be delivered.</summary>
    IssuerUpdateFailed,

    /// <summary>The terminal gave no amount.</summary>
    AmountMissing,
}
