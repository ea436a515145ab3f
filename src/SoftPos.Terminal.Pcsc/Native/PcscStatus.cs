namespace SoftPos.Terminal.Pcsc.Native;

/// <summary>Return codes of PC/SC that this layer tells apart (PC/SC part 5; the values are the same on every platform).</summary>
internal static class PcscStatus
{
    public const uint Success = 0;
    public const uint Cancelled = 0x80100002;
    public const uint Timeout = 0x8010000A;
    public const uint SharingViolation = 0x8010000B;
    public const uint NoSmartcard = 0x8010000C;
    public const uint NotTransacted = 0x80100016;
    public const uint CommunicationError = 0x80100013;
    public const uint ProtocolMismatch = 0x8010000F;
    public const uint NoReaders = 0x8010002E;
    public const uint Unresponsive = 0x80100066;
    public const uint Unpowered = 0x80100067;
    public const uint WasReset = 0x80100068;
    public const uint Removed = 0x80100069;

    /// <summary>The card left, or does not speak: a matter of the card, never of the reader.</summary>
    public static bool IsCardGone(uint status) => status is NoSmartcard or NotTransacted or CommunicationError or ProtocolMismatch
        or Unresponsive or Unpowered or WasReset or Removed;

    /// <summary>Throws for anything but success.</summary>
    public static void Check(uint status, string call)
    {
        if (status != Success)
        {
            throw new CardReaderException($"{call} failed with {status:X8}");
        }
    }
}
