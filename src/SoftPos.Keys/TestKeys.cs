namespace SoftPos.Keys;

/// <summary>Keys that everybody knows: those of standards, samples and tools. Production refuses them by value and by check value.</summary>
public static class TestKeys
{
    private const int CheckValueLength = 5;

    /// <summary>
    /// CMAC check values (X9.24-1 annex A), under TDES and AES, of the sample keys of X9.24-1, X9.24-3, TR-31 and X9.143, FIPS 197,
    /// SP 800-38A, GlobalPlatform, EMV samples, and the keys made of one byte or of counting nibbles.
    /// </summary>
    private static readonly HashSet<long> CheckValues =
    [
        0x0A82458664, 0x2090A67375, 0x26A9356B55, 0x74443A8AD9, 0x9DEC574F1A, 0xFF0BD7C455, 0x410EDFCA2A, 0xDADF55DD6A,
        0x05EF4531EC, 0x3C1B8FC30F, 0xCF34868DF7, 0x03C8153AD5, 0xE01A5F4A7D, 0xB790ECBA48, 0xBE7ED6AE78, 0x377822C093,
        0x55F84D54A3, 0x53E107B36E, 0x4B662ADDA9, 0x7AD386C376, 0x0FBF28AD9D, 0x3A072A425D, 0x1A0B2DF267, 0xBCF5B92DF3,
        0x6F2F9BE174, 0xDD1BF6E1EC, 0x763CBCDE81, 0x9211053C55, 0x3B90C21E32, 0xB290FA2EA7, 0x5955E940D3, 0x6169110DC2,
        0xEE23D81C34, 0x4E138BB1A9, 0x44A01DE66B, 0x54DA67B25C, 0x1B06914746, 0xABF549C520, 0x2331550BC9, 0x3A39E5718C,
        0xF07114FD82, 0x42AA0DAF09, 0xCCA48E5733, 0xAC7DE036F4, 0x70482AE9CB, 0x2922D756B5, 0xC2957E4FC6, 0x497D20BD3F,
        0xC016C57811, 0xD64838C6E5, 0x5467D19494, 0x1A947F9421, 0xA5EEC11FE1, 0x168AF1877F, 0x7788F657E8,
    ];

    /// <summary>True when a CMAC check value of 5 bytes is that of a published key.</summary>
    public static bool IsPublished(ReadOnlySpan<byte> checkValue)
    {
        if (checkValue.Length < CheckValueLength)
        {
            return false;
        }

        long value = 0;
        foreach (byte part in checkValue[..CheckValueLength])
        {
            value = (value << 8) | part;
        }

        return CheckValues.Contains(value);
    }

    /// <summary>True when the bytes of a key follow a pattern that no generator gives: repeated bytes or halves, counting, printable text.</summary>
    public static bool IsPatterned(ReadOnlySpan<byte> key) => Repeats(key) || Counts(key) || IsText(key);

    private static bool Repeats(ReadOnlySpan<byte> key)
    {
        foreach (int period in (ReadOnlySpan<int>)[1, 2, 4, 8])
        {
            if (key.Length > period && key[period..].SequenceEqual(key[..^period]))
            {
                return true;
            }
        }

        // Any two equal eight-byte parts: two-key or single DES in the clothes of a longer key.
        for (int i = 0; i + 8 <= key.Length; i += 8)
        {
            for (int j = i + 8; j + 8 <= key.Length; j += 8)
            {
                if (key.Slice(i, 8).SequenceEqual(key.Slice(j, 8)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Counts(ReadOnlySpan<byte> key)
    {
        Span<byte> nibbles = stackalloc byte[2 * key.Length];
        for (int i = 0; i < key.Length; i++)
        {
            nibbles[2 * i] = (byte)(key[i] >> 4);
            nibbles[(2 * i) + 1] = (byte)(key[i] & 0x0F);
        }

        return HasStep(key, 1, 0xFF) || HasStep(key, 0x11, 0xFF) || HasStep(key, 0xFF, 0xFF) || HasStep(key, 0xEF, 0xFF)
            || HasStep(nibbles, 1, 0x0F) || HasStep(nibbles, 0x0F, 0x0F);
    }

    private static bool HasStep(ReadOnlySpan<byte> values, int step, int mask)
    {
        for (int i = 1; i < values.Length; i++)
        {
            if (((values[i] - values[i - 1]) & mask) != (step & mask))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsText(ReadOnlySpan<byte> key) => !key.ContainsAnyExceptInRange((byte)' ', (byte)'~');
}
