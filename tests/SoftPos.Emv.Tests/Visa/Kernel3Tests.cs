using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Visa;

/// <summary>Kernel 3, clause by clause (Book C-3, 5.2 to 5.10).</summary>
public sealed class Kernel3Tests
{
    [Theory]
    [InlineData("6984", OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked, UiMessage.InsertCard)]
    [InlineData("6985", OutcomeKind.EndApplication, OutcomeReason.NoApplication, UiMessage.UseAnotherCard)]
    [InlineData("6A81", OutcomeKind.EndApplication, OutcomeReason.CardStatus, UiMessage.UseAnotherCard)]
    public void A_status_of_the_options_command_has_its_outcome(string status, OutcomeKind kind, OutcomeReason reason, UiMessage message)
    {
        ScriptedVisa card = new();
        card.Answers[0xA8] = _ => ScriptedVisa.Hex(status);

        Outcome outcome = card.Run();

        Assert.Equal((kind, reason, message), (outcome.Kind, outcome.Reason, outcome.UiOnOutcome!.Message));
    }

    [Fact]
    public void See_phone_holds_the_field_off_and_starts_again()
    {
        ScriptedVisa card = new() { Taps = 2 };
        card.Answers[0xA8] = _ =>
        {
            card.Answers.Remove(0xA8);
            return ScriptedVisa.Hex("6986");
        };

        Assert.Equal(OutcomeKind.OnlineRequest, card.Run().Kind);
        Assert.Contains(card.Effects, effect => effect is ReaderEffect.FieldOff { HoldMs: 1300 });
        Assert.Contains(card.Effects, effect => effect is ReaderEffect.Show { Request.Message: UiMessage.SeePhone });
    }

    [Theory]

