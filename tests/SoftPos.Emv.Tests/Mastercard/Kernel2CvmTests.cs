using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

public sealed class Kernel2CvmTests
{
    private const string Amounts = "0000000100000002";

    [Theory]

    // Every condition; X is 1, Y is 2; the amount is 1000, a purchase in the currency of the application.
    [InlineData("1F00", "1F0002", CvmKind.NoCvm, "00")]
    [InlineData("1F01", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("1F02", "1F0202", CvmKind.NoCvm, "00")]
    [InlineData("1F03", "1F0302", CvmKind.NoCvm, "00")]
    [InlineData("1F04", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("1F05", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("1F06", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("1F07", "1F0702", CvmKind.NoCvm, "00")]
    [InlineData("1F08", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("1F09", "1F0902", CvmKind.NoCvm, "00")]
    [InlineData("1F0A", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("1F801F00", "1F0002", CvmKind.NoCvm, "00")]

    // Methods.
    [InlineData("0200", "020000", CvmKind.OnlinePin, "04")]
    [InlineData("4200", "420000", CvmKind.OnlinePin, "04")]
    [InlineData("1E00", "1E0000", CvmKind.ObtainSignature, "00")]
    [InlineData("5E03", "5E0300", CvmKind.ObtainSignature, "00")]

    // An offline PIN is recognised, never supported.
    [InlineData("0100", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("41001F00", "1F0002", CvmKind.NoCvm, "00")]
    [InlineData("0400", "3F0001", CvmKind.NoCvm, "80")]
    [InlineData("44000300", "3F0001", CvmKind.NoCvm, "80")]

    // A code that nobody knows sets its bit, and the list goes on only where bit 7 says so.
    [InlineData("06001F00", "3F0001", CvmKind.NoCvm, "C0")]
    [InlineData("46001F00", "1F0002", CvmKind.NoCvm, "40")]
    [InlineData("66001F00", "1F0002", CvmKind.NoCvm, "40")]

    // "Fail" reports itself, in the middle and at the end.
    [InlineData("00001F00", "000001", CvmKind.NoCvm, "80")]
    [InlineData("4000", "400001", CvmKind.NoCvm, "80")]
    [InlineData("40001F00", "1F0002", CvmKind.NoCvm, "00")]
    [InlineData("", "3F0001", CvmKind.NoCvm, "80")]
    public void A_rule_of_the_list_gives_method_results_and_bits(string rules, string results, CvmKind cvm, string thirdByte)
    {
        ScriptedMastercard card = new();
        card.Kernel = card.Kernel with { CvmLimit = 0 };
        card.Record[EmvTag.CvmList] = ScriptedMastercard.Hex(Amounts + rules);

        Outcome outcome = card.Run();

        Assert.Equal(results, card.Sent(EmvTag.CvmResults));
        Assert.Equal(results, Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!));
        Assert.Equal(cvm, outcome.Cvm);
        Assert.Equal(thirdByte, outcome.Tvr.ToString()[4..6]);
    }

    [Theory]
    [InlineData("1F06", 0, true)]
    [InlineData("1F06", 1, false)]
    [InlineData("1F06", 2, false)]
    [InlineData("1F07", 0, false)]
    [InlineData("1F07", 1, false)]
    [InlineData("1F07", 2, true)]
    [InlineData("1F08", 1, true)]
    [InlineData("1F08", 2, false)]
    [InlineData("1F08", 3, false)]
    [InlineData("1F09", 1, false)]
    [InlineData("1F09", 2, false)]
    [InlineData("1F09", 3, true)]
    public void Under_and_over_leave_the_amount_itself_out(string rule, long amount, bool met)
    {
        ScriptedMastercard card = new();
        card.Record[EmvTag.CvmList] = ScriptedMastercard.Hex(Amounts + rule);
        card.Request = card.Request with { AmountMinor = amount };

        Assert.Equal(met, !card.Run().Tvr.Has(Tvr.CvmFailed));
    }

    [Theory]
    [InlineData(TransactionKind.CashAdvance, 0x22, "1F04", true)]
    [InlineData(TransactionKind.CashAdvance, 0x25, "1F04", false)]
    [InlineData(TransactionKind.CashAdvance, 0x25, "1F01", true)]
    [InlineData(TransactionKind.CashAdvance, 0x22, "1F02", false)]
    [InlineData(TransactionKind.PurchaseWithCashback, 0x22, "1F05", true)]
    [InlineData(TransactionKind.PurchaseWithCashback, 0x22, "1F02", false)]
    [InlineData(TransactionKind.Purchase, 0x25, "1F02", true)]
    public void Cash_conditions_follow_the_kind_and_the_terminal(TransactionKind kind, byte terminalType, string rule, bool met)
    {
        ScriptedMastercard card = new() { TerminalType = terminalType };
        card.Record[EmvTag.CvmList] = ScriptedMastercard.Hex(Amounts + rule);
        card.Request = card.Request with { Kind = kind };

        Assert.Equal(met, !card.Run().Tvr.Has(Tvr.CvmFailed));
    }

    [Fact]
    public void Amount_conditions_count_in_the_currency_of_the_application_only()
    {
        ScriptedMastercard card = new();
        card.Record[EmvTag.CvmList] = ScriptedMastercard.Hex(Amounts + "1F09");
        card.Record[EmvTag.ApplicationCurrency] = ScriptedMastercard.Hex("0840");
        Assert.True(card.Run().Tvr.Has(Tvr.CvmFailed));

        ScriptedMastercard without = new();
        without.Record[EmvTag.CvmList] = ScriptedMastercard.Hex(Amounts + "1F09");
        without.Record[EmvTag.ApplicationCurrency] = null;
        Assert.True(without.Run().Tvr.Has(Tvr.CvmFailed));
    }

    [Theory]
    [InlineData("0880", "3F0000", false)]
    [InlineData("1880", "3F0000", true)]
    public void Without_cardholder_verification_or_list_nothing_is_asked(string aip, string results, bool missing)
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex(aip);
        card.Record[EmvTag.CvmList] = missing ? null : card.Record[EmvTag.CvmList];

        Outcome outcome = card.Run();

        Assert.Equal(results, card.Sent(EmvTag.CvmResults));
        Assert.Equal(missing, outcome.Tvr.Has(Tvr.CardDataMissing));
    }

    [Theory]
    [InlineData("00000001")]
    [InlineData("00000001000000021F")]
    public void A_malformed_list_is_a_parsing_error(string list)
    {
        ScriptedMastercard card = new();
        card.Record[EmvTag.CvmList] = ScriptedMastercard.Hex(list);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.BadCardData), (outcome.Kind, outcome.Reason));
        Assert.Equal("00040000001C", ScriptedMastercard.Error(outcome));
    }

    [Fact]
    public void A_verification_on_the_device_is_not_believed_without_a_signature()
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("1A80");
        card.Request = card.Request with { AmountMinor = 6000 };

        Outcome outcome = card.Run();

        // GAC.22: an AAC is asked for.
        Assert.Equal(0x00, card.Control);
        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ActionCodes), (outcome.Kind, outcome.Reason));
    }
}
