using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

/// <summary>The account number of a card that names it more than once.</summary>
internal static class AccountNumber
{
    /// <summary>Reads 5A and 57, as far as they are there, and holds one against the other. Null when all is well.</summary>
    public static OutcomeReason? Read(TlvMap card, out string pan)
    {
        pan = string.Empty;
        byte[]? track2 = card[EmvTag.Track2EquivalentData];
        if (card[EmvTag.Pan] is { Length: > 0 } number)
        {
            if (TrackTwo.PanOf5A(number) is not { } digits)
            {
                return OutcomeReason.BadCardData;
            }

            pan = digits;
            return track2 is { Length: > 0 } && TrackTwo.Pan(track2) != digits ? OutcomeReason.PanMismatch : null;
        }

        if (track2 is not { Length: > 0 })
        {
            return OutcomeReason.MissingCardData;
        }

        pan = TrackTwo.Pan(track2) ?? string.Empty;
        return pan.Length == 0 ? OutcomeReason.BadCardData : null;
    }
}
