using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>The PIN component: what comes out of it, and what does not.</summary>
public sealed class PinPadTests : IDisposable
{
    private const string Pan = "4761739001010119";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly RandomNumberGenerator _randomness = RandomNumberGenerator.Create();
    private readonly byte[] _keyBytes = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _other = new byte[16];
    private readonly SplitPinBlock _block;
    private string? _obstacle;

    public PinPadTests()
    {
        byte[] one = new byte[16];
        SplitPinBlock.Share(Pan, _randomness, one, _other);
        _block = new SplitPinBlock(PinEncryptionKey.Import(PinCipher.Aes, _keyBytes), one);
    }

    [Theory]
    [InlineData("1234", false)]
    [InlineData("0099", true)]
    [InlineData("123456789012", false)]
    [InlineData("123456789012", true)]
    [Requirement("PIN-07")]
    [Requirement("PIN-08", Partly = true)]
    public async Task What_was_touched_stands_in_the_block_and_nowhere_else(string pin, bool guided)
    {
        using PinPad pad = Open(guided ? PinLayout.Ordered : PinLayout.Random(_randomness));
        Enter(pad, pin, guided);
        Assert.False(pad.IsBlank, "the digits were never there: this test would prove nothing");
        Press(pad, PinKey.Enter, guided);
        Assert.Equal(PinEnd.Sealed, await pad.Ended);
        Assert.True(pad.IsBlank);
        Assert.Equal(pin, Decipher(_block.Finish(_other)));
    }

    [Theory]
    [InlineData(nameof(PinPad.Interrupt))]
    [InlineData(nameof(PinKey.Cancel))]
    [InlineData("time")]
    [InlineData("obstacle")]
    [InlineData(nameof(PinPad.Dispose))]
    [Requirement("PIN-05")]
    [Requirement("PIN-07", Partly = true)]
    public async Task Whatever_ends_an_entry_leaves_no_digit_and_no_block(string cause)
    {
        using PinPad pad = Open(PinLayout.Random(_randomness));
        Enter(pad, "123456", guided: false);
        switch (cause)
        {
            case nameof(PinPad.Interrupt): pad.Interrupt(); break;
            case nameof(PinKey.Cancel): Press(pad, PinKey.Cancel, guided: false); break;
            case "time": _time.Advance(TimeSpan.FromSeconds(20)); pad.Tick(); break;
            case "obstacle": _obstacle = "screen.capture"; pad.Tick(); break;
            default: pad.Dispose(); break;
        }

        Assert.NotEqual(PinEnd.Sealed, await pad.Ended);
        Assert.True(pad.IsBlank);
        Press(pad, PinKey.Enter, guided: false);
        Assert.Throws<InvalidOperationException>(() => _block.Finish(_other));
    }

    [Fact]
    [Requirement("PIN-03")]
    public async Task A_key_that_is_pressed_while_something_watches_is_not_taken()
    {
        using PinPad pad = Open(PinLayout.Random(_randomness));
        Enter(pad, "123", guided: false);
        _obstacle = "screen.overlay";
        Press(pad, PinKey.Four, guided: false);
        Assert.Equal(PinEnd.Blocked, await pad.Ended);
        Assert.Equal("screen.overlay", pad.BlockedBy);
        Assert.True(pad.IsBlank);
    }

    [Fact]
    [Requirement("PIN-02")]
    public void Every_digit_gives_the_same_feedback()
    {
        HashSet<PinFeedback> seen = [];
        HashSet<(GuideCue, int)> heard = [];
        for (PinKey digit = PinKey.Zero; digit <= PinKey.Nine; digit++)
        {
            using PinPad pad = Open(PinLayout.Random(_randomness));
            (double x, double y) = Find(pad.Layout, digit);
            seen.Add(pad.Touch(x, y));
            using PinPad ordered = Open(PinLayout.Ordered);
            GuidedPinPad guided = new(ordered, _time, _randomness);
            (x, y) = Find(ordered.Layout, digit);
            guided.FingerDown(x, y);
            heard.Add(guided.SecondFingerTap());
        }

        Assert.Equal(new PinFeedback(1, PinCue.Digit), Assert.Single(seen));
        Assert.Equal((GuideCue.Taken, 1), Assert.Single(heard));
    }

