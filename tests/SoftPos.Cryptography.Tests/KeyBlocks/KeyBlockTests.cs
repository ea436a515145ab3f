namespace SoftPos.Cryptography;

public class KeyBlockTests
{
    private static readonly KeyBlockWrapping Legacy = new() { AllowLegacyVersions = true, AllowWeakerProtection = true };

    [Theory]
    [Requirement("KEY-04")]
    [InlineData('A', 24)]
    [InlineData('B', 24)]
    [InlineData('C', 16)]
    [InlineData('D', 32)]
    [InlineData('E', 32)]
    public void Every_flipped_bit_of_a_block_is_refused(char version, int protectionLength)
    {
        SeededRandom random = new(version);
        using KeyBlockProtectionKey protection = new(random.Bytes(protectionLength));
        string block = KeyBlock.Wrap(protection, Header(version, 'T'), random.Bytes(16), random, Legacy);
        Assert.True(KeyBlock.TryUnwrap(protection, block, out _, out _));
        for (int i = 0; i < block.Length; i++)
        {
            for (int bit = 0; bit < 7; bit++)
            {
                char[] changed = block.ToCharArray();
                changed[i] ^= (char)(1 << bit);
                if (char.ToUpperInvariant(changed[i]) == block[i] && i >= HeaderLength(block))
                {
                    // The case of a hexadecimal digit means nothing.
                    continue;
                }

                Assert.False(KeyBlock.TryUnwrap(protection, changed, out KeyBlockContent? content, out KeyBlockFault fault), $"{i}.{bit}");
                Assert.Null(content);
                Assert.NotEqual(KeyBlockFaultKind.None, fault.Kind);
            }
        }
    }

    [Fact]
    public void A_protection_key_opens_many_blocks_on_many_threads_and_none_after_its_end()
    {
        SeededRandom random = new(77);
        KeyBlockProtectionKey protection = new(random.Bytes(32));
        byte[][] keys = [.. Enumerable.Range(0, 64).Select(_ => random.Bytes(16))];
        using KeyBlockProtectionKey writer = new(protection.Bytes);
        string[] blocks = [.. keys.Select(key => KeyBlock.Wrap(writer, Header('D', 'A'), key, random))];
        Parallel.For(0, blocks.Length, i =>
        {
            Assert.True(KeyBlock.TryUnwrap(protection, blocks[i], out KeyBlockContent? content, out _));
            using (content)
            {
                Assert.Equal(keys[i], content!.Key.ToArray());
            }
        });
        protection.Dispose();
        Assert.Throws<ObjectDisposedException>(() => KeyBlock.TryUnwrap(protection, blocks[0], out _, out _));
    }

    [Theory]
    [InlineData('D', 'A', 16, 16)]
    [InlineData('D', 'A', 24, 24)]
    [InlineData('D', 'A', 32, 32)]
    [InlineData('D', 'T', 24, 16)]
    [InlineData('D', 'H', 64, 32)]
    [InlineData('D', 'R', 1200, 32)]
    [InlineData('E', 'A', 32, 32)]
    [InlineData('B', 'T', 16, 16)]
    [InlineData('B', 'T', 24, 24)]
    [InlineData('A', 'T', 16, 24)]
    [InlineData('C', 'T', 24, 24)]
    public void A_wrapped_key_comes_back_with_its_header(char version, char algorithm, int keyLength, int protectionLength)
    {
        SeededRandom random = new(keyLength);
        byte[] key = random.Bytes(keyLength);
        using KeyBlockProtectionKey protection = new(random.Bytes(protectionLength));
        KeyBlockHeader header = Header(version, algorithm) with
        {
            KeyVersion = "c1",
            Options = [new KeyBlockOption("LB", "label 1"), new KeyBlockOption("10", new string('x', 300)), new KeyBlockOption("KS", "00604B120F9292800000")],
        };
        foreach (bool hides in (bool[])[true, false])
        {
            string block = KeyBlock.Wrap(protection, header, key, random, Legacy with { HidesLength = hides });
            Assert.True(KeyBlock.TryUnwrap(protection, block, out KeyBlockContent? content, out KeyBlockFault fault), fault.ToString());
            using (content)
            {
                Assert.Equal(key, content!.Key.ToArray());
                Assert.Equal("label 1", content.Header.Option("LB"));
                Assert.Equal(300, content.Header.Option("10")!.Length);
                Assert.Equal("c1", content.Header.KeyVersion);
                Assert.True(content.Is("P0", algorithm, "BED"));
                Assert.False(content.Is("B0", algorithm, "BED"));
                Assert.False(content.Is("P0", algorithm, "X"));
            }
        }
    }

    [Fact]
    public void Hidden_lengths_are_all_the_same()
    {
        SeededRandom random = new(1);
        using KeyBlockProtectionKey protection = new(random.Bytes(32));
        int[] lengths = [.. ((int[])[16, 24, 32]).Select(length => KeyBlock.Wrap(protection, Header('D', 'A'), random.Bytes(length), random).Length)];
        Assert.Equal([144, 144, 144], lengths);
        Assert.Equal(112, KeyBlock.Wrap(protection, Header('D', 'A'), random.Bytes(16), random, new KeyBlockWrapping { HidesLength = false }).Length);
    }

    [Theory]
    [InlineData('A')]
    [InlineData('B')]
    [InlineData('C')]
    [InlineData('E')]
    public void Other_versions_than_D_need_the_legacy_switch(char version)
    {
        SeededRandom random = new(2);
        using KeyBlockProtectionKey protection = new(random.Bytes(16));
        Assert.Throws<ArgumentException>(() => KeyBlock.Wrap(protection, Header(version, 'T'), random.Bytes(16), random));
    }

