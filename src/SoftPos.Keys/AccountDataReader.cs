using SoftPos.Iso7816;

namespace SoftPos.Keys;

/// <summary>Reads opened account data: BER-TLV with 57 (track 2 equivalent), 5A (PAN), 5F24 (expiry), 5F34 (sequence number).</summary>
internal static class AccountDataReader
{
    /// <summary>Shortest and longest PAN, ISO/IEC 7812.</summary>
    private const int ShortestPan = 8;
    private const int LongestPan = 19;

    private const byte Separator = 0x0D;
    private const byte Filler = 0x0F;

    /// <summary>Null when neither 57 nor 5A gives a PAN, when both are there and differ, or when there is no expiry.</summary>
    public static AccountData? Read(ReadOnlyMemory<byte> clear)
    {
        if (!TlvMap.TryParse(clear, out TlvMap? map, out _))
        {
            return null;
        }

        byte[] track2 = map[0x57] is { } equivalent ? Digits(equivalent) : [];
        int separator = Array.IndexOf(track2, (byte)'=');
        byte[] pan = map[0x5A] is { } number ? Digits(number) : separator > 0 ? track2[..separator] : [];
        bool sound = pan.Length is >= ShortestPan and <= LongestPan && pan.All(char.IsAsciiDigit)
            && (track2.Length == 0 || (separator > 0 && pan.AsSpan().SequenceEqual(track2.AsSpan(0, separator))));
        string? expiry = map[0x5F24] is { Length: 3 } date
            ? Convert.ToHexString(date)[..4]
            : separator > 0 && track2.Length >= separator + 5 ? System.Text.Encoding.ASCII.GetString(track2, separator + 1, 4) : null;
        int? sequence = map[0x5F34] is [byte packed] ? ((packed >> 4) * 10) + (packed & 0x0F) : null;
        map.Clear();
        if (!sound || expiry is null || !expiry.All(char.IsAsciiDigit))
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(pan);
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(track2);
            return null;
        }

        return new AccountData(pan, expiry, sequence, track2);
    }

    /// <summary>Compressed numeric to ASCII: D becomes '=', trailing F falls away.</summary>
    private static byte[] Digits(ReadOnlySpan<byte> packed)
    {
        byte[] text = new byte[packed.Length * 2];
        for (int i = 0; i < text.Length; i++)
        {
            int nibble = i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2] & 0x0F;
            text[i] = nibble switch { Separator => (byte)'=', Filler => (byte)'F', _ => (byte)('0' + nibble) };
        }

        int length = text.Length;
        while (length > 0 && text[length - 1] == 'F')
        {
            length--;
        }

        return length == text.Length ? text : text[..length];
    }

    private static bool All(this byte[] text, Func<char, bool> test) => Array.TrueForAll(text, character => test((char)character));
}
