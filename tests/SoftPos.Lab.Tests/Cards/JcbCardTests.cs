using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

public sealed class JcbCardTests
{
    [Theory]
    [InlineData("jcb", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-cvn1", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-cvn4", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("jcb-watch", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("jcb-locked-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("jcb-idle-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-pin", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.OnlinePin)]
    [InlineData("jcb-no-preference", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-legacy", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-offline", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-insists-offline", OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired, CvmKind.NoCvm)]
    [InlineData("jcb-expired", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-torn", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-torn-forgetful", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-no-cda", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-bad-cryptogram", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("jcb-blocked", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("jcb-declines", OutcomeKind.Declined, OutcomeReason.CardDeclined, CvmKind.NoCvm)]
    [InlineData("jcb-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("jcb-bad-card-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("jcb-bad-signature", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("jcb-tampered", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("jcb-tampered-no-cda", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("jcb-magstripe", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("jcb-other-device", OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked, CvmKind.NotApplicable)]
    [InlineData("jcb-conditions", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    public void Each_card_ends_as_it_is_described(string name, OutcomeKind kind, OutcomeReason reason, CvmKind cvm)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal((kind, reason, cvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
    }

    [Theory]
    [InlineData("jcb", true)]
    [InlineData("jcb-cvn1", true)]
    [InlineData("jcb-cvn4", true)]
    [InlineData("jcb-phone", true)]
    [InlineData("jcb-legacy", true)]
    [InlineData("jcb-no-cda", true)]
    [InlineData("jcb-torn", true)]
    [InlineData("jcb-torn-forgetful", true)]
    [InlineData("jcb-bad-cryptogram", false)]
    public void The_issuer_checks_the_cryptogram(string name, bool isRight) =>
        Assert.Equal(isRight, VisaCardTests.IsRight(new LabTap(name).Run(), name));

    [Fact]
    public void The_signature_is_verified_with_real_key_lengths()
    {
        Outcome outcome = new LabTap("jcb").Run();

        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal([1984, 1408, 1024], outcome.Oda.KeyBits);
        Assert.Equal("0000008000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
    }

    [Theory]
    [InlineData("jcb-bad-certificate", OdaStep.IssuerCertificate)]
    [InlineData("jcb-bad-card-certificate", OdaStep.CardCertificate)]
    [InlineData("jcb-bad-signature", OdaStep.SignedDynamicData)]
    [InlineData("jcb-tampered", OdaStep.SignedDynamicData)]
    public void A_bad_chain_names_its_link_and_is_never_sent_online(string name, OdaStep step)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal(step, outcome.Oda!.Failure!.Value.Step);
        Assert.True(outcome.Tvr.Has(Tvr.CdaFailed));
        Assert.Null(outcome.Account);
    }

    [Theory]
    [InlineData("0410000000", OutcomeKind.Declined, "0400008000")]
    [InlineData("0010000000", OutcomeKind.OnlineRequest, "0400008000")]
    public void Without_the_key_of_its_authority_the_action_codes_decide(string denial, OutcomeKind kind, string tvr)
    {
        LabTap tap = new LabTap("jcb").With(one => one with { Kernel5 = one.Kernel5 with { TacDenial = Convert.FromHexString(denial) } });
        tap.Configuration = tap.Configuration with { CaKeys = new CaKeySet([], []) };

        Outcome outcome = tap.Run();

        Assert.Equal((kind, tvr), (outcome.Kind, outcome.Tvr.ToString()));
        Assert.True(kind is OutcomeKind.Declined || VisaCardTests.IsRight(outcome, "jcb"));
    }

    [Theory]
    [InlineData("jcb", CvmKind.OnlinePin, "020000")]
    [InlineData("jcb-phone", CvmKind.ConfirmationCodeVerified, "010002")]
    [InlineData("jcb-watch", CvmKind.ConfirmationCodeVerified, "010002")]
    [InlineData("jcb-no-preference", CvmKind.OnlinePin, "020000")]
    [InlineData("jcb-legacy", CvmKind.OnlinePin, "420300")]
    public void Above_the_limit_a_verification_is_found(string name, CvmKind cvm, string results)
    {
        LabTap tap = new(name);
        tap.Request = tap.Request with { AmountMinor = 5000 };

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeReason.OnlineAsked, cvm), (outcome.Reason, outcome.Cvm));
        Assert.Equal(results, Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!));
        Assert.True(VisaCardTests.IsRight(outcome, name));
    }

    [Fact]
    public void Above_the_limit_an_idle_phone_is_sent_back_to_its_owner_twice()
    {
        LabTap tap = new("jcb-idle-phone") { Patience = 9 };
        tap.Request = tap.Request with { AmountMinor = 5000 };

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.CvmNotPossible, 3), (outcome.Kind, outcome.Reason, tap.Taps));
        Assert.Equal(2, tap.Effects.Count(effect => effect is ReaderEffect.Show { Request.Message: UiMessage.SeePhone }));
    }

    [Fact]
    public void An_offline_card_is_approved_by_a_reader_that_may()
    {
        LabTap tap = new LabTap("jcb-offline").With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.Approved, OutcomeReason.ApprovedOffline), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Oda!.IsValid);
    }

    [Fact]
    public void A_torn_cryptogram_is_recovered_with_counter_and_number_of_its_own_tap()
    {
        LabTap tap = new("jcb-torn");

        Outcome outcome = tap.Run();

        Assert.Equal((2, true), (tap.Taps, outcome.Oda!.IsValid));
        Assert.Equal("002A", Convert.ToHexString(outcome.DataRecord![EmvTag.Atc]!));
        Assert.Equal("C0FFEE01", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        Assert.Single(tap.Effects, effect => effect is ReaderEffect.SendCommand { Command.Ins: 0xAE });
    }

    [Fact]
    public void A_torn_card_without_recovery_pays_anew_with_a_higher_counter()
    {
        LabTap tap = new("jcb-torn-forgetful");

        Outcome outcome = tap.Run();

        Assert.Equal(2, tap.Taps);
        Assert.Equal("002B", Convert.ToHexString(outcome.DataRecord![EmvTag.Atc]!));
        Assert.Equal("C0FFEE02", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Torn_after_any_command_the_card_pays_on_the_next_tap(int commands)
    {
        Outcome outcome = new LabTap(LabCardCatalogue.Find("jcb-torn")! with { TornAfter = commands }).Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.True(VisaCardTests.IsRight(outcome, "jcb-torn"));
    }

    [Fact]
    public void A_card_that_was_torn_off_in_another_sale_pays_anew()
    {
        LabTap tap = new("jcb-torn") { Patience = 1 };
        Assert.Equal(OutcomeReason.Stopped, tap.Run().Reason);
        tap.Request = tap.Request with { AmountMinor = 1300 };
        tap.Patience = 2;

        Outcome outcome = tap.Run();

        Assert.Equal("000000001300", Convert.ToHexString(outcome.DataRecord![EmvTag.Amount]!));
        Assert.DoesNotContain(tap.Effects, effect => effect is ReaderEffect.SendCommand { Command.Ins: 0xDF });
    }

    [Fact]
    public void Legacy_mode_is_a_switch()
    {
        LabTap tap = new LabTap("jcb-legacy").With(one => one with { Kernel5 = one.Kernel5 with { LegacyMode = false } });

        Assert.Equal(OutcomeReason.NoApplication, tap.Run().Reason);
    }

    [Fact]
    public void A_refund_is_refused_by_the_card_and_goes_to_the_host()
    {
        LabTap tap = new("jcb");
        tap.Request = tap.Request with { Kind = TransactionKind.Refund, AmountMinor = 6000 };

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineRequiredByReader), (outcome.Kind, outcome.Reason));
        Assert.Equal(CvmKind.NoCvm, outcome.Cvm);
        Assert.Equal("00", Convert.ToHexString(outcome.DataRecord![EmvTag.CryptogramInformation]!));
        Assert.True(VisaCardTests.IsRight(outcome, "jcb"));
    }
}
