using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Emv;

namespace SoftPos.Terminal;

/// <summary>
/// The PAN field of a PIN block in two shares, cut when the account data are sealed and before the PIN is asked for: from then on there is no
/// clear PAN on the phone (ADR 0008).
/// </summary>
internal sealed class PanShares : IDisposable
{
    private readonly byte[] _one = GC.AllocateArray<byte>(PinBlock.AesLength, pinned: true);
    private readonly byte[] _other = GC.AllocateArray<byte>(PinBlock.AesLength, pinned: true);

    private PanShares()
    {
    }

    /// <summary>For the block: it mixes this one into what is already enciphered.</summary>
    public ReadOnlySpan<byte> One => _one;

    /// <summary>Joined last.</summary>
    public ReadOnlySpan<byte> Other => _other;

    /// <summary>Cuts the PAN of a card; null when the card gave none that can be read.</summary>
    public static PanShares? Cut(CardAccount account, RandomNumberGenerator randomness)
    {
        ReadOnlySpan<byte> packed = account.Reveal()[EmvTag.Pan] ?? account.Reveal()[EmvTag.Track2EquivalentData] ?? default;
        Span<char> pan = stackalloc char[PinBlock.LongestPan];
        int length = 0;
        foreach (byte pair in packed)
        {
            int high = pair >> 4, low = pair & 0x0F;
            if (high > 9 || length == pan.Length)
            {
                break;
            }

            pan[length++] = (char)('0' + high);
            if (low > 9 || length == pan.Length)
            {
                break;
            }

            pan[length++] = (char)('0' + low);
        }

        try
        {
            if (length < PinBlock.ShortestPan)
            {
                return null;
            }

            PanShares shares = new();
            SplitPinBlock.Share(pan[..length], randomness, shares._one, shares._other);
            return shares;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(pan));
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_one);
        CryptographicOperations.ZeroMemory(_other);
    }
}
