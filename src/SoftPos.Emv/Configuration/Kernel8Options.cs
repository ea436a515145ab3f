using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Configuration;

/// <summary>
/// Configuration data objects of kernel 8 (Book C-8, annex A); names carry the tag. The book gives no defaults: these are those of kernel 2
/// where both have the object. The last options are switches for rules that public material does not settle.
/// </summary>
public sealed record Kernel8Options
{
    /// <summary>Most milliseconds of a field-off time: one byte of 100 ms units, FF being "not applicable".</summary>
    public const int LongestFieldOffMs = 25_400;

    /// <summary>9F820D: floor limit, more than this sets its bit; null takes the combination's, 0 when that is absent too.</summary>
    public long? FloorLimit { get; init; }

    /// <summary>9F820E: more than this needs a cardholder verification; null takes the combination's, 0 when that is absent too.</summary>
    public long? CvmLimit { get; init; }

    /// <summary>9F8206: card data input capability, byte 1 of 9F33.</summary>
    public byte CardDataInput { get; init; }

    /// <summary>9F8207: byte 2 of 9F33 and byte 1 of 9F1D above the CVM limit: bit 7 online PIN, 6 signature, 4 none, 3 on the device.</summary>
    public byte CvmCapabilityRequired { get; init; } = 0x44;

    /// <summary>9F8208: the same at or below it.</summary>
    public byte CvmCapabilityNotRequired { get; init; } = 0x0C;

    /// <summary>9F820A: byte 3 of 9F33; bit 5 is local authentication.</summary>
    public byte SecurityCapability { get; init; } = 0x10;

    /// <summary>9F820B: terminal action code, denial; five bytes.</summary>
    public byte[] TacDenial { get; init; } = [0x84, 0x00, 0x00, 0x00, 0x0C];

    /// <summary>9F820C: terminal action code, online.</summary>
    public byte[] TacOnline { get; init; } = [0x84, 0x00, 0x00, 0x00, 0x0C];

    /// <summary>9F8211: message hold time in milliseconds.</summary>
    public int MessageHoldMs { get; init; } = 1300;

    /// <summary>9F8212: field-off time in milliseconds for a card that notices it.</summary>
    public int FieldOffMs { get; init; } = 1300;

    /// <summary>9F8209 b5: relay resistance protocol. Needs a time source with jitter well below a millisecond.</summary>
    public bool RelayResistance { get; init; }

    /// <summary>9F8213: least relay resistance grace period, 0.1 ms.</summary>
    public int RelayMinGrace { get; init; } = 0x14;

    /// <summary>9F8214: greatest relay resistance grace period, 0.1 ms.</summary>
    public int RelayMaxGrace { get; init; } = 0x32;

    /// <summary>9F8215: expected transmission time of the command, 0.1 ms.</summary>
    public int RelayCommandTime { get; init; } = 0x12;

    /// <summary>9F8216: expected transmission time of the response, 0.1 ms.</summary>
    public int RelayResponseTime { get; init; } = 0x18;

    /// <summary>9F8217: accuracy threshold, 0.1 ms.</summary>
    public int RelayAccuracy { get; init; } = 0x012C;

    /// <summary>9F8218: mismatch threshold, per cent.</summary>
    public int RelayMismatchPercent { get; init; } = 0x32;

    /// <summary>9F8209 b4: a failed local authentication stays in the results that the host gets.</summary>
    public bool ReportLocalAuthentication { get; init; } = true;

    /// <summary>9F821A: bits of the results that the card may not change; five bytes. Every bit that the reader sets itself belongs here.</summary>
    public byte[] ReservedTvrMask { get; init; } = [0x84, 0x00, 0x84, 0x80, 0xCF];

    /// <summary>9F821D: message identifiers that a card may choose.</summary>
    public byte[] RestartMessages { get; init; } = [(byte)UiMessage.SeePhone, (byte)UiMessage.PresentCardAgain];

    /// <summary>9F821E: place of the IAD-MAC in 9F10, counted from 0, where the card names none; 17 is the issuer's own part in the CCD form.</summary>
    public byte DefaultIadMacOffset { get; init; } = 17;

    /// <summary>9F821F: tags of the discretionary data, one after another.</summary>
    public byte[] DiscretionaryTags { get; init; } = [0x9F, 0x82, 0x04, 0x9F, 0x82, 0x1B, 0x9F, 0x82, 0x1C];

    /// <summary>9F8220: data object list for a card without CDOL1; null for none.</summary>
    public byte[]? DefaultCdol1 { get; init; }

    /// <summary>9F8221: pairs of tags, the first of which is named as the second in data record and discretionary data.</summary>
    public byte[] TagMapping { get; init; } = [];

    /// <summary>Secure channel on P-521 (suite 01) besides P-256. Public material names the suite, not its details.</summary>
    public bool LongSecureChannel { get; init; }

    /// <summary>Kernel Qualifier says that signatures on P-521 (suite 11) can be verified, besides those on P-256.</summary>
    public bool LongSignatures { get; init; } = true;

    /// <summary>A repeated relay resistance exchange has a fresh number, as in kernel 2; off: the same number again.</summary>
    public bool FreshRelayNumber { get; init; } = true;

    /// <summary>A known object that a card may not give, or gives in a wrong length, spoils its response, as in kernel 2; off: it is skipped.</summary>
    public bool StrictCardData { get; init; } = true;

    /// <summary>The account number must be part of the authenticated data, or local authentication fails.</summary>
    public bool RequireSignedPan { get; init; } = true;

    /// <summary>A card that leaves after GENERATE AC is asked for again, as before it; off: the transaction ends.</summary>
    public bool AgainAfterCryptogram { get; init; } = true;

    internal ActionCodes TerminalCodes => new(TacDenial, TacOnline, null);

    internal RelayLimits RelayLimits => new(
        RelayCommandTime, RelayResponseTime, RelayMinGrace, RelayMaxGrace, RelayAccuracy, RelayMismatchPercent);
}
