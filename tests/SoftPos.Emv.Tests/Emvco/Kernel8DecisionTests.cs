using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>Limits, action analysis, verification and merge of results (Book C-8, 202122232425.7 to .21, 29.22 to 29.42).</summary>
public sealed class Kernel8DecisionTests
{
    private const byte Aac = 0x00, Tc = 0x40, Arqc = 0x80;

    [Theory]
    [InlineData(0x21, "0000000000", "0000000000", "010A", Arqc)]
    [InlineData(0x24, "0000000000", "0000000000", "010A", Arqc)]
    [InlineData(0x21, "0000000001", "0000000000", "010A", Aac)]
    [InlineData(0x22, "0000000000", "0000000000", "010A", Tc)]
    [InlineData(0x22, "0000000000", "0000000000", "0102", Arqc)]
    [InlineData(0x22, "0000000000", "0000000001", "010A", Arqc)]
    [InlineData(0x22, "0000000001", "0000000001", "010A", Aac)]
    [InlineData(0x23, "0000000000", "0000000001", "010A", Tc)]
    [InlineData(0x26, "0000000000", "0000000000", "0102", Aac)]
    public void Action_codes_terminal_and_card_decide_which_cryptogram_is_asked_for(byte terminal, string denial, string online, string aip, byte control)
    {
        ScriptedKernel8 card = new() { TerminalType = terminal };
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex(aip);
        card.Kernel = card.Kernel with { TacDenial = ScriptedKernel8.Hex(denial), TacOnline = ScriptedKernel8.Hex(online) };

        card.Run();

        Assert.Equal(control, card.Control);
    }

    [Theory]
    [InlineData(5000, "4C", "4C00", false)]
    [InlineData(5001, "64", "6480", true)]
    public void The_amount_chooses_the_verifications_that_are_offered(long amount, string capability, string risk, bool receipt)
    {
        ScriptedKernel8 card = new();
        card.Request = card.Request with { AmountMinor = amount };
        card.TerminalObjects[EmvTag.RiskManagementData] = ScriptedKernel8.Hex("FF00000000000000");
        card.Cryptogram[0x9F8102] = [0x02];

        Outcome outcome = card.Run();

        Assert.Equal($"00{capability}10", card.Told(EmvTag.TerminalCapabilities));
        Assert.Equal(risk + "000000000000", card.Told(EmvTag.RiskManagementData));
        Assert.Equal(receipt, outcome.Receipt);
    }

    [Theory]
    [InlineData(50_000, "0000000081")]
    [InlineData(50_001, "0000008081")]
    public void More_than_the_floor_limit_sets_its_bit(long amount, string tvr)
    {
        ScriptedKernel8 card = new();
        card.Request = card.Request with { AmountMinor = amount };

        card.Run();

        Assert.Equal(tvr, card.Told(EmvTag.Tvr));
    }

    [Fact]
    public void Limits_of_the_kernel_win_over_those_of_the_combination()
    {
        ScriptedKernel8 card = new();
        card.Kernel = card.Kernel with { FloorLimit = 999, CvmLimit = 999 };

        Outcome outcome = card.Run();

        Assert.Equal("0000008081", card.Told(EmvTag.Tvr));
        Assert.True(outcome.Receipt);
    }

    [Fact]
    public void Another_AID_than_the_terminals_sets_its_bit()
    {
        ScriptedKernel8 card = new();
        card.TerminalObjects[EmvTag.TerminalAid] = ScriptedKernel8.Hex("A000000003");

        Assert.Equal("00000000C1", card.Run().Tvr.ToString());
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("0002")]
    public void A_card_without_local_authentication_is_reported(string aip)
    {
        ScriptedKernel8 card = new();
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex(aip);

        Outcome outcome = card.Run();

        Assert.Equal("8000000081", outcome.Tvr.ToString());
        Assert.Null(outcome.Oda);
    }

