using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class PinBlockTests
{
    private const string Pan = "4111111111111111";

    private static readonly byte[] TdesKey = Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210");
    private static readonly byte[] AesKey = Convert.FromHexString("AF8CB133A78F8DC2D1359F18527593FB");

    public static TheoryData<PinBlockFormat> Formats =>
    [
        PinBlockFormat.Iso0, PinBlockFormat.Iso1, PinBlockFormat.Iso2, PinBlockFormat.Iso3, PinBlockFormat.Iso4,
    ];

    [Theory]
    [Requirement("PIN-06")]
    [MemberData(nameof(Formats))]
    public void Every_pin_length_from_4_to_12_comes_back_and_no_other_is_taken(PinBlockFormat format)
    {
        SeededRandom random = new((int)format);
        using PinEncryptionKey key = KeyFor(format);
        byte[] block = new byte[PinCipherText.Length(format)];
        for (int length = 0; length <= 14; length++)
        {
            string pin = "12345678901234"[..length];
            if (length is < 4 or > 12)
            {
                Assert.ThrowsAny<ArgumentException>(() => PinCipherText.Encipher(key, format, pin, Pan, random, block));
                continue;
            }

            PinCipherText.Encipher(key, format, pin, Pan, random, block);
            char[] back = new char[12];
            Assert.True(PinCipherText.TryDecipher(key, format, block, Pan, back, out int found));
            Assert.Equal(pin, new string(back, 0, found));
        }
    }

    [Theory]
    [InlineData(PinBlockFormat.Iso0)]
    [InlineData(PinBlockFormat.Iso3)]
    [InlineData(PinBlockFormat.Iso4)]
    public void Another_pan_does_not_show_the_pin(PinBlockFormat format)
    {
        SeededRandom random = new(1);
        using PinEncryptionKey key = KeyFor(format);
        byte[] block = new byte[PinCipherText.Length(format)];
        for (int i = 0; i < 300; i++)
        {
            // Formats 0 and 3 do not prove the PAN: a wrong one changes digits, which may stay decimal.
            PinCipherText.Encipher(key, format, "123456789012", Pan, random, block);
            char[] pin = new char[12];
            bool isRead = PinCipherText.TryDecipher(key, format, block, "5500000000000004", pin, out int length);
            Assert.NotEqual("123456789012", new string(pin, 0, length));
            Assert.False(isRead && format is PinBlockFormat.Iso4);
        }
    }

    [Theory]
    [InlineData(PinBlockFormat.Iso0, "041225EEEEEEEEEE")]
    [InlineData(PinBlockFormat.Iso2, "241234FFFFFFFFFF")]
    public void The_clear_block_is_the_known_one(PinBlockFormat format, string expected)
    {
        byte[] block = new byte[8];
        PinBlock.Encode(format, "1234", Pan, new ConstantRandom(0), block);
        Assert.Equal(expected, Convert.ToHexString(block));
    }

    [Fact]
    [Requirement("PIN-08")]
    public void Format_4_is_the_published_one()
    {
        using PinEncryptionKey key = PinEncryptionKey.Import(PinCipher.Aes, AesKey);
        char[] pin = new char[12];
        Assert.True(PinCipherText.TryDecipher(
            key, PinBlockFormat.Iso4, Convert.FromHexString("A912150391AB65A67E52883D81CE2D15"), Pan, pin, out int length));
        Assert.Equal("1234", new string(pin, 0, length));
        byte[] field = new byte[16];
        PinBlock.EncodePanField("123456789", field);
        Assert.Equal("00001234567890000000000000000000", Convert.ToHexString(field));
        PinBlock.EncodePanField("411111111111111", field);
        Assert.Equal("34111111111111110000000000000000", Convert.ToHexString(field));
    }

    [Fact]
    public void The_filling_of_format_3_is_every_letter_and_nothing_else()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        HashSet<char> seen = [];
        byte[] block = new byte[8];
        for (int i = 0; i < 500; i++)
        {
            PinBlock.Encode(PinBlockFormat.Iso3, "1234", "0000000000000000", random, block);
            string fill = Convert.ToHexString(block)[6..];
            Assert.All(fill, digit => Assert.InRange(digit, 'A', 'F'));
            seen.UnionWith(fill);
        }

        Assert.Equal(6, seen.Count);
    }

    [Theory]
    [Requirement("PIN-08")]
    [InlineData(PinBlockFormat.Iso1)]
    [InlineData(PinBlockFormat.Iso3)]
    [InlineData(PinBlockFormat.Iso4)]
    public void The_same_pin_never_gives_the_same_block_twice(PinBlockFormat format)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using PinEncryptionKey key = KeyFor(format);
        HashSet<string> seen = [];
        byte[] block = new byte[PinCipherText.Length(format)];
        for (int i = 0; i < 200; i++)
        {
            PinCipherText.Encipher(key, format, "1234", Pan, random, block);
            Assert.True(seen.Add(Convert.ToHexString(block)));
        }
    }

    [Fact]
    public void Every_wrong_nibble_of_a_clear_block_is_found()
    {
        byte[] good = Convert.FromHexString("241234FFFFFFFFFF");
        char[] pin = new char[12];
        for (int nibble = 0; nibble < 16; nibble++)
        {
            for (int value = 0; value < 16; value++)
            {
                byte[] block = [.. good];
                int shift = nibble % 2 == 0 ? 4 : 0;
                block[nibble / 2] = (byte)((block[nibble / 2] & (0xF0 >> shift)) | (value << shift));
                bool isDigit = nibble is >= 2 and <= 5 && value <= 9;
                Assert.Equal(block.AsSpan().SequenceEqual(good) || isDigit, PinBlock.TryDecode(PinBlockFormat.Iso2, block, "", pin, out _));
            }
        }
    }

    [Fact]
    [Requirement("CRY-07", Partly = true)]
    public void A_refused_block_leaves_no_digits_behind()
    {
        char[] pin = new char[12];
        Assert.False(PinBlock.TryDecode(PinBlockFormat.Iso2, Convert.FromHexString("241234FFFFFFFFF0"), "", pin, out int length));
        Assert.Equal(0, length);
        Assert.All(pin, digit => Assert.Equal('\0', digit));
    }

    [Fact]
    [Requirement("PIN-09")]
    public void Translation_follows_the_table_and_keeps_the_pin()
    {
        SeededRandom random = new(9);
        PinBlockFormat[] all = [.. Enum.GetValues<PinBlockFormat>()];
        foreach (PinBlockFormat from in all)
        {
            foreach (PinBlockFormat to in all)
            {
                foreach (bool forChip in (bool[])[false, true])
                {
                    bool isPermitted = to is PinBlockFormat.Iso2
                        ? forChip
                        : from is PinBlockFormat.Iso1 || (from is not PinBlockFormat.Iso2 && to is not PinBlockFormat.Iso1);
                    using PinEncryptionKey source = KeyFor(from);
                    using PinEncryptionKey target = KeyFor(to);
                    byte[] block = new byte[PinCipherText.Length(from)];
                    byte[] translated = new byte[PinCipherText.Length(to)];
                    PinCipherText.Encipher(source, from, "98765", Pan, random, block);
                    PinTranslation result = PinCipherText.Translate(source, from, block, Pan, target, to, random, translated, forChip);
                    Assert.Equal(isPermitted ? PinTranslation.Done : PinTranslation.NotPermitted, result);
                    char[] pin = new char[12];
                    Assert.Equal(isPermitted, PinCipherText.TryDecipher(target, to, translated, Pan, pin, out int length));
                    Assert.Equal(isPermitted ? "98765" : "", new string(pin, 0, length));
                }
            }
        }
    }

    [Fact]
    public void A_block_that_holds_no_pin_is_not_translated()
    {
        using PinEncryptionKey source = KeyFor(PinBlockFormat.Iso0);
        using PinEncryptionKey target = KeyFor(PinBlockFormat.Iso4);
        byte[] translated = new byte[16];
        Assert.Equal(
            PinTranslation.InvalidBlock,
            PinCipherText.Translate(
                source, PinBlockFormat.Iso0, new byte[8], Pan, target, PinBlockFormat.Iso4, new ConstantRandom(0), translated));
        Assert.Equal(new byte[16], translated);
    }

    [Fact]
    public void A_format_does_not_stand_under_the_other_cipher()
    {
        using PinEncryptionKey tdes = PinEncryptionKey.Import(PinCipher.Tdes, TdesKey);
        using PinEncryptionKey aes = PinEncryptionKey.Import(PinCipher.Aes, AesKey);
        byte[] block = new byte[16];
        Assert.Throws<ArgumentException>(() => PinCipherText.Encipher(tdes, PinBlockFormat.Iso4, "1234", Pan, new ConstantRandom(0), block));
        Assert.Throws<ArgumentException>(() => PinCipherText.Encipher(aes, PinBlockFormat.Iso0, "1234", Pan, new ConstantRandom(0), block));
        Assert.False(PinCipherText.TryDecipher(aes, PinBlockFormat.Iso0, new byte[8], Pan, new char[12], out _));
        Assert.Throws<ArgumentException>(() => PinEncryptionKey.Import(PinCipher.Tdes, new byte[8]));
        Assert.Throws<ArgumentException>(() => PinEncryptionKey.Import(PinCipher.Aes, new byte[20]));
    }

    private static PinEncryptionKey KeyFor(PinBlockFormat format) => format is PinBlockFormat.Iso4
        ? PinEncryptionKey.Import(PinCipher.Aes, AesKey)
        : PinEncryptionKey.Import(PinCipher.Tdes, TdesKey);
}
