using System.Globalization;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Iso8583;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

public sealed class MastercardCardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("mastercard", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-csk", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-cvn17", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-cvn21", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-watch", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-locked-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-offline", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-expired", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0040008001")]
    [InlineData("mastercard-no-cda", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "8000008001")]
    [InlineData("mastercard-slow", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-rrp", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008002")]
    [InlineData("mastercard-torn", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-bad-cryptogram", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008001")]
    [InlineData("mastercard-blocked", OutcomeKind.EndApplication, OutcomeReason.NoApplication, "0000000000")]
    [InlineData("mastercard-conditions", OutcomeKind.EndApplication, OutcomeReason.NoApplication, "0000000000")]
    [InlineData("mastercard-talkative", OutcomeKind.EndApplication, OutcomeReason.NoApplication, "0000000000")]
    [InlineData("mastercard-magstripe", OutcomeKind.EndApplication, OutcomeReason.MagStripeNotSupported, "0000000000")]
    [InlineData("mastercard-magstripe-bad-code", OutcomeKind.EndApplication, OutcomeReason.MagStripeNotSupported, "0000000000")]
    [InlineData("mastercard-declines", OutcomeKind.Declined, OutcomeReason.CardDeclined, "0000008001")]
    [InlineData("mastercard-offline-only", OutcomeKind.Declined, OutcomeReason.CardDeclined, "0000008001")]
    [InlineData("mastercard-relay", OutcomeKind.Declined, OutcomeReason.ActionCodes, "000000800E")]
    [InlineData("mastercard-bad-certificate", OutcomeKind.EndApplication, OutcomeReason.AuthenticationFailed, "0400008001")]
    [InlineData("mastercard-bad-card-certificate", OutcomeKind.EndApplication, OutcomeReason.AuthenticationFailed, "0400008001")]
    [InlineData("mastercard-bad-signature", OutcomeKind.EndApplication, OutcomeReason.AuthenticationFailed, "0400008001")]
    public void Each_card_ends_as_it_is_described(string name, OutcomeKind kind, OutcomeReason reason, string tvr)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal((kind, reason, tvr), (outcome.Kind, outcome.Reason, outcome.Tvr.ToString()));
    }

    [Theory]
    [InlineData("mastercard")]
    [InlineData("mastercard-csk")]
    [InlineData("mastercard-cvn17")]
    [InlineData("mastercard-cvn21")]
    [InlineData("mastercard-phone")]
    [InlineData("mastercard-watch")]
    [InlineData("mastercard-locked-phone")]
    [InlineData("mastercard-offline")]
    [InlineData("mastercard-no-cda")]
    [InlineData("mastercard-slow")]
    [InlineData("mastercard-rrp")]
    [InlineData("mastercard-torn")]
    public void The_issuer_finds_the_cryptogram_right(string name)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.True(VisaCardTests.IsRight(outcome, name));
        Assert.Equal((null, "cryptogram verified"), Ask(outcome, name));
    }

    [Theory]
    [InlineData("mastercard-bad-cryptogram", "82")]
    [InlineData("mastercard-expired", "54")]
    public void The_issuer_refuses_what_the_reader_could_not(string name, string code) =>
        Assert.Equal(code, Ask(new LabTap(name).Run(), name).Code);

    [Fact]
    public void Combined_DDA_is_verified_with_real_key_lengths()
    {
        Outcome outcome = new LabTap("mastercard").Run();

        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal(OdaMethod.Cda, outcome.Oda.Method);
        Assert.Equal([1984, 1408, 1024], outcome.Oda.KeyBits);
        Assert.Equal(outcome.Oda.Cryptogram, outcome.DataRecord![EmvTag.Cryptogram]);
        Assert.Null(outcome.DataRecord[EmvTag.Pan]);
        Assert.Null(outcome.DataRecord[EmvTag.Track2EquivalentData]);
        Assert.Equal("541333******1011", outcome.Account!.MaskedPan);
    }

    [Theory]
    [InlineData("mastercard-bad-certificate", OdaStep.IssuerCertificate)]
    [InlineData("mastercard-bad-card-certificate", OdaStep.CardCertificate)]
    [InlineData("mastercard-bad-signature", OdaStep.SignedDynamicData)]
    public void A_bad_chain_names_its_link_and_is_never_sent_online(string name, OdaStep step)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal(step, outcome.Oda!.Failure!.Value.Step);
        Assert.True(outcome.Tvr.Has(Tvr.CdaFailed));
        Assert.Null(outcome.Account);
        Assert.Null(outcome.DataRecord);
        Assert.Equal("00020000001C", Convert.ToHexString(outcome.DiscretionaryData![0xDF8115]!));
    }

    [Theory]
    [InlineData("mastercard", 5000, CvmKind.NoCvm, "1F0302")]
    [InlineData("mastercard", 5001, CvmKind.OnlinePin, "420300")]
    [InlineData("mastercard-phone", 5000, CvmKind.NoCvm, "3F0002")]
    [InlineData("mastercard-phone", 5001, CvmKind.ConfirmationCodeVerified, "010002")]
    [InlineData("mastercard-watch", 5001, CvmKind.ConfirmationCodeVerified, "010002")]
    public void The_cardholder_is_verified_above_the_limit_only(string name, long amount, CvmKind cvm, string results)
    {
        LabTap tap = new(name);
        tap.Request = tap.Request with { AmountMinor = amount };

        Outcome outcome = tap.Run();

        Assert.Equal(cvm, outcome.Cvm);
        Assert.Equal(results, Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!));
        Assert.Equal(amount > 5000, outcome.Receipt);
        Assert.True(VisaCardTests.IsRight(outcome, name));
    }

    [Fact]
    public void A_locked_phone_is_asked_to_be_looked_at_and_pays_on_the_second_tap()
    {
        LabTap tap = new("mastercard-locked-phone");
        tap.Request = tap.Request with { AmountMinor = 6000 };

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified), (outcome.Kind, outcome.Cvm));
        Assert.Equal(2, tap.Taps);
        Assert.Equal("C0FFEE02", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        List<UiRequest> shown = [.. tap.Effects.OfType<ReaderEffect.Show>().Select(show => show.Request)];
        Assert.Contains(shown, request => request is { Message: UiMessage.SeePhone, Status: UiStatus.NotReady, HoldTimeMs: 1300 });
        Assert.Contains(shown, request => request is { Message: UiMessage.SeePhone, Status: UiStatus.ReadyToRead, HoldTimeMs: 0 });
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    public void Torn_after_any_command_the_card_pays_on_the_next_tap(int after, int recovered)
    {
        LabTap tap = new(LabCardCatalogue.Find("mastercard-torn")! with { TornAfter = after });

        Outcome outcome = tap.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Equal(2, tap.Taps);
        Assert.Equal(recovered, tap.Effects.Count(effect => effect is ReaderEffect.SendCommand { Command.Ins: 0xD0 }));

        // A recovered cryptogram is the one of the first tap; a card lost before its application ran has used no number yet.
        Assert.Equal(recovered == 1 || after == 1 ? "C0FFEE01" : "C0FFEE02", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        Assert.True(outcome.Oda!.IsValid);
        Assert.True(VisaCardTests.IsRight(outcome, "mastercard-torn"));
    }

    [Fact]
    public void A_torn_transaction_of_another_amount_is_not_recovered()
    {
        LabTap tap = new("mastercard-torn") { Patience = 1 };
        Assert.Equal(OutcomeReason.Stopped, tap.Run().Reason);

        tap.Request = tap.Request with { AmountMinor = 100 };
        tap.Patience = 2;
        Outcome outcome = tap.Run();

        Assert.Equal("000000000100", Convert.ToHexString(outcome.DataRecord![EmvTag.Amount]!));
        Assert.DoesNotContain(tap.Effects, effect => effect is ReaderEffect.SendCommand { Command.Ins: 0xD0 });
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void A_torn_transaction_is_kept_for_its_lifetime(int seconds, bool recovered)
    {
        LabTap tap = new("mastercard-torn") { Patience = 1 };
        tap.Run();

        tap.Request = tap.Request with { Time = tap.Request.Time.Add(TimeSpan.FromSeconds(seconds)) };
        tap.Patience = 2;

        Assert.Equal(OutcomeKind.OnlineRequest, tap.Run().Kind);
        Assert.Equal(recovered, tap.Effects.Any(effect => effect is ReaderEffect.SendCommand { Command.Ins: 0xD0 }));
    }

    [Theory]
    [InlineData("mastercard-offline")]
    [InlineData("mastercard-offline-only")]
    public void An_offline_card_is_approved_by_a_reader_that_may_and_shows_its_balance(string name)
    {
        LabTap tap = new LabTap(name).With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.Approved, OutcomeReason.ApprovedOffline), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal((UiMessage.Approved, UiValueKind.Balance, 12345L), (outcome.UiOnOutcome!.Message, outcome.UiOnOutcome.ValueKind, outcome.UiOnOutcome.ValueMinor));
        Assert.Equal("000000012345", Convert.ToHexString(outcome.DiscretionaryData![0xDF8105]!));
        Assert.True(VisaCardTests.IsRight(outcome, name));
    }

    [Fact]
    public void The_signature_holds_what_the_relay_protocol_exchanged()
    {
        LabTap tap = new("mastercard-rrp");

        Outcome outcome = tap.Run();

        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal(1, tap.Effects.Count(effect => effect is ReaderEffect.SendCommand { Command.Ins: 0xEA }));
    }

    [Fact]
    public void A_distant_card_is_asked_three_times_with_fresh_numbers()
    {
        LabTap tap = new("mastercard-relay");

        Outcome outcome = tap.Run();

        List<string> numbers = [.. tap.Effects.OfType<ReaderEffect.SendCommand>().Where(send => send.Command.Ins == 0xEA)
            .Select(send => Convert.ToHexString(send.Command.Data.Span))];
        Assert.Equal(["C0FFEE01", "C0FFEE02", "C0FFEE03"], numbers);
        Assert.Equal("C0FFEE03", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        Assert.True(outcome.Tvr.Has(Tvr.RelayTimesExceeded | Tvr.RelayPerformed));
    }

    [Fact]
    public void A_tap_takes_seven_commands()
    {
        LabTap tap = new("mastercard");
        tap.Run();

        Assert.Equal(7, tap.Effects.Count(effect => effect is ReaderEffect.SendCommand));
    }

    [Fact]
    public void The_card_may_leave_before_its_signature_is_checked()
    {
        LabTap tap = new("mastercard");
        tap.Run();

        int off = tap.Effects.FindIndex(effect => effect is ReaderEffect.FieldOff);
        Assert.IsType<ReaderEffect.Show>(tap.Effects[off - 1]);
        Assert.IsType<ReaderEffect.Proceed>(tap.Effects[off + 1]);
        Assert.IsType<ReaderEffect.Finish>(tap.Effects[^1]);
    }

    [Fact]
    public void A_refund_goes_online_with_the_card_that_was_tapped()
    {
        LabTap tap = new("mastercard");
        tap.Request = tap.Request with { Kind = TransactionKind.Refund };

        Assert.Equal((OutcomeKind.OnlineRequest, "541333******1011"), (tap.Run() is { } outcome ? (outcome.Kind, outcome.Account!.MaskedPan) : default));
    }

    /// <summary>Code and reason of the lab issuer for the outcome's data, as an acquirer would send them.</summary>
    private static (string? Code, string Reason) Ask(Outcome outcome, string name)
    {
        LabIssuedCard card = LabIssuer.FindByName(name)!;
        Iso8583Message message = new(ShippedDialects.Lab, "0100")
        {
            [2] = card.Pan,
            [3] = "000000",
            [4] = 1250.ToString("D12", CultureInfo.InvariantCulture),
            [7] = "1124120000",
            [11] = "1",
            [14] = card.ExpiryYearMonth,
            [22] = "072",
            [49] = "978",
        };
        message.Set(55, outcome.DataRecord!.Encode());
        Assert.True(Iso8583View.TryRead(message.Encode(), ShippedDialects.Lab, out Iso8583View view, out Iso8583Fault fault), fault.ToString());
        IssuerFinding finding = new IssuerCheck(new CardCounters(10), null).Check(view, Now);
        finding.Answer?.Dispose();
        return (finding.Code, finding.Reason);
    }
}
