using System.Globalization;
using System.Text;
using SoftPos.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>What an issuer finds in track data of mag-stripe mode.</summary>
public enum LabStripeVerdict
{
    /// <summary>The dynamic code is the card's, for this counter and number.</summary>
    Valid,

    /// <summary>Not a track of a card of this issuer.</summary>
    NoTrack,

    /// <summary>The last digit does not say how many digits of the number are in the track.</summary>
    NumberLength,

    /// <summary>The dynamic code is another.</summary>
    Code,
}

/// <summary>
/// Mag-stripe mode of a lab Mastercard: the card's side (tracks, places of the digits, CVC3) and the issuer's, which takes the track apart again.
/// </summary>
public sealed class LabStripe
{
    /// <summary>Places in the discretionary data, bit 1 being its last digit: code in 9 to 11, counter in 5 to 8, number in 2 to 4.</summary>
    private const ushort CodePlaces = 0x0700, OtherPlaces = 0x00FE;

    private const byte CounterDigits = 4;
    private const int NumberDigits = 3;
    private const int CodeDigits = 3;
    private const string Discretionary = "0000000000000";

    private readonly LabIssuedCard _card;
    private readonly byte[] _key = new byte[16];
    private readonly byte[] _track1;
    private readonly byte[] _track2;

    internal LabStripe(LabIssuedCard card)
    {
        _card = card;
        EmvMasterKey.Derive(EmvMasterKeyOption.A, LabIssuer.MasterKeyForChecksums(), card.Pan, card.Sequence, _key);
        string digits = $"{card.Pan}D{card.ExpiryYearMonth}{LabIssuer.ServiceCode}{Discretionary}";
        _track2 = Convert.FromHexString(digits.Length % 2 == 0 ? digits : digits + "F");
        _track1 = Encoding.ASCII.GetBytes($"B{card.Pan}^LAB/CARD^{card.ExpiryYearMonth}{LabIssuer.ServiceCode}{Discretionary}");
    }

    /// <summary>File locator of the record that mag-stripe readers know.</summary>
    internal static byte[] Locator { get; } = [0x08, 0x01, 0x01, 0x00];

    internal byte[] Record() => new TlvWriter()
        .Open(0x70)
        .Write(0x9F6C, [0x00, 0x01])
        .Write(0x56, _track1)
        .Write(0x9F62, Wide(CodePlaces))
        .Write(0x9F63, Wide(OtherPlaces))
        .Write(0x9F64, [CounterDigits])
        .Write(0x9F65, [CodePlaces >> 8, CodePlaces & 0xFF])
        .Write(0x9F66, [OtherPlaces >> 8, OtherPlaces & 0xFF])
        .Write(0x9F67, [CounterDigits])
        .Write(0x9F69, [0x9F, 0x6A, 0x04])
        .Write(0x9F6B, _track2)
        .Close()
        .ToArray();

    internal byte[] Answer(ushort counter, ReadOnlySpan<byte> number, bool isWrong)
    {
        int wrong = isWrong ? 1 : 0;
        return new TlvWriter()
            .Open(0x77)
            .Write(0x9F61, Code(_track2, counter, number, wrong))
            .Write(0x9F60, Code(_track1, counter, number, wrong))
            .Write(0x9F36, [(byte)(counter >> 8), (byte)(counter & 0xFF)])
            .Close()
            .ToArray();
    }

    /// <summary>Takes track 2 data of mag-stripe mode apart and checks its dynamic code, as the issuer of the card does.</summary>
    /// <param name="track2">The track with its digits filled in, as it came with the authorisation.</param>
    /// <param name="lastCounter">Counter that the issuer saw last; the card's is somewhat above it.</param>
    public static LabStripeVerdict Verify(ReadOnlySpan<byte> track2, int lastCounter)
    {
        string digits = Convert.ToHexString(track2).TrimEnd('F');
        int separator = digits.IndexOf('D', StringComparison.Ordinal);
        if (separator < 0 || digits.Length - separator - 8 != Discretionary.Length || LabIssuer.Find(digits[..separator]) is not { Scheme: "mastercard" } card)
        {
            return LabStripeVerdict.NoTrack;
        }

        string data = digits[^Discretionary.Length..];
        if (data[^1] != (char)('0' + NumberDigits))
        {
            return LabStripeVerdict.NumberLength;
        }

        // From the right: one digit of length, three of the number, four of the counter, three of the code.
        string number = data.Substring(data.Length - 4, NumberDigits);
        int low = int.Parse(data.AsSpan(data.Length - 8, CounterDigits), NumberStyles.None, CultureInfo.InvariantCulture);
        string code = data.Substring(data.Length - 11, CodeDigits);
        LabStripe stripe = new(card);
        byte[] sent = Convert.FromHexString(number.PadLeft(8, '0'));
        int counter = low + ((lastCounter / Modulus + (low < lastCounter % Modulus ? 1 : 0)) * Modulus);
        string expected = CardVerification.ComputeCvc3(stripe._key, stripe._track2, (ushort)counter, sent)[^CodeDigits..];
        return CardVerification.AreEqual(expected, code) ? LabStripeVerdict.Valid : LabStripeVerdict.Code;
    }

    private const int Modulus = 10_000;

    /// <summary>Name of the card only.</summary>
    public override string ToString() => _card.Name;

    private static byte[] Wide(ushort places) => [0, 0, 0, 0, (byte)(places >> 8), (byte)(places & 0xFF)];

    private byte[] Code(byte[] track, ushort counter, ReadOnlySpan<byte> number, int wrong)
    {
        int code = int.Parse(CardVerification.ComputeCvc3(_key, track, counter, number), NumberStyles.None, CultureInfo.InvariantCulture) ^ wrong;
        return [(byte)(code >> 8), (byte)(code & 0xFF)];
    }
}
