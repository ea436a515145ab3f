using System.Globalization;
using System.Numerics;
using System.Text;

namespace SoftPos.Emv.Mastercard;

/// <summary>
/// Track data of mag-stripe mode (Book C-2, S13.14 to S13.24): the discretionary data of a track, into which the terminal writes the digits of
/// the card's dynamic code, its counter and the unpredictable number, at the places that the card's bitmaps name. Bit 1 of a bitmap is
/// the last digit.
/// </summary>
internal sealed class StripeTrack
{
    /// <summary>Digits of a decimal CVC3: two bytes.</summary>
    private const int CodeDigits = 5;

    private readonly string _head;
    private readonly string _filler;
    private readonly bool _isText;
    private readonly char[] _discretionary;

    private StripeTrack(string head, string discretionary, string filler, bool isText)
    {
        (_head, _discretionary, _filler, _isText) = (head, discretionary.ToCharArray(), filler, isText);
    }

    /// <summary>Digits of the discretionary data.</summary>
    public int Length => _discretionary.Length;

    /// <summary>Track 2 data 9F6B: PAN, separator, expiry, service code, discretionary data; null when it is none.</summary>
    public static StripeTrack? OfTrack2(ReadOnlySpan<byte> track)
    {
        string digits = Convert.ToHexString(track);
        string body = digits.TrimEnd('F');
        int separator = body.IndexOf('D', StringComparison.Ordinal);
        int start = separator + 1 + ExpiryAndService;
        return separator <= 0 || start >= body.Length || !body[(separator + 1)..].All(char.IsAsciiDigit)
            ? null
            : new StripeTrack(body[..start], body[start..], digits[body.Length..], isText: false);
    }

    /// <summary>Track 1 data 56 as text: format, PAN, name, expiry, service code, discretionary data; null when it is none.</summary>
    public static StripeTrack? OfTrack1(ReadOnlySpan<byte> track)
    {
        string text = Encoding.Latin1.GetString(track);
        int name = text.IndexOf('^', StringComparison.Ordinal);
        int separator = name < 0 ? -1 : text.IndexOf('^', name + 1);
        int start = separator + 1 + ExpiryAndService;
        return separator <= 0 || start >= text.Length || !text[(separator + 1)..].All(char.IsAsciiDigit)
            ? null
            : new StripeTrack(text[..start], text[start..], string.Empty, isText: true);
    }

    /// <summary>A bitmap as a number.</summary>
    public static ulong Bitmap(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte octet in bytes)
        {
            value = (value << 8) | octet;
        }

        return value;
    }

    /// <summary>True when every place of the bitmap is in the discretionary data.</summary>
    public bool Holds(ulong bitmap) => Length >= 64 || bitmap >> Length == 0;

    /// <summary>Writes the digits and gives the whole track.</summary>
    /// <param name="codePlaces">PCVC3.</param>
    /// <param name="code">CVC3 as a number.</param>
    /// <param name="otherPlaces">PUNATC: the counter's digits stand left of the number's.</param>
    /// <param name="counterDigits">NATC.</param>
    /// <param name="counter">ATC.</param>
    /// <param name="number">Unpredictable number, eight decimal digits.</param>
    /// <param name="last">Digit for the last place: how many digits of the number are in the track, or that plus five.</param>
    public byte[] Fill(ulong codePlaces, int code, ulong otherPlaces, int counterDigits, int counter, string number, int last)
    {
        Place(codePlaces, Right(code, BitOperations.PopCount(codePlaces)));
        int numberDigits = BitOperations.PopCount(otherPlaces) - counterDigits;
        Place(otherPlaces, Right(counter, counterDigits) + number[(number.Length - numberDigits)..]);
        _discretionary[^1] = (char)('0' + last);
        string whole = _head + new string(_discretionary) + _filler;
        return _isText ? Encoding.Latin1.GetBytes(whole) : Convert.FromHexString(whole);
    }

    private const int ExpiryAndService = 7;

    private static string Right(int value, int digits) =>
        digits == 0 ? string.Empty : value.ToString("D" + Math.Max(digits, CodeDigits).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)[^digits..];

    /// <summary>The first digit goes to the leftmost place.</summary>
    private void Place(ulong places, string digits)
    {
        int next = digits.Length;
        for (int place = 1; place <= Length && next > 0; place++)
        {
            if (((places >> (place - 1)) & 1) != 0)
            {
                _discretionary[^place] = digits[--next];
            }
        }
    }
}
