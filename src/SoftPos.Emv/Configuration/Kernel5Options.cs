using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Configuration;

/// <summary>What a merchant asks for above the limit from a JCB card that has no preference.</summary>
public enum Kernel5Verifications
{
    /// <summary>Online PIN.</summary>
    OnlinePin,

    /// <summary>A signature.</summary>
    Signature,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>
/// Options of kernel 5 (JCB J/Speedy). What public material leaves open is a switch here, with the choice that costs the merchant least as
/// its default.
/// </summary>
public sealed record Kernel5Options
{
    /// <summary>
    /// 9F53, three bytes: signature (40), online PIN (20), verification on the device (10) in byte 1. The bits "CVM required" and "issuer
    /// update supported" are set by the kernel for each transaction.
    /// </summary>
    public byte[] InterchangeProfile { get; init; } = [0x30, 0x00, 0x00];

    /// <summary>EMV mode.</summary>
    public bool EmvMode { get; init; } = true;

    /// <summary>Legacy mode, for cards whose PDOL does not ask for 9F52.</summary>
    public bool LegacyMode { get; init; }

    /// <summary>Combined DDA in EMV mode, where the card has it.</summary>
    public bool OfflineDataAuthentication { get; init; } = true;

    /// <summary>Terminal action code, default; five bytes.</summary>
    public byte[] TacDefault { get; init; } = [0x90, 0x40, 0x00, 0x80, 0x00];

    /// <summary>Terminal action code, denial.</summary>
    public byte[] TacDenial { get; init; } = [0x04, 0x10, 0x00, 0x00, 0x00];

    /// <summary>Terminal action code, online.</summary>
    public byte[] TacOnline { get; init; } = [0x90, 0x60, 0x00, 0x90, 0x00];

    /// <summary>
    /// Amount from which a card without a verification on the device is not taken; null for none beside that of the combination.
    /// </summary>
    public long? TransactionLimit { get; init; }

    /// <summary>The same where the device verifies its holder, no less than the other; null takes <see cref="TransactionLimit"/>.</summary>
    public long? TransactionLimitOnDevice { get; init; }

    /// <summary>
    /// Compare when the card has said whether its holder was verified on the device; otherwise before, with the limit for cards.
    /// </summary>
    public bool LimitAfterVerification { get; init; } = true;

    /// <summary>An amount equal to the floor limit exceeds it.</summary>
    public bool FloorLimitInclusive { get; init; } = true;

    /// <summary>Random selection for online: target percentage, 0 for none.</summary>
    public int RandomTargetPercent { get; init; }

    /// <summary>Random selection: greatest target percentage, reached at the floor limit.</summary>
    public int RandomMaxTargetPercent { get; init; }

    /// <summary>Random selection: amount from which the target percentage grows.</summary>
    public long RandomThreshold { get; init; }

    /// <summary>What is asked for above the limit where the card has no preference.</summary>
    public Kernel5Verifications WithoutPreference { get; init; } = Kernel5Verifications.OnlinePin;

    /// <summary>How often a transaction is sent back to the phone.</summary>
    public int MostPhoneRestarts { get; init; } = 2;

    /// <summary>Seconds that a torn transaction is kept; 0 for no recovery.</summary>
    public int TornLifetimeSeconds { get; init; } = 60;

    /// <summary>ECHO, by which a torn cryptogram is asked for again: CLA, INS, P1, P2 and perhaps Le. Its coding is not public.</summary>
    public byte[] EchoCommand { get; init; } = [0x80, 0xDF, 0x00, 0x00, 0x00];

    /// <summary>Deliver issuer data on a second presentment, with a second GENERATE AC, where the card asks for that (9F60 = 02).</summary>
    public bool IssuerUpdate { get; init; }

    /// <summary>PAN must be of the brand of the AID.</summary>
    public bool CheckBrand { get; init; } = true;

    internal ActionCodes TerminalCodes => new(TacDenial, TacOnline, TacDefault);
}
