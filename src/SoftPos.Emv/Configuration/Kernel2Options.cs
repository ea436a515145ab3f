using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Configuration;

/// <summary>Configuration data objects of kernel 2 (Book C-2, annex A); names carry the tag.</summary>
public sealed record Kernel2Options
{
    /// <summary>Most milliseconds of a field-off time: one byte of 100 ms units, FF being "not applicable".</summary>
    public const int LongestFieldOffMs = 25_400;

    /// <summary>Most torn transactions that are kept.</summary>
    public const int MostTornRecords = 16;

    /// <summary>
    /// Leave out the record that a file locator names first for mag-stripe readers (08010100), as a reader with that mode does (S3.30). The
    /// record holds nothing for EMV mode.
    /// </summary>
    public bool SkipMagStripeRecord { get; init; }

    /// <summary>
    /// DF811B b8 = 0: take cards that offer mag-stripe mode only. Off: such a card is ended with <see cref="OutcomeReason.MagStripeNotSupported"/>.
    /// Nothing about such a card can be checked by the reader, so it is for readers whose acquirer takes track data with CVC3.
    /// </summary>
    public bool MagStripeMode { get; init; }

    /// <summary>DF811A: data object list for a card without one; the numeric unpredictable number.</summary>
    public byte[] DefaultUdol { get; init; } = [0x9F, 0x6A, 0x04];

    /// <summary>DF811E: verification of mag-stripe mode above the CVM limit, high half: 0 none, 1 signature, 2 online PIN, F not applicable.</summary>
    public byte MagStripeCvmRequired { get; init; } = 0xF0;

    /// <summary>DF812C: the same at or below it.</summary>
    public byte MagStripeCvmNotRequired { get; init; } = 0xF0;

    /// <summary>DF8124: transaction limit without verification on a device, more than this is not allowed; null takes the combination's.</summary>
    public long? TransactionLimit { get; init; }

    /// <summary>DF8123: floor limit, more than this goes online; null takes the combination's, 0 when that is absent too.</summary>
    public long? FloorLimit { get; init; }

    /// <summary>DF8126: more than this needs a cardholder verification; null takes the combination's, 0 when that is absent too.</summary>
    public long? CvmLimit { get; init; }

    /// <summary>DF811B b6: cardholder verification on the device.</summary>
    public bool OnDeviceVerification { get; init; } = true;

    /// <summary>DF811B b5: relay resistance protocol. Needs a time source with jitter well below a millisecond.</summary>
    public bool RelayResistance { get; init; }

    /// <summary>DF811B b3: read all records even when CDA is not used.</summary>
    public bool ReadAllRecords { get; init; }

    /// <summary>DF8117: card data input capability, byte 1 of 9F33.</summary>
    public byte CardDataInput { get; init; }

    /// <summary>DF8118: byte 2 of 9F33 above the CVM limit.</summary>
    public byte CvmCapabilityRequired { get; init; } = 0x60;

    /// <summary>DF8119: byte 2 of 9F33 at or below it.</summary>
    public byte CvmCapabilityNotRequired { get; init; } = 0x08;

    /// <summary>DF811F: byte 3 of 9F33; 08 is CDA.</summary>
    public byte SecurityCapability { get; init; } = 0x08;

    /// <summary>DF8120: terminal action code, default; five bytes.</summary>
    public byte[] TacDefault { get; init; } = [0x84, 0x00, 0x00, 0x00, 0x0C];

    /// <summary>DF8121: terminal action code, denial.</summary>
    public byte[] TacDenial { get; init; } = [0x84, 0x00, 0x00, 0x00, 0x0C];

    /// <summary>DF8122: terminal action code, online.</summary>
    public byte[] TacOnline { get; init; } = [0x84, 0x00, 0x00, 0x00, 0x0C];

    /// <summary>DF8125: transaction limit where the device verifies the cardholder; null takes the transaction limit of the combination.</summary>
    public long? TransactionLimitOnDevice { get; init; }

    /// <summary>DF811C: seconds that a torn transaction is kept.</summary>
    public int TornLifetimeSeconds { get; init; } = 300;

    /// <summary>DF811D: number of torn transactions kept; 0 for no recovery.</summary>
    public int TornRecords { get; init; }

    /// <summary>DF812D: message hold time in milliseconds.</summary>
    public int MessageHoldMs { get; init; } = 1300;

    /// <summary>DF8130: field-off time in milliseconds.</summary>
    public int FieldOffMs { get; init; } = 1300;

    /// <summary>DF8131: rows of mask (3), value (3), message, status; null for the default table.</summary>
    public byte[]? PhoneMessages { get; init; }

    /// <summary>DF8104 present: read the balance before GENERATE AC.</summary>
    public bool BalanceBefore { get; init; }

    /// <summary>DF8105 present: read the balance after GENERATE AC.</summary>
    public bool BalanceAfter { get; init; }

    /// <summary>DF8132: least relay resistance grace period, 0.1 ms.</summary>
    public int RelayMinGrace { get; init; } = 0x14;

    /// <summary>DF8133: greatest relay resistance grace period, 0.1 ms.</summary>
    public int RelayMaxGrace { get; init; } = 0x32;

    /// <summary>DF8134: expected transmission time of the command, 0.1 ms.</summary>
    public int RelayCommandTime { get; init; } = 0x12;

    /// <summary>DF8135: expected transmission time of the response, 0.1 ms.</summary>
    public int RelayResponseTime { get; init; } = 0x18;

    /// <summary>DF8136: accuracy threshold, 0.1 ms.</summary>
    public int RelayAccuracy { get; init; } = 0x012C;

    /// <summary>DF8137: mismatch threshold, per cent.</summary>
    public int RelayMismatchPercent { get; init; } = 0x32;

    /// <summary>PAN must be of the brand of the AID: refuses a card of another brand behind it.</summary>
    public bool CheckBrand { get; init; } = true;

    internal ActionCodes TerminalCodes => new(TacDenial, TacOnline, TacDefault);

    internal RelayLimits RelayLimits => new(
        RelayCommandTime, RelayResponseTime, RelayMinGrace, RelayMaxGrace, RelayAccuracy, RelayMismatchPercent);
}
