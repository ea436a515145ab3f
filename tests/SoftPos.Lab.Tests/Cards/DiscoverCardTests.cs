using SoftPos.Emv;
using SoftPos.Emv.Authentication;

namespace SoftPos.Lab.Tests.Cards;

public sealed class DiscoverCardTests
{
    [Theory]
    [InlineData("discover", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-contact-version", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-watch", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-locked-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-pin", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.OnlinePin)]
    [InlineData("discover-offline", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-expired", OutcomeKind.OnlineRequest, OutcomeReason.OnlineExpired, CvmKind.NoCvm)]
    [InlineData("discover-torn", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-bad-cryptogram", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-insists-offline", OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired, CvmKind.NoCvm)]
    [InlineData("discover-signed", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("discover-signed-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("discover-declines", OutcomeKind.Declined, OutcomeReason.CardDeclined, CvmKind.NoCvm)]
    [InlineData("discover-blocked", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("discover-other-device", OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked, CvmKind.NotApplicable)]
    [InlineData("discover-conditions", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    public void Each_card_ends_as_it_is_described(string name, OutcomeKind kind, OutcomeReason reason, CvmKind cvm)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal((kind, reason, cvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
    }

    [Theory]
    [InlineData("discover", true)]
    [InlineData("discover-contact-version", true)]
    [InlineData("discover-phone", true)]
    [InlineData("discover-torn", true)]
    [InlineData("discover-signed", true)]
    [InlineData("discover-bad-cryptogram", false)]
    public void The_issuer_checks_the_cryptogram(string name, bool isRight) =>
        Assert.Equal(isRight, VisaCardTests.IsRight(new LabTap(name).Run(), name));

    [Theory]
    [InlineData("discover-offline", OutcomeKind.Approved, OutcomeReason.ApprovedOffline)]
    [InlineData("discover-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("discover-bad-card-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("discover-bad-signature", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    public void A_reader_that_may_approve_offline_checks_the_signature(string name, OutcomeKind kind, OutcomeReason reason)
    {
        LabTap tap = new LabTap(name).With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
    }

    [Fact]
    public void A_reader_that_has_online_requests_signed_sees_a_bad_certificate()
    {
        Outcome good = new LabTap("discover-signed").Run();
        Outcome bad = new LabTap("discover-signed-bad-certificate").Run();

        Assert.Equal((true, OdaMethod.Cda), (good.Oda!.IsValid, good.Oda.Method));
        Assert.Equal(OdaStep.IssuerCertificate, bad.Oda!.Failure!.Value.Step);
        Assert.True(bad.Tvr.Has(Tvr.CdaFailed));

        // The cryptogram stands inside the signature: the card would have it sent online, and there is nothing to send.
        Assert.Null(bad.Account);
    }

    [Fact]
    public void The_cryptogram_of_an_offline_approval_stands_inside_the_signature()
    {
        Outcome outcome = new LabTap("discover-offline").With(one => one with { FloorLimit = 2000 }, 0x22).Run();

        Assert.Equal((true, OdaMethod.Cda), (outcome.Oda!.IsValid, outcome.Oda.Method));
        Assert.Equal([1984, 1408, 1024], outcome.Oda.KeyBits);
        Assert.Equal(outcome.Oda.Cryptogram, outcome.DataRecord![EmvTag.Cryptogram]);
        Assert.True(VisaCardTests.IsRight(outcome, "discover-offline"));
    }

    [Theory]
    [InlineData("discover", OutcomeKind.OnlineRequest, CvmKind.OnlinePin)]
    [InlineData("discover-phone", OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("discover-failed-phone", OutcomeKind.Declined, CvmKind.NoCvm)]
    public void Above_the_limit_a_verification_is_found(string name, OutcomeKind kind, CvmKind cvm)
    {
        LabTap tap = new(name);
        tap.Request = tap.Request with { AmountMinor = 5000 };

        Outcome outcome = tap.Run();

        Assert.Equal((kind, cvm), (outcome.Kind, outcome.Cvm));
    }
}
