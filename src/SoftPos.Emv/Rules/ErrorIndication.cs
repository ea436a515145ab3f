namespace SoftPos.Emv.Rules;

/// <summary>Second level of an error indication (Book C-2, annex A, DF8115; Book C-8, 9F8204).</summary>
internal enum ErrorLevel2
{
    Ok = 0x00,
    CardDataMissing = 0x01,
    CamFailed = 0x02,
    StatusBytes = 0x03,
    ParsingError = 0x04,
    MaxLimitExceeded = 0x05,
    CardDataError = 0x06,
    MagStripeNotSupported = 0x07,
    TerminalDataError = 0x0F,

    /// <summary>Kernel 8: the channel could not be opened, or what came through it cannot be read.</summary>
    DecryptionFailed = 0x10,

    /// <summary>Kernel 8.</summary>
    IadMacFailed = 0x12,

    /// <summary>Kernel 8: the partner of the channel did not make the cryptogram.</summary>
    EdaMacFailed = 0x13,
}

/// <summary>Third level of an error indication.</summary>
internal enum ErrorLevel3
{
    Ok = 0x00,
    TimeOut = 0x01,
    Stop = 0x02,
    AmountNotPresent = 0x03,
}

/// <summary>A fault that ends a kernel with an error indication: our reason and the level 2 code of the book.</summary>
/// <param name="Reason">Reason of the outcome.</param>
/// <param name="Level2">Level 2 code.</param>
internal readonly record struct KernelFault(OutcomeReason Reason, ErrorLevel2 Level2)
{
    public static KernelFault Parsing { get; } = new(OutcomeReason.BadCardData, ErrorLevel2.ParsingError);

    public static KernelFault Duplicate { get; } = new(OutcomeReason.DuplicateCardData, ErrorLevel2.ParsingError);

    public static KernelFault DataError { get; } = new(OutcomeReason.BadCardData, ErrorLevel2.CardDataError);

    public static KernelFault Missing { get; } = new(OutcomeReason.MissingCardData, ErrorLevel2.CardDataMissing);

    public static KernelFault Status { get; } = new(OutcomeReason.CardStatus, ErrorLevel2.StatusBytes);
}

/// <summary>Error indication DF8115, six bytes: levels 1 to 3, status word, message shown.</summary>
internal readonly record struct ErrorIndication
{
    private const byte NoMessage = 0xFF;

    /// <summary>Radio: 01 time-out, 02 transmission, 03 protocol.</summary>
    public CommunicationFault? Level1 { get; init; }

    public ErrorLevel2 Level2 { get; init; }

    public ErrorLevel3 Level3 { get; init; }

    public ushort StatusWord { get; init; }

    /// <summary>Message on error, or null for none.</summary>
    public UiMessage? Message { get; init; }

    public byte[] ToArray() =>
    [
        Level1 switch
        {
            null => 0x00,
            CommunicationFault.Timeout => 0x01,
            CommunicationFault.Transmission => 0x02,
            _ => 0x03,
        },
        (byte)Level2,
        (byte)Level3,
        (byte)(StatusWord >> 8),
        (byte)(StatusWord & 0xFF),
        Message is { } message ? (byte)message : NoMessage,
    ];
}