    [Fact]
    public void A_listed_account_is_refused_whatever_the_codes_say()
    {
        ScriptedKernel8 card = new();
        card.ExceptionFile.Add(ScriptedKernel8.PanHex);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ExceptionFile, Aac), (outcome.Kind, outcome.Reason, card.Control));
    }

    [Theory]
    [InlineData(EmvTag.Amount, "", OutcomeReason.AmountMissing, "000003" + "0000FF")]
    [InlineData(EmvTag.TransactionDate, "", OutcomeReason.AmountMissing, "000003" + "0000FF")]
    [InlineData(EmvTag.Amount, "00000000100A", OutcomeReason.AmountMissing, "000F00" + "0000FF")]
    public void The_terminal_must_give_amount_and_date_in_digits(uint tag, string value, OutcomeReason reason, string error)
    {
        ScriptedKernel8 card = new();
        card.Fci[0x9F38] = ScriptedKernel8.Hex("9E409F2B08");
        card.Options[EmvTag.Cdol1] = ScriptedKernel8.Hex("9F3704");
        card.Request = card.Request with { TerminalObjects = new TlvMap { [tag] = ScriptedKernel8.Hex(value) } };

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, reason, error), (outcome.Kind, outcome.Reason, ScriptedKernel8.Error(outcome)));
        Assert.DoesNotContain(card.Commands, command => command[1] == 0xAE);
    }

    [Theory]
    [InlineData(0x00, 0x08, "1F0002", CvmKind.NoCvm, "0000000081")]
    [InlineData(0x01, 0x20, "1E0000", CvmKind.ObtainSignature, "0000000081")]
    [InlineData(0x02, 0x40, "020000", CvmKind.OnlinePin, "0000040081")]
    [InlineData(0x03, 0x04, "010002", CvmKind.ConfirmationCodeVerified, "0000000081")]
    [InlineData(0x0F, 0x00, "3F0000", CvmKind.NotApplicable, "0000000081")]
    [InlineData(0xFF, 0xFC, "3F0001", CvmKind.NotApplicable, "0000800081")]
    [InlineData(0x04, 0xFC, "3F0001", CvmKind.NotApplicable, "0000800081")]
    [InlineData(0x00, 0x64, "3F0001", CvmKind.NotApplicable, "0000800081")]
    [InlineData(0x01, 0x4C, "3F0001", CvmKind.NotApplicable, "0000800081")]
    [InlineData(0x02, 0x2C, "3F0001", CvmKind.NotApplicable, "0000800081")]
    [InlineData(0x03, 0x68, "3F0001", CvmKind.NotApplicable, "0000800081")]
    public void The_card_verifies_among_what_was_offered(byte decision, byte offered, string results, CvmKind cvm, string tvr)
    {
        ScriptedKernel8 card = new();
        card.Kernel = card.Kernel with { CvmCapabilityNotRequired = offered };
        card.Cryptogram[0x9F8102] = [decision];

        Outcome outcome = card.Run();

        Assert.Equal(results, Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!));
        Assert.Equal((cvm, tvr), (outcome.Cvm, outcome.Tvr.ToString()));
        Assert.Equal(cvm is CvmKind.ObtainSignature, outcome.Receipt);
    }

    [Theory]
    [InlineData("00F0000000", "00F0000081")]
    [InlineData("FFFFFFFFFF", "7BFF7B7FB1")]
    [InlineData("0000000000", "0000000081")]
    [InlineData("8400848000", "0000000081")]
    public void The_cards_results_are_merged_outside_of_the_mask(string ofCard, string tvr)
    {
        ScriptedKernel8 card = new();
        card.Cryptogram[0x9F8104] = ScriptedKernel8.Hex(ofCard);

        Assert.Equal(tvr, card.Run().Tvr.ToString());
    }

    [Fact]
    public void A_card_cannot_clear_what_the_reader_found()
    {
        ScriptedKernel8 card = new() { Flips = { ["card certificate"] = 900 } };
        card.TerminalObjects[EmvTag.TerminalAid] = ScriptedKernel8.Hex("A000000003");
        card.Cryptogram[0x9F8104] = new byte[5];

        Assert.Equal("04000000C1", card.Run().Tvr.ToString());
    }

    [Fact]
    public void The_cards_results_are_for_the_action_codes_too()
    {
        ScriptedKernel8 card = new();
        card.Cryptogram[0x9F8104] = ScriptedKernel8.Hex("0040000000");
        card.Kernel = card.Kernel with { TacDenial = ScriptedKernel8.Hex("0040000000") };

        Outcome outcome = card.Run();

        Assert.Equal(Arqc, card.Control);
        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ActionCodes), (outcome.Kind, outcome.Reason));
        Assert.Null(outcome.Account);
    }

    [Theory]
    [InlineData("0100", "00000000000000000000")]
    [InlineData("0106", "00000000000000000000")]
    [InlineData("0102", "17")]
    [InlineData("0104", "24")]
    public void The_IAD_MAC_is_copied_where_the_profile_says(string aip, string place)
    {
        ScriptedKernel8 card = new();
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex(aip);
        card.Cryptogram[0x9F8107] = [24];

        Outcome outcome = card.Run();

        byte[] iad = outcome.DataRecord![EmvTag.IssuerApplicationData]!;
        byte[] mac = outcome.DataRecord[0x9F8109]!;
        byte[] expected = [.. card.Cryptogram[EmvTag.IssuerApplicationData]!];
        if (place.Length == 2)
        {
            mac.CopyTo(expected, int.Parse(place, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(expected, iad);
    }

    [Theory]
    [InlineData("0104", "18", true)]
    [InlineData("0104", "19", false)]
    [InlineData("0104", "FF", false)]
    [InlineData("0104", null, false)]
    [InlineData("0102", "19", true)]
    public void A_place_beyond_the_issuer_data_ends_the_transaction(string aip, string? place, bool fits)
    {
        ScriptedKernel8 card = new();
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex(aip);
        card.Cryptogram[0x9F8107] = place is null ? null : ScriptedKernel8.Hex(place);

        Outcome outcome = card.Run();

        Assert.Equal(fits ? "000000" + "0000FF" : "00060000001C", ScriptedKernel8.Error(outcome));
    }

    [Fact]
    public void The_default_place_is_configured()
    {
        ScriptedKernel8 card = new();
        card.Kernel = card.Kernel with { DefaultIadMacOffset = 25 };

        Assert.Equal("00060000001C", ScriptedKernel8.Error(card.Run()));
    }
}
