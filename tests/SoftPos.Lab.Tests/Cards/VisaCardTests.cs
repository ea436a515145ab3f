using SoftPos.Cryptography;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

public sealed class VisaCardTests
{
    [Theory]
    [InlineData("visa", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-cvn10", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-cvn22", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-long-pan", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("visa-watch", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("visa-locked-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.ConfirmationCodeVerified)]
    [InlineData("visa-pin", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.OnlinePin)]
    [InlineData("visa-offline", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-expired", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-two-cards", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-slow", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-relay", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-torn", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-odd-atc", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-bad-cryptogram", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm)]
    [InlineData("visa-blocked", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("visa-blocked-application", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("visa-declines", OutcomeKind.Declined, OutcomeReason.CardDeclined, CvmKind.NoCvm)]
    [InlineData("visa-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("visa-bad-card-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("visa-bad-signature", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, CvmKind.NoCvm)]
    [InlineData("visa-tampered", OutcomeKind.Declined, OutcomeReason.CvmClaimRefused, CvmKind.NoCvm)]
    [InlineData("visa-other-device", OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked, CvmKind.NotApplicable)]
    [InlineData("visa-conditions", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("visa-talkative", OutcomeKind.EndApplication, OutcomeReason.NoApplication, CvmKind.NotApplicable)]
    [InlineData("mastercard-mixup", OutcomeKind.EndApplication, OutcomeReason.BrandMismatch, CvmKind.NotApplicable)]
    public void Each_card_ends_as_it_is_described(string name, OutcomeKind kind, OutcomeReason reason, CvmKind cvm)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal((kind, reason, cvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
    }

    [Theory]
    [InlineData("visa")]
    [InlineData("visa-cvn10")]
    [InlineData("visa-cvn22")]
    [InlineData("visa-long-pan")]
    [InlineData("visa-phone")]
    public void The_issuer_finds_the_cryptogram_right(string name)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.True(IsRight(outcome, name));
        Assert.Equal(LabIssuer.FindByName(name)!.Par, outcome.DataRecord![EmvTag.Par] is { } par ? System.Text.Encoding.ASCII.GetString(par) : null);
    }

    [Fact]
    public void The_issuer_finds_a_turned_cryptogram()
    {
        Outcome outcome = new LabTap("visa-bad-cryptogram").Run();

        Assert.False(IsRight(outcome, "visa-bad-cryptogram"));
    }

    [Fact]
    public void The_online_signature_of_the_card_is_verified_with_real_key_lengths()
    {
        Outcome outcome = new LabTap("visa").Run();

        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal([1984, 1408, 1024], outcome.Oda.KeyBits);
        Assert.Equal(default, outcome.Tvr);
        Assert.Equal("0000000000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
    }

    [Theory]
    [InlineData("visa-bad-certificate", OdaStep.IssuerCertificate)]
    [InlineData("visa-bad-card-certificate", OdaStep.CardCertificate)]
    [InlineData("visa-bad-signature", OdaStep.SignedDynamicData)]
    public void A_bad_chain_names_its_link(string name, OdaStep step)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal(step, outcome.Oda!.Failure!.Value.Step);
        Assert.True(outcome.Tvr.Has(Tvr.DdaFailed));
    }

    [Fact]
    public void Above_the_limit_a_plain_card_asks_for_its_PIN()
    {
        LabTap tap = new("visa");
        tap.Request = tap.Request with { AmountMinor = 5000 };

        Assert.Equal(CvmKind.OnlinePin, tap.Run().Cvm);
    }

    [Fact]
    public void A_locked_phone_is_asked_to_be_looked_at_and_pays_on_the_second_tap()
    {
        LabTap tap = new("visa-locked-phone");

        Assert.Equal(OutcomeKind.OnlineRequest, tap.Run().Kind);
        Assert.Equal(2, tap.Taps);
        Assert.Contains(tap.Effects, effect => effect is ReaderEffect.Show { Request.Message: UiMessage.SeePhone });
        Assert.Contains(tap.Effects, effect => effect is ReaderEffect.FieldOff { HoldMs: 1300 });
        Assert.Contains(tap.Effects, effect => effect is ReaderEffect.Show { Request.Message: UiMessage.PresentCardAgain });
    }

    [Fact]
    public void A_torn_card_pays_on_the_next_tap_with_a_new_number()
    {
        LabTap tap = new("visa-torn");

        Outcome outcome = tap.Run();

        Assert.Equal(2, tap.Taps);
        Assert.Equal("C0FFEE02", Convert.ToHexString(outcome.DataRecord![EmvTag.UnpredictableNumber]!));
        Assert.True(IsRight(outcome, "visa-torn"));
    }

    [Fact]
    public void An_offline_card_is_approved_by_a_reader_that_may()
    {
        LabTap tap = new LabTap("visa-offline").With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.Approved, OutcomeReason.ApprovedOffline), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Oda!.IsValid);
    }

    [Fact]
    public void An_expired_card_goes_online_when_it_asks_for_that()
    {
        LabTap tap = new LabTap("visa-expired").With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineExpired), (outcome.Kind, outcome.Reason));
        Assert.True(outcome.Tvr.Has(Tvr.Expired));
    }

    [Fact]
    public void A_refund_takes_the_card_although_it_answers_with_an_AAC()
    {
        LabTap tap = new("visa");
        tap.Request = tap.Request with { Kind = TransactionKind.Refund };

        Outcome outcome = tap.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Equal("00", Convert.ToHexString(outcome.DataRecord![EmvTag.CryptogramInformation]!));
    }

    [Fact]
    public void A_tap_takes_six_commands_and_four_without_online_authentication()
    {
        LabTap with = new("visa");
        with.Run();
        LabTap without = new LabTap("visa").With(one => one with { Ttq = one.Ttq is null ? null : Convert.FromHexString("24004000") });
        without.Run();

        Assert.Equal(6, with.Effects.Count(effect => effect is ReaderEffect.SendCommand));
        Assert.Equal(4, without.Effects.Count(effect => effect is ReaderEffect.SendCommand));
    }

    [Fact]
    public void Every_card_of_the_catalogue_can_be_made_and_was_issued()
    {
        Assert.NotEmpty(LabCardCatalogue.All);
        foreach (LabCardDescription card in LabCardCatalogue.All)
        {
            Assert.NotNull(VirtualCard.Create(card.Name));
            Assert.NotNull(LabIssuer.Find(card.Pan));
            Assert.True(card.Par is null || card.Par.Length == 29);
            Assert.DoesNotContain(card.Pan, LabIssuer.Find(card.Pan)!.ToString(), StringComparison.Ordinal);
        }

        Assert.Null(VirtualCard.Create("no-such-card"));
        Assert.Equal(LabCardCatalogue.All.Count, LabCardCatalogue.All.Select(card => card.Pan).Distinct().Count());
    }

    internal static bool IsRight(Outcome outcome, string name)
    {
        LabIssuedCard card = LabIssuer.FindByName(name)!;
        TlvMap record = outcome.DataRecord!;
        byte[] key = new byte[16];
        EmvMasterKey.Derive(
            card.Derivation is LabKeyDerivation.OptionB ? EmvMasterKeyOption.B : EmvMasterKeyOption.A,
            LabIssuer.MasterKeyForCryptograms(),
            card.Pan,
            card.Sequence,
            key);
        Assert.True(CryptogramVersion.TryIdentify(LabScheme.Of(card.Scheme).Scheme, record[EmvTag.IssuerApplicationData], out CryptogramVersion version));
        return ApplicationCryptogram.Verify(
            version,
            key,
            new CryptogramInput
            {
                AmountAuthorised = record[EmvTag.Amount],
                AmountOther = record[EmvTag.AmountOther],
                TerminalCountryCode = record[EmvTag.TerminalCountry],
                TerminalVerificationResults = record[EmvTag.Tvr],
                TransactionCurrencyCode = record[EmvTag.CurrencyCode],
                TransactionDate = record[EmvTag.TransactionDate],
                TransactionType = record[EmvTag.TransactionType],
                UnpredictableNumber = record[EmvTag.UnpredictableNumber],
                ApplicationInterchangeProfile = record[EmvTag.Aip],
                ApplicationTransactionCounter = record[EmvTag.Atc],
                IssuerApplicationData = record[EmvTag.IssuerApplicationData],
            },
            record[EmvTag.Cryptogram]);
    }
}