    // TTQ, floor limit (0 requires an online cryptogram), CID, outcome.
    [InlineData("26004000", 50_000, 0x80, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData("26004000", 0, 0x80, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData("26004000", 50_000, 0x00, OutcomeKind.Declined, OutcomeReason.CardDeclined)]
    [InlineData("26004000", 0, 0x00, OutcomeKind.Declined, OutcomeReason.CardDeclined)]
    [InlineData("26004000", 0, 0x40, OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired)]
    [InlineData("26004000", 50_000, 0x40, OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("26004000", 50_000, 0xC0, OutcomeKind.Declined, OutcomeReason.CryptogramTypeUnknown)]
    [InlineData("2E004000", 50_000, 0x80, OutcomeKind.Declined, OutcomeReason.ReaderOfflineOnly)]
    public void The_cryptogram_type_decides(string ttq, long floor, byte cid, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedVisa card = new() { Ttq = ttq, FloorLimit = floor };
        card.Options[EmvTag.CryptogramInformation] = [cid];

        Outcome outcome = card.Run();

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
        Assert.Equal(kind is OutcomeKind.OnlineRequest, outcome.Account is not null);
    }

    [Theory]
    [InlineData("06011203A00000", OutcomeKind.OnlineRequest)]
    [InlineData("06011203800000", OutcomeKind.Declined)]
    [InlineData("06011203", OutcomeKind.EndApplication)]
    public void Without_a_CID_the_type_stands_in_the_issuer_application_data(string iad, OutcomeKind kind)
    {
        ScriptedVisa card = new();
        card.Options[EmvTag.CryptogramInformation] = null;
        card.Options[EmvTag.IssuerApplicationData] = ScriptedVisa.Hex(iad);
        Assert.Equal(kind, card.Run().Kind);
    }

    [Theory]
    [InlineData(EmvTag.Cryptogram)]
    [InlineData(EmvTag.Aip)]
    [InlineData(EmvTag.Atc)]
    [InlineData(EmvTag.IssuerApplicationData)]
    [InlineData(EmvTag.Track2EquivalentData)]
    public void A_mandatory_object_is_missed(uint tag)
    {
        ScriptedVisa card = new();
        card.Options[tag] = null;

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MissingCardData), (outcome.Kind, outcome.Reason));
        Assert.Equal((UiMessage.UseAnotherCard, UiStatus.ProcessingError), (outcome.UiOnOutcome!.Message, outcome.UiOnOutcome.Status));
    }

    [Theory]
    [InlineData(EmvTag.Pan, "4761739001010028", OutcomeReason.PanMismatch)]
    [InlineData(EmvTag.Atc, "0042", OutcomeReason.DuplicateCardData)]
    [InlineData(EmvTag.ExpirationDate, "3012", OutcomeReason.BadCardData)]
    public void Data_that_does_not_agree_ends_the_transaction(uint tag, string value, OutcomeReason reason)
    {
        ScriptedVisa card = new();
        card.Record[tag] = ScriptedVisa.Hex(value);
        Assert.Equal((OutcomeKind.EndApplication, reason), (card.Run() is { } outcome ? (outcome.Kind, outcome.Reason) : default));
    }

    [Fact]
    public void A_terminal_object_from_the_card_is_not_taken()
    {
        ScriptedVisa card = new();
        card.Record[EmvTag.Amount] = ScriptedVisa.Hex("000000000001");
        Assert.Equal("000000001000", Convert.ToHexString(card.Run().DataRecord![EmvTag.Amount]!));
    }

    [Theory]

    // TTQ, CVM limit passed, CTQ (null: absent), 9F69 with the signed copy (null: absent), method or refusal.
    [InlineData("26004000", false, "0000", null, CvmKind.NoCvm, null)]
    [InlineData("26004000", true, "0000", null, CvmKind.NoCvm, OutcomeReason.CvmNotPossible)]
    [InlineData("26004000", true, "8000", null, CvmKind.OnlinePin, null)]
    [InlineData("26004000", false, "8000", null, CvmKind.OnlinePin, null)]
    [InlineData("26004000", true, "4000", null, CvmKind.ObtainSignature, null)]
    [InlineData("26004000", true, "C000", null, CvmKind.OnlinePin, null)]
    [InlineData("22004000", true, "C000", null, CvmKind.ObtainSignature, null)]
    [InlineData("24004000", true, "4000", null, CvmKind.NoCvm, OutcomeReason.CvmNotPossible)]
    [InlineData("26004000", true, "0080", null, CvmKind.ConfirmationCodeVerified, null)]
    [InlineData("26004000", true, "0080", "01112233440080", CvmKind.ConfirmationCodeVerified, null)]
    [InlineData("26004000", true, "0080", "01112233440000", CvmKind.NoCvm, OutcomeReason.CvmClaimRefused)]
    [InlineData("26004000", true, "0080", "0111223344", CvmKind.NoCvm, OutcomeReason.CvmClaimRefused)]
    [InlineData("26000000", true, "0080", null, CvmKind.NoCvm, OutcomeReason.CvmClaimRefused)]
    [InlineData("26004000", false, null, null, CvmKind.NoCvm, null)]
    [InlineData("26004000", true, null, null, CvmKind.ObtainSignature, null)]
    [InlineData("24004000", true, null, null, CvmKind.OnlinePin, null)]
    [InlineData("20004000", true, null, null, CvmKind.NoCvm, OutcomeReason.CvmNotPossible)]
    public void The_first_method_that_holds_is_taken(string ttq, bool aboveLimit, string? ctq, string? signedCopy, CvmKind cvm, OutcomeReason? refused)
    {
        ScriptedVisa card = new() { Ttq = ttq, CvmLimit = aboveLimit ? 1000 : 1001 };
        card.Options[EmvTag.Ctq] = ctq is null ? null : ScriptedVisa.Hex(ctq);
        card.Options[EmvTag.CardAuthenticationData] = signedCopy is null ? null : ScriptedVisa.Hex(signedCopy);

        Outcome outcome = card.Run();

        Assert.Equal(cvm, outcome.Cvm);
        Assert.Equal(refused is null ? OutcomeKind.OnlineRequest : OutcomeKind.Declined, outcome.Kind);
        Assert.True(refused is null || outcome.Reason == refused);
    }

    [Theory]

    // Offline approval whose authentication cannot succeed: CTQ byte 1 says where to go.
    [InlineData("2000", "36004000", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAuthenticationFailed)]
    [InlineData("1000", "36004000", OutcomeKind.TryAnotherInterface, OutcomeReason.AuthenticationFailed)]
    [InlineData("1000", "26004000", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("0000", "36004000", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    public void A_failed_authentication_goes_where_the_card_says(string ctq, string ttq, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedVisa card = new() { Ttq = ttq };
        card.Options[EmvTag.CryptogramInformation] = [0x40];
        card.Options[EmvTag.Ctq] = ScriptedVisa.Hex(ctq);

        Outcome outcome = card.Run();

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Tvr.Has(Tvr.DdaFailed));
    }

    [Theory]
    [InlineData("261124", "0800", OutcomeReason.AuthenticationFailed)]
    [InlineData("261123", "0800", OutcomeReason.OnlineExpired)]
    [InlineData("261123", "0000", OutcomeReason.Expired)]
    public void An_offline_approval_of_an_expired_application_goes_online_or_nowhere(string expiry, string ctq, OutcomeReason reason)
    {
        ScriptedVisa card = new();
        card.Options[EmvTag.CryptogramInformation] = [0x40];
        card.Options[EmvTag.Ctq] = ScriptedVisa.Hex(ctq);
        card.Record[EmvTag.ExpirationDate] = ScriptedVisa.Hex(expiry);
        Assert.Equal(reason, card.Run().Reason);
    }

    [Theory]
    [InlineData(TransactionKind.CashAdvance, "0276", "8000", "0000", OutcomeKind.OnlineRequest)]
    [InlineData(TransactionKind.CashAdvance, "0276", "4000", "0000", OutcomeKind.Declined)]
    [InlineData(TransactionKind.CashAdvance, "0840", "4000", "0000", OutcomeKind.OnlineRequest)]
    [InlineData(TransactionKind.CashAdvance, "0840", "8000", "0400", OutcomeKind.TryAnotherInterface)]
    [InlineData(TransactionKind.PurchaseWithCashback, "0276", "0080", "0000", OutcomeKind.OnlineRequest)]
    [InlineData(TransactionKind.PurchaseWithCashback, "0276", "0040", "0000", OutcomeKind.Declined)]
    [InlineData(TransactionKind.PurchaseWithCashback, "0276", "0040", "0200", OutcomeKind.TryAnotherInterface)]
    [InlineData(TransactionKind.Purchase, "0276", "0000", "0000", OutcomeKind.OnlineRequest)]
    public void Usage_control_counts_for_cash_and_cash_back(TransactionKind kind, string country, string usage, string ctq, OutcomeKind expected)
    {
        ScriptedVisa card = new();
        card.Request = card.Request with { Kind = kind };
        card.Record[EmvTag.IssuerCountryCode] = ScriptedVisa.Hex(country);
        card.Record[EmvTag.ApplicationUsageControl] = ScriptedVisa.Hex(usage);
        card.Options[EmvTag.Ctq] = ScriptedVisa.Hex(ctq);
        Assert.Equal(expected, card.Run().Kind);
    }

    [Fact]
    public void An_offline_approval_of_a_listed_account_is_refused()
    {
        ScriptedVisa card = new();
        card.ExceptionFile.Add("4761739001010010");
        Assert.Equal(OutcomeKind.OnlineRequest, card.Run().Kind);

        card.Options[EmvTag.CryptogramInformation] = [0x40];
        card.Taps = 1;
        Outcome outcome = card.Run();
        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ExceptionFile), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Tvr.Has(Tvr.OnExceptionFile));
    }

    [Theory]
    [InlineData(true, 1234L)]
    [InlineData(false, null)]
    public void The_spending_amount_is_shown_where_that_is_configured(bool show, long? amount)
    {
        ScriptedVisa card = new() { Kernel = new() { ShowSpendingAmount = show } };
        card.Options[EmvTag.AvailableSpendingAmount] = ScriptedVisa.Hex("000000001234");

        Outcome outcome = card.Run();

        Assert.Equal(amount, outcome.UiOnOutcome!.ValueMinor);
        Assert.Equal("000000001234", Convert.ToHexString(outcome.DiscretionaryData![EmvTag.AvailableSpendingAmount]!));
    }

    [Fact]
    public void The_results_in_the_data_record_are_zeros()
    {
        Outcome outcome = new ScriptedVisa().Run();

        Assert.Equal("0000000000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
        Assert.Null(outcome.DataRecord[EmvTag.Track2EquivalentData]);
    }

    [Fact]
    public void An_issuers_answer_goes_to_the_card_on_a_second_presentment()
    {
        ScriptedVisa card = new() { Ttq = "2600C000", Taps = 2, Kernel = new() { IssuerUpdate = true } };
        card.Options[EmvTag.Ctq] = ScriptedVisa.Hex("0040");
        Outcome first = card.Run();
        Assert.Equal((OutcomeKind.OnlineRequest, StartPoint.B, OnlineResponseData.EmvData), (first.Kind, first.Start, first.OnlineResponseData));

        card.Answers[0x24] = _ => [0x69, 0x85];
        byte[] answer = [.. ScriptedVisa.Hex("910A11223344556677883030"), .. new TlvWriter()
            .Open(0x72).Write(0x86, ScriptedVisa.Hex("8418000000")).Write(0x86, ScriptedVisa.Hex("8424000000")).Write(0x86, ScriptedVisa.Hex("841E000000")).Close().ToArray()];
        Outcome last = card.Continue(new ReaderEvent.OnlineResponse(true, answer));

        Assert.Equal((OutcomeKind.Approved, OutcomeReason.IssuerUpdateDone), (last.Kind, last.Reason));
        Assert.Equal([0x82, 0x18, 0x24], card.Commands[^3..].Select(command => command[1]));

        // The script stops at its second command: failed, number 2.
        Assert.Equal("12", Convert.ToHexString(last.DiscretionaryData![EmvTag.ScriptResults]!));
    }
}
