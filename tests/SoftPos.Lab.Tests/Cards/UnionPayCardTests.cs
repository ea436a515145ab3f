using SoftPos.Emv;
using SoftPos.Emv.Authentication;

namespace SoftPos.Lab.Tests.Cards;

public sealed class UnionPayCardTests
{
    [Theory]
    [InlineData("unionpay", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-credit", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("unionpay-watch", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("unionpay-locked-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("unionpay-pin", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.OnlinePin)]
    [InlineData("unionpay-long-pan", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-no-information", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-offline", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-torn", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-bad-cryptogram", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-insists-offline", OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired, CvmKind.NoCvm)]
    [InlineData("unionpay-signed", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("unionpay-signed-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("unionpay-declines", OutcomeKind.Declined, OutcomeReason.CardDeclined, CvmKind.NoCvm)]
    [InlineData("unionpay-blocked", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("unionpay-other-device", OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked, CvmKind.NotApplicable)]
    [InlineData("unionpay-conditions", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    public void Each_card_ends_as_it_is_described(string name, OutcomeKind kind, OutcomeReason reason, CvmKind cvm)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal((kind, reason, cvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
    }

    [Theory]
    [InlineData("unionpay", true)]
    [InlineData("unionpay-credit", true)]
    [InlineData("unionpay-phone", true)]
    [InlineData("unionpay-long-pan", true)]
    [InlineData("unionpay-torn", true)]
    [InlineData("unionpay-signed", true)]
    [InlineData("unionpay-bad-cryptogram", false)]
    public void The_issuer_checks_the_cryptogram(string name, bool isRight) =>
        Assert.Equal(isRight, VisaCardTests.IsRight(new LabTap(name).Run(), name));

    [Theory]
    [InlineData("unionpay-offline", OutcomeKind.Approved, OutcomeReason.ApprovedOffline)]
    [InlineData("unionpay-expired", OutcomeKind.OnlineRequest, OutcomeReason.OnlineExpired)]
    [InlineData("unionpay-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("unionpay-bad-card-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("unionpay-bad-signature", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("unionpay-tampered", OutcomeKind.Declined, OutcomeReason.CvmClaimRefused)]
    public void A_reader_that_may_approve_offline_checks_the_signature(string name, OutcomeKind kind, OutcomeReason reason)
    {
        LabTap tap = new LabTap(name).With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
    }

    [Fact]
    public void A_reader_that_has_online_requests_signed_sees_a_bad_certificate()
    {
        Outcome good = new LabTap("unionpay-signed").Run();
        Outcome bad = new LabTap("unionpay-signed-bad-certificate").Run();

        Assert.Equal((true, OdaMethod.Fdda), (good.Oda!.IsValid, good.Oda.Method));
        Assert.Equal(OdaStep.IssuerCertificate, bad.Oda!.Failure!.Value.Step);
        Assert.True(bad.Tvr.Has(Tvr.DdaFailed));
        Assert.Null(bad.Account);
    }

    [Fact]
    public void The_signature_is_verified_with_real_key_lengths()
    {
        Outcome outcome = new LabTap("unionpay-offline").With(one => one with { FloorLimit = 2000 }, 0x22).Run();

        Assert.Equal((true, OdaMethod.Fdda, 1), (outcome.Oda!.IsValid, outcome.Oda.Method, outcome.Oda.FddaVersion));
        Assert.Equal([1984, 1408, 1024], outcome.Oda.KeyBits);
    }

    [Fact]
    public void Above_the_limit_a_card_asks_for_its_PIN()
    {
        LabTap tap = new("unionpay");
        tap.Request = tap.Request with { AmountMinor = 5000 };

        Assert.Equal(CvmKind.OnlinePin, tap.Run().Cvm);
    }
}
