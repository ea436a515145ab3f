using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

/// <summary>Processing restrictions and terminal action analysis.</summary>
public sealed class Kernel2ActionTests
{
    [Theory]
    [InlineData("0002", 0x00)]
    [InlineData("0003", 0x80)]
    [InlineData(null, 0x00)]
    public void Another_application_version_sets_its_bit(string? version, byte second) =>
        Assert.Equal(second, Second(card => card.Record[EmvTag.CardVersion] = version is null ? null : ScriptedMastercard.Hex(version)));

    [Theory]
    [InlineData("261123", 0x40)]
    [InlineData("261124", 0x00)]
    [InlineData("261125", 0x00)]
    [InlineData("991231", 0x40)]
    [InlineData("26ZZ", 0x40)]
    public void An_expired_application_sets_its_bit_and_goes_on(string expiry, byte second)
    {
        byte[] value = expiry.Length == 6 ? ScriptedMastercard.Hex(expiry) : [0x26, 0xAB, 0xCD];
        Assert.Equal(second, Second(card => card.Record[EmvTag.ExpirationDate] = value));
    }

    [Theory]
    [InlineData("261123", 0x00)]
    [InlineData("261124", 0x00)]
    [InlineData("261125", 0x20)]
    public void An_application_that_is_not_yet_effective_sets_its_bit(string effective, byte second) =>
        Assert.Equal(second, Second(card => card.Record[EmvTag.EffectiveDate] = ScriptedMastercard.Hex(effective)));

    [Theory]
    [InlineData("0100", "0276", TransactionKind.Purchase, 0, true)]
    [InlineData("2100", "0276", TransactionKind.Purchase, 0, false)]
    [InlineData("0900", "0276", TransactionKind.Purchase, 0, false)]
    [InlineData("2900", "0840", TransactionKind.Purchase, 0, true)]
    [InlineData("1100", "0840", TransactionKind.Purchase, 0, false)]
    [InlineData("0500", "0840", TransactionKind.Purchase, 0, false)]
    [InlineData("8100", "0276", TransactionKind.CashAdvance, 0, false)]
    [InlineData("4100", "0276", TransactionKind.CashAdvance, 0, true)]
    [InlineData("4100", "0840", TransactionKind.CashAdvance, 0, false)]
    [InlineData("2100", "0276", TransactionKind.PurchaseWithCashback, 500, true)]
    [InlineData("2180", "0276", TransactionKind.PurchaseWithCashback, 500, false)]
    [InlineData("2140", "0276", TransactionKind.PurchaseWithCashback, 500, true)]
    [InlineData("1140", "0840", TransactionKind.PurchaseWithCashback, 500, false)]
    [InlineData("FEC0", "0276", TransactionKind.Purchase, 0, true)]
    public void Usage_control_is_held_against_place_and_kind(string usage, string country, TransactionKind kind, long other, bool refused) =>
        Assert.Equal(refused ? 0x10 : 0x00, Second(card =>
        {
            card.Record[EmvTag.ApplicationUsageControl] = ScriptedMastercard.Hex(usage);
            card.Record[EmvTag.IssuerCountryCode] = ScriptedMastercard.Hex(country);
            card.Request = card.Request with { Kind = kind, OtherAmountMinor = other };
        }));

    [Theory]
    [InlineData(0x14, "8000000000", "FE00", true)]
    [InlineData(0x14, "8000000000", "0200", false)]
    [InlineData(0x14, "0000000000", "FD00", false)]
    [InlineData(0x22, "8000000000", "0200", true)]
    public void A_cash_machine_has_a_bit_of_its_own(byte terminalType, string capabilities, string usage, bool refused)
    {
        bool isAtm = terminalType == 0x14 && capabilities[0] == '8';
        Assert.Equal(refused && !isAtm ? 0x10 : 0x00, Second(card =>
        {
            card.TerminalType = terminalType;
            card.TerminalObjects[EmvTag.AdditionalCapabilities] = ScriptedMastercard.Hex(capabilities);
            card.Record[EmvTag.ApplicationUsageControl] = ScriptedMastercard.Hex(usage);
            card.Record[EmvTag.IssuerCountryCode] = null;
        }));
    }

    [Theory]

