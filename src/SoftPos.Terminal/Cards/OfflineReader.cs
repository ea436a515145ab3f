using SoftPos.Emv.Configuration;

namespace SoftPos.Terminal;

/// <summary>
/// The reader configuration of a sale without the back end: it does not offer the online PIN, so a card that can be verified otherwise,
/// or need not be, takes that. Everything else stays; above all the reader asks for an online cryptogram.
/// </summary>
internal static class OfflineReader
{
    /// <summary>TTQ byte 1, b3: online PIN supported (Book A, table 5-4).</summary>
    private const byte TtqOnlinePin = 0x04;

    /// <summary>9F33 byte 2, b7: enciphered PIN for online verification (EMV Book 4, A2).</summary>
    private const byte CapabilityOnlinePin = 0x40;

    public static ReaderConfiguration Of(ReaderConfiguration configuration) =>
        configuration with { Combinations = [.. configuration.Combinations.Select(WithoutOnlinePin)] };

    private static Combination WithoutOnlinePin(Combination combination) => combination with
    {
        Ttq = combination.Ttq is [var first, .. var rest] ? [(byte)(first & ~TtqOnlinePin), .. rest] : combination.Ttq,
        Kernel2 = combination.Kernel2 with
        {
            CvmCapabilityRequired = (byte)(combination.Kernel2.CvmCapabilityRequired & ~CapabilityOnlinePin),
            CvmCapabilityNotRequired = (byte)(combination.Kernel2.CvmCapabilityNotRequired & ~CapabilityOnlinePin),
        },
    };
}