    [Fact]
    [Requirement("PIN-04")]
    public void Every_digit_is_at_every_place_equally_often()
    {
        const int Draws = 20_000;
        int[,] counts = new int[10, 12];
        for (int draw = 0; draw < Draws; draw++)
        {
            PinLayout layout = PinLayout.Random(_randomness);
            for (int slot = 0; slot < 12; slot++)
            {
                PinKey key = layout.At(slot / 3, slot % 3);
                if (key <= PinKey.Nine)
                {
                    counts[(int)key, slot]++;
                }
            }
        }

        double square = 0;
        for (int digit = 0; digit < 10; digit++)
        {
            for (int slot = 0; slot < 12; slot++)
            {
                double off = slot is 9 or 11 ? 0 : counts[digit, slot] - (Draws / 10.0);
                square += off * off / (Draws / 10.0);
            }
        }

        // Chi square with 81 degrees of freedom: above 150 comes once in a hundred thousand runs.
        Assert.InRange(square, 20, 150);
    }

    [Fact]
    [Requirement("PIN-04")]
    [Requirement("PIN-02", Partly = true)]
    public void Nothing_that_leaves_the_component_can_hold_a_digit_or_a_place()
    {
        Assert.Equal([typeof(int), typeof(PinCue)], typeof(PinFeedback).GetProperties().Select(property => property.PropertyType));
        Assert.DoesNotContain(
            typeof(PinState).GetProperties(BindingFlags.Public | BindingFlags.Instance),
            property => property.PropertyType == typeof(PinKey) || property.PropertyType == typeof(double) || property.PropertyType.IsArray);
        Assert.DoesNotContain(Enum.GetNames<GuideCue>(), name => Enum.TryParse(name, out PinKey key) && key <= PinKey.Nine);
    }

    [Fact]
    [Requirement("PIN-01", Partly = true)]
    public void The_host_app_can_neither_see_nor_make_any_part_of_pin_entry() =>
        Assert.DoesNotContain(
            typeof(SoftPosTerminal).Assembly.GetExportedTypes(),
            type => type.Name.StartsWith("Pin", StringComparison.Ordinal) || type.Name.Contains("PinPad", StringComparison.Ordinal)
                || type.Name.Contains("PinScreen", StringComparison.Ordinal));

    [Fact]
    [Requirement("PIN-02", Partly = true)]
    public void Ticks_of_the_guided_mode_do_not_count_the_borders()
    {
        // The same slide again and again: without decoys and gaps a listener would hear the same number each time.
        HashSet<int> counts = [];
        for (int run = 0; run < 60; run++)
        {
            using PinPad pad = Open(PinLayout.Ordered);
            GuidedPinPad guided = new(pad, _time, _randomness);
            guided.FingerDown(0.1, 0.1);
            int ticks = 0;
            for (double y = 0.1; y < 0.75; y += 0.05)
            {
                _time.Advance(TimeSpan.FromMilliseconds(120));
                ticks += guided.FingerMove(0.1, y) == GuideCue.Border ? 1 : 0;
            }

            counts.Add(ticks);
        }

        Assert.True(counts.Count >= 3, $"the slide sounds alike: {string.Join(", ", counts)} ticks");
    }

    public void Dispose()
    {
        _block.Dispose();
        _randomness.Dispose();
    }

    private PinPad Open(PinLayout layout) => new(layout, PinTimes.Standard, _block, () => _obstacle, _time, _randomness);

    private void Enter(PinPad pad, string pin, bool guided)
    {
        foreach (char digit in pin)
        {
            Press(pad, (PinKey)(digit - '0'), guided);
        }
    }

    private void Press(PinPad pad, PinKey key, bool guided)
    {
        (double x, double y) = Find(pad.Layout, key);
        if (!guided)
        {
            pad.Touch(x, y);
            return;
        }

        GuidedPinPad guide = new(pad, _time, _randomness);
        guide.FingerDown(0.5, 0.5);
        guide.FingerMove(x, y);
        guide.SecondFingerTap();
    }

    private static (double X, double Y) Find(PinLayout layout, PinKey key)
    {
        for (int cell = 0; cell < PinLayout.Rows * PinLayout.Columns; cell++)
        {
            if (layout.At(cell / PinLayout.Columns, cell % PinLayout.Columns) == key)
            {
                return ((cell % PinLayout.Columns + 0.5) / PinLayout.Columns, (cell / PinLayout.Columns + 0.5) / PinLayout.Rows);
            }
        }

        throw new InvalidOperationException("no such key");
    }

    private string Decipher(byte[] block)
    {
        using PinEncryptionKey key = PinEncryptionKey.Import(PinCipher.Aes, _keyBytes);
        char[] pin = new char[PinBlock.LongestPin];
        Assert.True(PinCipherText.TryDecipher(key, PinBlockFormat.Iso4, block, Pan, pin, out int length));
        return new string(pin, 0, length);
    }
}
