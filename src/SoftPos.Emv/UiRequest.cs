namespace SoftPos.Emv;

/// <summary>Standard messages of Book A; the number is the message identifier.</summary>
public enum UiMessage
{
    Approved = 0x03,
    NotAuthorised = 0x07,
    EnterPin = 0x09,
    ProcessingError = 0x0F,
    RemoveCard = 0x10,
    Welcome = 0x14,
    PresentCard = 0x15,
    Processing = 0x16,
    CardReadOk = 0x17,
    InsertOrSwipe = 0x18,
    PresentOneCardOnly = 0x19,
    ApprovedSign = 0x1A,
    AuthorisingPleaseWait = 0x1B,
    UseAnotherCard = 0x1C,
    InsertCard = 0x1D,
    ClearDisplay = 0x1E,
    SeePhone = 0x20,
    PresentCardAgain = 0x21,
}

/// <summary>Status of the reader beside a message (Book A).</summary>
public enum UiStatus
{
    NotReady,
    Idle,
    ReadyToRead,
    Processing,
    CardReadSuccessfully,
    ProcessingError,
    NotApplicable,
}

/// <summary>What the value of a message is.</summary>
public enum UiValueKind
{
    None,
    Amount,
    Balance,
}

/// <summary>A request to the display: message, status, and how long it must stay before the next one.</summary>
/// <param name="Message">Message identifier; null leaves the text as it is.</param>
/// <param name="Status">Reader status.</param>
/// <param name="HoldTimeMs">Least time on the display, in milliseconds.</param>
public sealed record UiRequest(UiMessage? Message, UiStatus Status, int HoldTimeMs = 0)
{
    /// <summary>Whether <see cref="ValueMinor"/> is an amount or a balance.</summary>
    public UiValueKind ValueKind { get; init; }

    /// <summary>Value to show, in minor units.</summary>
    public long? ValueMinor { get; init; }

    /// <summary>Currency of the value, ISO 4217 number.</summary>
    public int? CurrencyCode { get; init; }

    /// <summary>Languages that the card prefers (5F2D), such as <c>ende</c>; null when it has none.</summary>
    public string? LanguagePreference { get; init; }
}
