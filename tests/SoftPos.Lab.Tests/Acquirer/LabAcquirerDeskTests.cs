using Microsoft.Extensions.Time.Testing;
using SoftPos.Cryptography;
using SoftPos.Iso7816;
using SoftPos.Iso8583;

namespace SoftPos.Lab.Acquirer;

public sealed class LabAcquirerDeskTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly LabLedger _ledger = new();
    private readonly LabAcquirerDesk _desk;

    public LabAcquirerDeskTests() => _desk = new LabAcquirerDesk(new LabAcquirerOptions(), _ledger, _time);

    public void Dispose() => _ledger.Dispose();

    [Theory]
    [InlineData("visa", ArpcMethod.Two)]
    [InlineData("visa-cvn10", ArpcMethod.One)]
    [InlineData("visa-cvn22", ArpcMethod.Two)]
    [InlineData("visa-long-pan", ArpcMethod.Two)]
    [InlineData("mastercard", ArpcMethod.One)]
    [InlineData("mastercard-csk", ArpcMethod.One)]
    public void A_genuine_tap_is_approved_and_the_card_accepts_the_issuers_answer(string card, ArpcMethod method)
    {
        LabTap tap = new() { Card = card };
        Iso8583Message answer = Only(tap.Request());
        Assert.Equal(("0110", "00"), (answer.Type.ToString(), answer[39]));
        Assert.Equal("000001", answer[38]);
        Assert.Equal("000000001250", answer[4]);
        Assert.True(TlvMap.TryParse(answer.Content(55), out TlvMap? data, out _));
        Assert.True(IssuerResponse.Verify(method, tap.AnswerKey(), tap.Cryptogram(), data[0x91]));
        Assert.False(IssuerResponse.Verify(method, tap.CardKey().Reverse().ToArray(), tap.Cryptogram(), data[0x91]));
        Assert.Equal("3030", Convert.ToHexString(data[0x8A]!));
    }

    [Theory]
    [InlineData(0x9F26u, "82")]
    [InlineData(0x9F37u, "82")]
    [InlineData(0x9F36u, "82")]
    [InlineData(0x95u, "82")]
    [InlineData(0x9F1Au, "82")]
    [InlineData(0x82u, "82")]
    [InlineData(0x9F02u, "13")]
    [InlineData(0x5F2Au, "13")]
    [InlineData(0x84u, "59")]
    public void Changed_card_data_is_declined_and_gets_no_issuer_answer(uint tag, string code)
    {
        LabTap tap = new() { Tamper = data => data[tag]![3 % data[tag]!.Length] ^= 0x10 };
        Iso8583Message answer = Only(tap.Request());
        Assert.Equal(code, answer[39]);
        Assert.Null(answer[38]);
        Assert.False(answer.Has(55));
    }

    [Fact]
    public void A_missing_element_of_the_cryptogram_is_a_format_error() =>
        Assert.Equal("30", Only(new LabTap { Tamper = data => data[0x9F37] = null }.Request())[39]);

    [Fact]
    public void A_card_that_declined_itself_is_declined() =>
        Assert.Equal("05", Only(new LabTap { Tamper = data => data[0x9F27] = [0x00] }.Request())[39]);

    [Fact]
    public void A_claimed_verification_on_the_device_must_be_covered_by_the_cryptogram()
    {
        Assert.Equal("59", Only(new LabTap { Tamper = data => data[0x9F6C] = [0x00, 0x80] }.Request())[39]);
        Assert.Equal("00", Only(new LabTap { Stan = 2, Tamper = data => data[0x9F6C] = [0x00, 0x00] }.Request())[39]);
    }

    [Fact]
    [Requirement("ACC-06")]
    public void Amount_of_message_and_card_must_agree() =>
        Assert.Equal("13", Only(new LabTap { Change = message => message[4] = "1251" }.Request())[39]);

    [Theory]
    [InlineData("visa-expired", "54")]
    [InlineData("visa", "00")]
    public void An_expired_card_is_declined(string card, string code) => Assert.Equal(code, Only(new LabTap { Card = card }.Request())[39]);

    [Fact]
    public void An_unknown_card_is_declined() =>
        Assert.Equal("14", Only(new LabTap { Change = message => message[2] = "4761739001999999" }.Request())[39]);

    [Fact]
    public void A_request_without_chip_data_is_declined() =>
        Assert.Equal("57", Only(new LabTap { Change = message => message.Remove(55) }.Request())[39]);

    [Fact]
    public void A_replayed_tap_under_a_new_stan_is_declined()
    {
        Assert.Equal("00", Only(new LabTap().Request())[39]);
        Assert.Equal("59", Only(new LabTap { Stan = 2 }.Request())[39]);
        Assert.Equal("00", Only(new LabTap { Stan = 3, Counter = 67 }.Request())[39]);
    }

    [Fact]
    public void A_wrong_cryptogram_does_not_move_the_counter()
    {
        Assert.Equal("82", Only(new LabTap { Counter = 900, Tamper = data => data[0x9F26]![0] ^= 1 }.Request())[39]);
        Assert.Equal("00", Only(new LabTap { Stan = 2, Counter = 5 }.Request())[39]);
    }

    [Fact]
    public void A_counter_that_goes_back_is_declined_but_one_that_was_overtaken_is_not()
    {
        string?[] codes = [.. new ushort[] { 200, 199, 203, 202, 201, 202, 198 }
            .Select((counter, index) => Only(new LabTap { Counter = counter, Stan = index + 1 }.Request())[39])];
        Assert.Equal("00 59 00 00 00 59 59", string.Join(' ', codes));
    }

    [Fact]
    public void The_same_request_again_gets_the_same_answer_and_no_second_authorisation()
    {
        Iso8583Message first = Only(new LabTap().Request());
        Iso8583Message again = Only(new LabTap().Request("0101"));
        Assert.Equal((first[39], first[38]), (again[39], again[38]));
        Assert.Equal(2, Assert.Single(_ledger.Originals).Messages);
    }

    [Fact]
    public void A_reversal_and_its_repeats_reverse_once()
    {
        LabTap tap = new();
        Only(tap.Request());
        Iso8583Message answer = Only(tap.Reversal(2));
        Assert.Equal(("0410", "00"), (answer.Type.ToString(), answer[39]));
        Assert.Equal("0410", Only(tap.Reversal(2, "0401")).Type.ToString());
        LedgerOriginal original = Assert.Single(_ledger.Originals);
        Assert.NotNull(original.ReversedAt);
        Assert.Equal(2, original.ReversalMessages);
        Assert.Equal(["000002"], original.ReversalStans);
    }

    [Fact]
    public void An_advice_of_reversal_is_answered_as_advice()
    {
        LabTap tap = new();
        Only(tap.Request());
        Assert.Equal("0430", Only(tap.Reversal(2, "0420")).Type.ToString());
        Assert.Equal("0430", Only(tap.Reversal(2, "0421")).Type.ToString());
    }

    [Fact]
    public void A_reversal_of_what_was_never_seen_says_so_and_stops_the_original_that_comes_later()
    {
        LabTap tap = new();
        Assert.Equal("25", Only(tap.Reversal(2))[39]);
        Assert.Equal("21", Only(tap.Request())[39]);
        Assert.False(Assert.Single(_ledger.Originals).IsApproved);
    }

    [Fact]
    public void A_reversal_of_another_amount_is_refused()
    {
        LabTap tap = new();
        Only(tap.Request());
        Iso8583Message reversal = tap.Reversal(2);
        reversal[4] = "1";
        Assert.Equal("64", Only(reversal)[39]);
        Assert.Null(Assert.Single(_ledger.Originals).ReversedAt);
    }

    [Theory]
    [InlineData(1271, "91")]
    [InlineData(1272, null)]
    public void Stubborn_amounts_take_the_third_reversal(long amount, string? firstCode)
    {
        LabTap tap = new() { AmountMinor = amount };
        Assert.Empty(Take(tap.Request()));
        for (int i = 0; i < SandboxAmounts.ReversalsRefused; i++)
        {
            Assert.Equal(firstCode, Take(tap.Reversal(2, i == 0 ? "0400" : "0401")).Select(Decode).SingleOrDefault()?[39]);
        }

        Assert.Equal("00", Only(tap.Reversal(2, "0401"))[39]);
        Assert.NotNull(Assert.Single(_ledger.Originals).ReversedAt);
    }

    [Fact]
    public void Every_row_of_the_table_does_what_it_says()
    {
        int stan = 0;
        foreach (SandboxRule rule in SandboxAmounts.Table)
        {
            stan++;
            LabTap tap = new() { AmountMinor = 10_000 + rule.Cents, Stan = stan, Counter = (ushort)stan };
            IReadOnlyList<LabReply> replies = Take(tap.Request());
            Assert.Equal(rule.Code, _ledger.Entries[^1].Code);
            switch (rule.Behaviour)
            {
                case SandboxBehaviour.Silent or SandboxBehaviour.SilentThenIgnoreReversals or SandboxBehaviour.SilentThenRefuseReversals:
                    Assert.Empty(replies);
                    break;
                case SandboxBehaviour.Twice:
                    Assert.Equal(2, replies.Count);
                    Assert.Same(replies[0], replies[1]);
                    break;
                case SandboxBehaviour.Disconnect:
                    Assert.Equal(ReplyManner.Close, Assert.Single(replies).Manner);
                    break;
                case SandboxBehaviour.Malformed:
                    Assert.False(Iso8583View.TryRead(Assert.Single(replies).Bytes.Span, ShippedDialects.Lab, out _, out _));
                    break;
                default:
                    AssertAnswer(rule, tap, Assert.Single(replies));
                    break;
            }
        }
    }

    [Theory]
    [InlineData(1234)]
    [InlineData(1250)]
    [InlineData(1200)]
    [InlineData(1)]
    public void Other_amounts_are_approved(long amount) =>
        Assert.Equal(amount == 1 ? "01" : "00", Only(new LabTap { AmountMinor = amount }.Request())[39]);

    [Fact]
    public void The_pin_is_verified_under_the_shared_key()
    {
        byte[] key = Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210");
        LabAcquirerDesk desk = new(new LabAcquirerOptions { PinKey = key }, _ledger, _time);
        string?[] codes = [.. new[] { "1234", "4321" }.Select((pin, index) =>
        {
            LabTap tap = new() { Stan = index + 1, Counter = (ushort)(index + 1) };
            byte[] block = new byte[8];
            using System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create();
            PinBlock.Encode(PinBlockFormat.Iso0, pin, tap.Issued.Pan, random, block);
            Tdes.EncryptEcb(key, block, block);
            return Decode(Assert.Single(desk.Take((tap with { Change = message => message.Set(52, block) }).Request().Encode())))[39];
        })];
        Assert.Equal("00 55", string.Join(' ', codes));
    }

    [Fact]
    public void With_a_mac_key_only_sealed_messages_are_taken_and_answers_are_sealed()
    {
        byte[] key = Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210");
        LabAcquirerDesk desk = new(new LabAcquirerOptions { MacKey = key }, _ledger, _time);
        Assert.Equal("63", Decode(Assert.Single(desk.Take(new LabTap().Request().Encode())))[39]);
        Assert.Empty(_ledger.Originals);
        LabReply reply = Assert.Single(desk.Take(MessageMac.Seal(new LabTap().Request(), Mac)));
        Assert.True(Iso8583View.TryRead(reply.Bytes.Span, ShippedDialects.Lab, out Iso8583View view, out _));
        Assert.Equal("00", view.Text(39));
        Assert.True(MessageMac.Verify(view, Mac));

        byte[] Mac(ReadOnlySpan<byte> covered)
        {
            byte[] mac = new byte[8];
            RetailMac.Compute(key, covered, MacPadding.Method1, mac);
            return mac;
        }
    }

    [Theory]
    [InlineData("001", "00")]
    [InlineData("301", "00")]
    [InlineData("101", "40")]
    public void Network_messages_are_answered(string code, string expected)
    {
        Iso8583Message answer = Only(new Iso8583Message(ShippedDialects.Lab, "0800") { [7] = "1124120000", [11] = "9", [70] = code });
        Assert.Equal(("0810", expected, code), (answer.Type.ToString(), answer[39], answer[70]));
    }

    [Fact]
    public void Any_changed_byte_of_a_request_gives_an_answer_or_silence_and_never_a_second_approval()
    {
        byte[] request = new LabTap().Request().Encode();
        for (int i = 0; i < request.Length; i++)
        {
            foreach (byte value in new byte[] { 0x00, 0x01, 0x30, 0x39, 0x80, 0xFF })
            {
                byte[] changed = [.. request];
                changed[i] = value;
                _ = _desk.Take(changed);
            }
        }

        // The same tap under changed references is approved once at most: its counter is used up by the first.
        Assert.True(_ledger.Originals.Count(original => original.IsApproved) <= 1);
    }

    [Fact]
    public void The_ledger_holds_no_account_number()
    {
        LabTap tap = new();
        Only(tap.Request());
        Only(tap.Reversal(2));
        Assert.All(_ledger.Entries, entry => Assert.DoesNotContain(tap.Issued.Pan, entry.ToString(), StringComparison.Ordinal));
        Assert.All(_ledger.Entries, entry => Assert.Equal("visa", entry.Card));
    }

    private static void AssertAnswer(SandboxRule rule, LabTap tap, LabReply reply)
    {
        Iso8583Message answer = Decode(reply);
        Assert.Equal(rule.Code, answer[39]);
        Assert.Equal(rule.Behaviour is SandboxBehaviour.WrongStan, answer[11] != $"{tap.Stan:D6}");
        long expected = rule.Behaviour switch
        {
            SandboxBehaviour.ApproveHalf => tap.AmountMinor / 2,
            SandboxBehaviour.WrongAmount => tap.AmountMinor + 1,
            _ => tap.AmountMinor,
        };
        Assert.Equal($"{expected:D12}", answer[4]);
        LabAcquirerOptions options = new();
        TimeSpan delay = rule.Behaviour switch
        {
            SandboxBehaviour.Slow => options.SlowDelay,
            SandboxBehaviour.Late => options.LateDelay,
            _ => TimeSpan.Zero,
        };
        Assert.Equal(delay, reply.Delay);
        Assert.Equal(rule.Behaviour is SandboxBehaviour.DisconnectMidway ? ReplyManner.HalfThenClose : ReplyManner.Whole, reply.Manner);
        Assert.Equal(rule.Behaviour is SandboxBehaviour.WrongMac, answer.Has(64));
    }

    private IReadOnlyList<LabReply> Take(Iso8583Message message) => _desk.Take(message.Encode());

    private Iso8583Message Only(Iso8583Message message) => Decode(Assert.Single(Take(message)));

    private static Iso8583Message Decode(LabReply reply)
    {
        Assert.True(Iso8583Message.TryDecode(reply.Bytes.Span, ShippedDialects.Lab, out Iso8583Message? message, out Iso8583Fault fault), fault.Message);
        return message;
    }
}