    // Terminal type, TAC denial, online, default, then the same of the issuer; null is absent. TVR is 8000000001.
    [InlineData(0x22, "00", "00", "00", "00", "00", "00", 0x40)]
    [InlineData(0x22, "80", "00", "00", "00", "00", "00", 0x00)]
    [InlineData(0x22, "00", "00", "00", "80", "00", "00", 0x00)]
    [InlineData(0x22, "00", "80", "00", "00", "00", "00", 0x80)]
    [InlineData(0x22, "00", "00", "00", "00", "80", "00", 0x80)]
    [InlineData(0x22, "00", "00", "80", "00", "00", "80", 0x40)]
    [InlineData(0x22, "00", "00", "00", null, "00", "00", 0x40)]
    [InlineData(0x22, "00", "00", "00", "00", null, "00", 0x80)]
    [InlineData(0x21, "00", "00", "00", "00", "00", "00", 0x80)]
    [InlineData(0x21, "80", "00", "00", "00", "00", "00", 0x00)]
    [InlineData(0x24, "00", "00", "00", "00", "00", "00", 0x80)]
    [InlineData(0x23, "00", "80", "00", "00", "80", "00", 0x40)]
    [InlineData(0x23, "00", "00", "80", "00", "00", "00", 0x00)]
    [InlineData(0x23, "00", "00", "00", "00", "00", "80", 0x00)]
    [InlineData(0x26, "00", "00", "00", "00", "00", null, 0x00)]
    public void Action_codes_decide_which_cryptogram_is_asked_for(
        byte terminalType, string tacDenial, string tacOnline, string tacDefault, string? iacDenial, string? iacOnline, string? iacDefault, byte control)
    {
        ScriptedMastercard card = new() { TerminalType = terminalType };
        card.Kernel = card.Kernel with { TacDenial = Code(tacDenial)!, TacOnline = Code(tacOnline)!, TacDefault = Code(tacDefault)! };
        card.Record[EmvTag.IacDenial] = Code(iacDenial);
        card.Record[EmvTag.IacOnline] = Code(iacOnline);
        card.Record[EmvTag.IacDefault] = Code(iacDefault);

        Outcome outcome = card.Run();

        Assert.Equal("8000000001", outcome.Tvr.ToString());
        Assert.Equal(control, card.Control);
    }

    [Fact]
    public void Each_bit_of_the_results_is_found_by_a_code_that_is_all_ones_and_by_no_other()
    {
        (Action<ScriptedMastercard> Make, Tvr Bit)[] cases =
        [
            (card => card.Record[EmvTag.CardVersion] = [0, 9], Tvr.VersionsDiffer),
            (card => card.Record[EmvTag.ExpirationDate] = [0x20, 0x12, 0x31], Tvr.Expired),
            (card => card.Record[EmvTag.EffectiveDate] = [0x30, 0x12, 0x31], Tvr.NotYetEffective),
            (card => card.Record[EmvTag.ApplicationUsageControl] = [0, 0], Tvr.ServiceNotAllowed),
            (card => card.Record[EmvTag.CvmList] = ScriptedMastercard.Hex("00000000000000000000"), Tvr.CvmFailed),
            (card => card.Request = card.Request with { AmountMinor = 60_000 }, Tvr.FloorLimitExceeded),
        ];
        foreach ((Action<ScriptedMastercard> make, Tvr bit) in cases)
        {
            ScriptedMastercard refused = new();
            make(refused);
            refused.Kernel = refused.Kernel with { TacDenial = bit.ToArray() };
            Assert.Equal(OutcomeReason.ActionCodes, refused.Run().Reason);

            ScriptedMastercard taken = new();
            make(taken);
            taken.Kernel = taken.Kernel with { TacDenial = new Tvr(0xFF_FFFF_FFFF & ~bit.Value & ~taken.Run().Tvr.Value).ToArray() };
            taken.Commands.Clear();
            Assert.NotEqual(0x00, taken.RunAgain().Control);
        }
    }

    [Fact]
    public void An_account_on_the_exception_file_is_refused_whatever_the_codes_say()
    {
        ScriptedMastercard card = new();
        card.ExceptionFile.Add("5413339000001513");

        Outcome outcome = card.Run();

        Assert.Equal(0x00, card.Control);
        Assert.True(outcome.Tvr.Has(Tvr.OnExceptionFile));
        Assert.Equal(OutcomeKind.Declined, outcome.Kind);
    }

    private static byte[]? Code(string? first) => first is null ? null : [Convert.ToByte(first, 16), 0, 0, 0, 0];

    private static int Second(Action<ScriptedMastercard> change)
    {
        ScriptedMastercard card = new();
        change(card);
        Outcome outcome = card.Run();
        Assert.NotNull(outcome.DataRecord);
        return outcome.Tvr.ToArray()[1];
    }
}
