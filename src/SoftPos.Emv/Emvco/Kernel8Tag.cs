using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Emvco;

/// <summary>Tags that kernel 8 alone uses (Book C-8, annex A).</summary>
internal static class Kernel8Tag
{
    /// <summary>Kernel Key Data: x and y of the kernel's key of this transaction.</summary>
    public const uint KernelKeyData = 0x9E;

    public const uint KernelQualifier = 0x9F2B;
    public const uint CardQualifier = 0x9F2C;

    /// <summary>Cardholder Verification Decision of the card.</summary>
    public const uint VerificationDecision = 0x9F8102;

    /// <summary>Card Key Data: blinded key and enciphered blinding factor.</summary>
    public const uint CardKeyData = 0x9F8103;

    /// <summary>Results of the card, to be merged with those of the terminal.</summary>
    public const uint CardTvr = 0x9F8104;

    public const uint EdaMac = 0x9F8105;

    /// <summary>Authenticated Application Data, for the host.</summary>
    public const uint AuthenticatedData = 0x9F8106;

    public const uint IadMacOffset = 0x9F8107;
    public const uint RestartIndicator = 0x9F8108;
    public const uint IadMac = 0x9F8109;
    public const uint ExtendedSdaTags = 0x9F810A;

    /// <summary>ECC key of a card with RSA certificates.</summary>
    public const uint CardEccKey = 0x9F810B;

    public const uint RelayExcess = 0x9F810C;
    public const uint CardCapabilities = 0x9F810D;
    public const uint FirstEnvelope = 0x9F8111;
    public const uint LastEnvelope = 0x9F811A;
    public const uint ProceedToWrite = 0x9F8202;
    public const uint TagsToRead = 0x9F8203;
    public const uint ErrorIndication = 0x9F8204;
    public const uint ReservedTvrMask = 0x9F821A;
    public const uint WriteStatus = 0x9F821B;
    public const uint ReadStatus = 0x9F821C;
    public const uint EnvelopesToWrite = 0xBF8104;

    /// <summary>Template of an enciphered record.</summary>
    public const uint EncipheredRecord = 0xDA;

    /// <summary>
    /// What the relay resistance protocol leaves. Kernel 8 has tags for none of it but the excess; these are kernel 2's, which no card of
    /// kernel 8 can write.
    /// </summary>
    public static RelayTags Relay { get; } = new(0xDF8301, 0xDF8302, 0xDF8303, 0xDF8304, 0xDF8305, 0xDF8306, 0xDF8307);

    /// <summary>True for Data Envelope 1 to 10.</summary>
    public static bool IsEnvelope(uint tag) => tag is >= FirstEnvelope and <= LastEnvelope;
}
