using System.Text;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Text from the phone as a claim: within its bound, and without half surrogates, which CBOR text cannot hold.</summary>
internal static class ClaimText
{
    public static string Bound(string text, int most = EvidenceClaims.MaxText)
    {
        StringBuilder bound = new(Math.Min(text.Length, most));
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (bound.Length + rune.Utf16SequenceLength > most)
            {
                break;
            }

            bound.Append(rune);
        }

        return bound.ToString();
    }
}
