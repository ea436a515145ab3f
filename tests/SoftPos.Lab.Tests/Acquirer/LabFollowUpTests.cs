using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Iso8583;

namespace SoftPos.Lab.Acquirer;

/// <summary>Pre-authorisations, completions, refunds and increments at the lab's acquirer, and the file that it writes of them.</summary>
public sealed class LabFollowUpTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly LabLedger _ledger = new();
    private readonly LabAcquirerDesk _desk;

    public LabFollowUpTests() => _desk = new LabAcquirerDesk(new LabAcquirerOptions(), _ledger, new FakeTimeProvider(Noon));

    public void Dispose() => _ledger.Dispose();

    private static LabTap Hold => new() { Change = static message => message[25] = "06" };

    [Fact]
    public void A_completion_charges_what_was_held_once_however_often_it_comes()
    {
        Assert.Equal("00", Code(Hold.Request()));
        LedgerOriginal held = Assert.Single(_ledger.Originals);
        Assert.Equal(0, held.ChargedMinor);
        Assert.Equal("00", Code(Advice(Hold, 2, 1_100)));
        Assert.Equal("00", Code(Advice(Hold, 2, 1_100, "0221")));
        Assert.Equal(1_100, held.ChargedMinor);
        Assert.Equal("12", Code(Advice(Hold, 3, 900)));
        Assert.Equal("12", Code(Hold.Reversal(4)));
        Assert.Equal(1_100, held.ChargedMinor);
    }

    [Fact]
    public void A_completion_of_too_much_or_of_nothing_known_is_refused()
    {
        Assert.Equal("25", Code(Advice(Hold, 2, 1_100)));
        Assert.Equal("00", Code(Hold.Request()));
        Assert.Equal("61", Code(Advice(Hold, 3, 1_563)));
        Assert.Equal("00", Code(Advice(Hold, 4, 1_562)));
    }

    [Fact]
    public void An_increment_raises_what_may_be_completed_and_needs_a_hold()
    {
        Code(Hold.Request());
        Assert.Equal("00", Code(Linked(Hold, 2, 500)));
        Assert.Equal("00", Code(Advice(Hold, 3, 1_750)));
        Assert.Equal("12", Code(Linked(Hold, 4, 500)));
        LabTap sale = new() { Stan = 5, Counter = 67 };
        Code(sale.Request());
        Assert.Equal("12", Code(Linked(sale, 6, 500)));
    }

    [Fact]
    public void Refunds_stay_within_what_was_charged_and_a_reversed_sale_has_none()
    {
        LabTap sale = new();
        Code(sale.Request());
        Assert.Equal("00", Code(Refund(sale, 2, 67, 1_000)));
        Assert.Equal("61", Code(Refund(sale, 3, 68, 300)));
        Assert.Equal("00", Code(Refund(sale, 4, 69, 250)));
        LabTap reversed = new() { Stan = 5, Counter = 70 };
        Code(reversed.Request());
        Code(reversed.Reversal(6));
        Assert.Equal("12", Code(Refund(reversed, 7, 71, 100)));
    }

    [Fact]
    public void The_file_has_each_approval_in_its_state_and_a_trailer_that_fits()
    {
        LabTap sale = new();
        Code(sale.Request());
        Code(Refund(sale, 2, 67, 200));
        LabTap hold = Hold with { Stan = 3, Counter = 68 };
        Code(hold.Request());
        LabTap reversed = new() { Stan = 4, Counter = 69 };
        Code(reversed.Request());
        Code(reversed.Reversal(5));
        Code(new LabTap { Stan = 6, Counter = 70, AmountMinor = 1_205 }.Request());
        using StringWriter text = new(CultureInfo.InvariantCulture);
        LabAcquirerFile.Write(_ledger.Originals, "123456", Noon.AddHours(-1), Noon.AddHours(1), text);
        string[] lines = text.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal("H,1,123456,2026-11-24T11:00:00.000Z,2026-11-24T13:00:00.000Z", lines[0]);
        Assert.Equal(
            ["sale,1250,978,charged", "refund,200,978,charged", "sale,1250,978,held", "sale,1250,978,reversed"],
            lines[1..^1].Select(line => string.Join(',', line.Split(',')[5..9])));
        Assert.Equal("T,4,1250,200", lines[^1]);
    }

    private static Iso8583Message Advice(LabTap tap, int stan, long amountMinor, string type = "0220")
    {
        Assert.True(Iso8583View.TryRead(tap.Request().Encode(), ShippedDialects.Lab, out Iso8583View original, out _));
        Iso8583Message message = new(ShippedDialects.Lab, type);
        message.Echo(original, 2, 3, 12, 13, 14, 22, 25, 32, 37, 41, 42, 49);
        message[4] = amountMinor.ToString(CultureInfo.InvariantCulture);
        message[7] = "1124120031";
        message[11] = stan.ToString(CultureInfo.InvariantCulture);
        message[90] = OriginalDataElements.Of(original).Text;
        return message;
    }

    /// <summary>More on a hold: no card, so no chip data.</summary>
    private static Iso8583Message Linked(LabTap tap, int stan, long amountMinor)
    {
        Iso8583Message message = (tap with { Stan = stan, AmountMinor = amountMinor }).Request();
        message[62] = $"632812{tap.Stan:D6}";
        message.Remove(55);
        return message;
    }

    private static Iso8583Message Refund(LabTap tap, int stan, ushort counter, long amountMinor) => (tap with
    {
        Stan = stan,
        Counter = counter,
        AmountMinor = amountMinor,
        Change = message =>
        {
            message[3] = "200000";
            message[62] = $"632812{tap.Stan:D6}";
        },
    }).Request();

    private string? Code(Iso8583Message message)
    {
        LabReply reply = Assert.Single(_desk.Take(message.Encode()));
        Assert.True(Iso8583View.TryRead(reply.Bytes.Span, ShippedDialects.Lab, out Iso8583View answer, out _));
        return answer.Text(39);
    }
}
