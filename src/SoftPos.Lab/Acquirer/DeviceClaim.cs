using SoftPos.Iso7816;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Acquirer;

/// <summary>
/// What an issuer makes of the claim that the cardholder was verified on the device. A device between card and reader can change what goes
/// to the reader, but not what the cryptogram covers.
/// </summary>
internal static class DeviceClaim
{
    private const string NotCovered = "verification on the device is claimed but not covered by the cryptogram";
    private const byte OnDevice = 0x01;
    private const byte Successful = 0x02;

    /// <summary>Why the claim is not believed; null when there is none or it holds.</summary>
    /// <param name="card">The card.</param>
    /// <param name="data">DE 55.</param>
    /// <param name="iad">Issuer application data, seven bytes or more.</param>
    public static string? Problem(LabIssuedCard card, TlvMap data, ReadOnlySpan<byte> iad)
    {
        bool reported = data[0x9F34] is { Length: 3 } results && (results[0] & 0x3F) == OnDevice && results[2] == Successful;
        bool qualified = data[0x9F6C] is { Length: 2 } qualifiers && (qualifiers[1] & 0x80) != 0;
        return card.Scheme switch
        {
            // The claim of the card transaction qualifiers must stand in the card verification results too (IAD byte 5, bit 3).
            "visa" when qualified && (iad[4] & 0x04) == 0 => NotCovered,

            // 9F34 says what the reader made of the mobile CVM results: both must be there and agree.
            "amex" when reported && data[0x9F71] is not [OnDevice, _, Successful] =>
                "verification on the device is reported without mobile CVM results",

            // 9F34 says what the reader made of the card's word 9F50: both must agree. The lab's own issuer marks the verification in byte 3
            // of the results, which the cryptogram covers; the scheme's rule is not public.
            "jcb" when reported && data[0x9F50] is not [>= 0x30 and <= 0x3F] =>
                "verification on the device is reported without the card's word",
            "jcb" when reported && (iad[4] & 0x04) == 0 => NotCovered,

            // Bits of the card verification results: confirmation code performed, and performed and failed.
            "discover" when reported && (iad[3] & 0x03) != 0x02 => NotCovered,

            // The lab's own issuer marks the verification in byte 3 of the results; the scheme's rule is not public.
            "unionpay" when qualified && (iad[5] & 0x04) == 0 => NotCovered,

            // The type of the cryptogram stands in the card verification results, which the cryptogram covers.
            "unionpay" when ((iad[4] >> 4) & 0x03) is not 0x02 && data[0x9C] is not [0x20] => "card verification results are not those of a request",
            _ => null,
        };
    }
}