    [Fact]
    [Requirement("KEY-03")]
    public void A_weaker_key_does_not_protect_a_stronger_one()
    {
        SeededRandom random = new(3);
        using KeyBlockProtectionKey weak = new(random.Bytes(16));
        Assert.Throws<ArgumentException>(() => KeyBlock.Wrap(weak, Header('D', 'A'), random.Bytes(32), random));
        Assert.Throws<ArgumentException>(
            () => KeyBlock.Wrap(weak, Header('B', 'T'), random.Bytes(24), random, new KeyBlockWrapping { AllowLegacyVersions = true }));
        Assert.Throws<ArgumentException>(
            () => KeyBlock.Wrap(weak, Header('B', 'A'), random.Bytes(16), random, new KeyBlockWrapping { AllowLegacyVersions = true }));
    }

    [Fact]
    public void A_key_that_does_not_fit_its_algorithm_is_refused_on_both_ways()
    {
        SeededRandom random = new(4);
        using KeyBlockProtectionKey protection = new(random.Bytes(32));
        Assert.Throws<ArgumentException>(() => KeyBlock.Wrap(protection, Header('D', 'A'), random.Bytes(20), random));
        string block = KeyBlock.Wrap(protection, Header('D', 'A'), random.Bytes(20), random, new KeyBlockWrapping { AllowAnyKeyLength = true });
        Assert.False(KeyBlock.TryUnwrap(protection, block, out _, out KeyBlockFault fault));
        Assert.Equal(KeyBlockFaultKind.KeyLength, fault.Kind);
        Assert.True(KeyBlock.TryUnwrap(protection, block, out _, out _, anyKeyLength: true));
    }

    [Fact]
    public void A_protection_key_of_the_wrong_length_is_told_before_any_cipher()
    {
        SeededRandom random = new(5);
        using KeyBlockProtectionKey aes256 = new(random.Bytes(32));
        Assert.False(KeyBlock.TryUnwrap(
            aes256, "B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A3B8E4FA4C5F5341176EED7B727B8A248E", out _, out KeyBlockFault fault));
        Assert.Equal(KeyBlockFaultKind.ProtectionKey, fault.Kind);
        Assert.Throws<ArgumentException>(() => new KeyBlockProtectionKey(random.Bytes(8)));
    }

    [Theory]
    [InlineData("", KeyBlockFaultKind.Length, 0)]
    [InlineData("D0016P0AE00E000", KeyBlockFaultKind.Length, 15)]
    [InlineData("F0016P0AE00E0000", KeyBlockFaultKind.Version, 0)]
    [InlineData("D0017P0AE00E0000", KeyBlockFaultKind.DeclaredLength, 1)]
    [InlineData("D+016P0AE00E0000", KeyBlockFaultKind.DeclaredLength, 1)]
    [InlineData("D0016P_AE00E0000", KeyBlockFaultKind.HeaderCharacter, 6)]
    [InlineData("D0016P0AE00E0X00", KeyBlockFaultKind.OptionalBlockCount, 12)]
    [InlineData("D0016P0AE00E0100", KeyBlockFaultKind.OptionalBlock, 16)]
    [InlineData("D0020P0AE00E0100KS00", KeyBlockFaultKind.OptionalBlock, 20)]
    [InlineData("D0024P0AE00E0100KS080000", KeyBlockFaultKind.OptionalBlockAlignment, 24)]
    [InlineData("D0016P0AE00E0000", KeyBlockFaultKind.Payload, 16)]
    [InlineData("D0032P0AE00E0000205FDF791C3548EC", KeyBlockFaultKind.Payload, 16)]
    public void A_fault_is_named_with_its_offset(string block, KeyBlockFaultKind kind, int offset)
    {
        using KeyBlockProtectionKey protection = new(new byte[32]);
        Assert.False(KeyBlock.TryUnwrap(protection, block, out _, out KeyBlockFault fault));
        Assert.Equal(new KeyBlockFault(kind, offset), fault);
    }

    [Fact]
    public void Any_text_gives_a_fault_and_never_an_exception()
    {
        const int Rounds = 20_000;
        using KeyBlockProtectionKey protection = new(new byte[32]);
        SeededRandom random = new(20261124);
        string good = KeyBlock.Wrap(
            protection,
            Header('D', 'A') with { Options = [new KeyBlockOption("KS", "00604B120F9292800000"), new KeyBlockOption("LB", "x")] },
            new byte[16],
            random);
        for (int i = 0; i < Rounds; i++)
        {
            char[] text = good.ToCharArray();
            for (int changes = 1 + random.Next(4); changes > 0; changes--)
            {
                text[random.Next(text.Length)] = (char)random.Next(i % 2 == 0 ? 128 : 0x3000);
            }

            ReadOnlySpan<char> cut = text.AsSpan(0, random.Next(text.Length + 1));
            if (i % 3 == 0 && cut.Length > 5)
            {
                cut.Length.ToString("D4", System.Globalization.CultureInfo.InvariantCulture).CopyTo(text.AsSpan(1));
            }

            bool opened = KeyBlock.TryUnwrap(protection, cut, out _, out KeyBlockFault fault);
            Assert.True(opened || (fault.Kind is not KeyBlockFaultKind.None && fault.Offset <= cut.Length), $"round {i}");
        }
    }

    private static KeyBlockHeader Header(char version, char algorithm) =>
        new() { Version = version, Usage = "P0", Algorithm = algorithm, ModeOfUse = 'E', Exportability = 'E' };

    private static int HeaderLength(string block)
    {
        Assert.True(KeyBlockHeader.TryParse(block, out _, out int length, out _));
        return length;
    }
}
