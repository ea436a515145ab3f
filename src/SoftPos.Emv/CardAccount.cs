using SoftPos.Iso7816;

namespace SoftPos.Emv;

/// <summary>
/// The account data that a card gave: track 2, PAN, expiry, sequence number, name. Only the code that seals it for the back end calls
/// <see cref="Reveal"/>; everything else has the masked number. Disposing zeroes it.
/// </summary>
public sealed class CardAccount : IDisposable
{
    /// <summary>Tags that an account holds and a data record never does.</summary>
    public static IReadOnlyList<uint> Tags { get; } =
    [
        EmvTag.Track2EquivalentData, EmvTag.Pan, EmvTag.ExpirationDate, EmvTag.PanSequenceNumber, EmvTag.CardholderName, EmvTag.Track1,
        EmvTag.StripeTrack2,
    ];

    private readonly TlvMap _objects;

    internal CardAccount(TlvMap objects, string pan)
    {
        _objects = objects;
        MaskedPan = SensitiveTags.MaskPan(pan);
        LastFour = pan.Length >= 4 ? pan[^4..] : pan;
        Expiry = objects[EmvTag.ExpirationDate] is { Length: 3 } date ? Convert.ToHexString(date) : null;
    }

    /// <summary>The account, from copies of what the card gave.</summary>
    internal static CardAccount Of(TlvMap card, string pan)
    {
        TlvMap objects = [];
        foreach (uint tag in Tags)
        {
            if (card[tag] is { } value)
            {
                objects[tag] = [.. value];
            }
        }

        return new CardAccount(objects, pan);
    }

    /// <summary>First six and last four digits.</summary>
    public string MaskedPan { get; }

    /// <summary>Last four digits.</summary>
    public string LastFour { get; }

    /// <summary>Expiration date yyMMdd, or null.</summary>
    public string? Expiry { get; }

    /// <summary>Data objects 57, 5A, 5F24, 5F34, 5F20, in mag-stripe mode 9F6B and 56 with their dynamic digits, as the card gave them, as far as it did. The values belong to this object.</summary>
    public TlvMap Reveal() => _objects;

    /// <summary>Zeroes the data.</summary>
    public void Dispose() => _objects.Clear();

    /// <summary>The masked number.</summary>
    public override string ToString() => MaskedPan;
}
