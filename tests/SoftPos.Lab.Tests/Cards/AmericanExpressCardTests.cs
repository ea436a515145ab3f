using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

public sealed class AmericanExpressCardTests
{
    [Theory]
    [InlineData("amex", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("amex-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("amex-watch", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("amex-locked-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("amex-idle-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("amex-offline", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("amex-insists-offline", OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired, CvmKind.NoCvm)]
    [InlineData("amex-expired", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("amex-torn", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("amex-no-cda", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("amex-bad-cryptogram", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("amex-blocked", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("amex-declines", OutcomeKind.Declined, OutcomeReason.CardDeclined, CvmKind.NoCvm)]
    [InlineData("amex-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("amex-bad-card-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("amex-bad-signature", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("amex-magstripe", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("amex-other-device", OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked, CvmKind.NotApplicable)]
    [InlineData("amex-conditions", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    public void Each_card_ends_as_it_is_described(string name, OutcomeKind kind, OutcomeReason reason, CvmKind cvm)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal((kind, reason, cvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
    }

    [Theory]
    [InlineData("amex", true)]
    [InlineData("amex-phone", true)]
    [InlineData("amex-no-cda", true)]
    [InlineData("amex-torn", true)]
    [InlineData("amex-bad-cryptogram", false)]
    public void The_issuer_checks_the_cryptogram(string name, bool isRight) =>
        Assert.Equal(isRight, VisaCardTests.IsRight(new LabTap(name).Run(), name));

    [Fact]
    public void The_signature_is_verified_with_real_key_lengths()
    {
        Outcome outcome = new LabTap("amex").Run();

        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal([1984, 1408, 1024], outcome.Oda.KeyBits);
        Assert.Equal("0000008000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
    }

    [Theory]
    [InlineData("amex-bad-certificate", OdaStep.IssuerCertificate)]
    [InlineData("amex-bad-card-certificate", OdaStep.CardCertificate)]
    [InlineData("amex-bad-signature", OdaStep.SignedDynamicData)]
    public void A_bad_chain_names_its_link(string name, OdaStep step)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal(step, outcome.Oda!.Failure!.Value.Step);
        Assert.True(outcome.Tvr.Has(Tvr.CdaFailed));
    }

    [Fact]
    public void Without_the_key_of_its_authority_a_card_is_asked_without_a_signature()
    {
        LabTap tap = new("amex");
        tap.Configuration = tap.Configuration with { CaKeys = new CaKeySet([], []) };

        Outcome outcome = tap.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Equal("0400008000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
        Assert.True(VisaCardTests.IsRight(outcome, "amex"));
    }

    [Theory]
    [InlineData("amex", CvmKind.OnlinePin)]
    [InlineData("amex-phone", CvmKind.ConfirmationCodeVerified)]
    public void Above_the_limit_a_verification_is_found(string name, CvmKind cvm)
    {
        LabTap tap = new(name);
        tap.Request = tap.Request with { AmountMinor = 5000 };

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeReason.OnlineAsked, cvm), (outcome.Reason, outcome.Cvm));
    }

    [Fact]
    public void Above_the_limit_an_idle_phone_is_sent_back_to_its_owner_twice()
    {
        LabTap tap = new("amex-idle-phone") { Patience = 9 };
        tap.Request = tap.Request with { AmountMinor = 5000 };

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.CvmNotPossible, 3), (outcome.Kind, outcome.Reason, tap.Taps));
        Assert.Equal(2, tap.Effects.Count(effect => effect is ReaderEffect.Show { Request.Message: UiMessage.SeePhone }));
    }

    [Fact]
    public void An_offline_card_is_approved_by_a_reader_that_may()
    {
        LabTap tap = new LabTap("amex-offline").With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.Approved, OutcomeReason.ApprovedOffline), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Oda!.IsValid);
    }

    [Fact]
    public void A_torn_card_pays_anew_with_a_higher_counter()
    {
        LabTap tap = new("amex-torn");

        Outcome outcome = tap.Run();

        Assert.Equal(2, tap.Taps);
        Assert.Equal("002B", Convert.ToHexString(outcome.DataRecord![EmvTag.Atc]!));
        Assert.Equal("C0FFEE02", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
    }
}
