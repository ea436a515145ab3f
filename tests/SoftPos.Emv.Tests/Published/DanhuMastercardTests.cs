using System.Numerics;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Replay;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Published;

/// <summary>The recorded Mastercard transaction ends as published, and every bit that is turned in it is found.</summary>
public sealed class DanhuMastercardTests
{
    private const string IssuerRecord = "00B2011C";
    private const string CardRecord = "00B20224";
    private const string RemainderRecord = "00B20124";
    private const string StaticRecord = "00B20114";
    private const string Generate = "80AE";

    [Fact]
    public void The_transaction_is_approved_offline_with_a_valid_signature()
    {
        Outcome outcome = new DanhuMastercard().Run();

        Assert.Equal((OutcomeKind.Approved, OutcomeReason.ApprovedOffline, CvmKind.NoCvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal(OdaMethod.Cda, outcome.Oda.Method);
        Assert.Equal("AB803A04B0BCA313", Convert.ToHexString(outcome.Oda.IccDynamicNumber!));
        Assert.Equal((byte)0x40, outcome.Oda.CryptogramInformation);
        Assert.Equal("49C27A9F8E4BF538", Convert.ToHexString(outcome.DataRecord![EmvTag.Cryptogram]!));
        Assert.Equal(1152, outcome.Oda.KeyBits[0]);
        Assert.Equal("0000000001", outcome.Tvr.ToString());
        Assert.Equal("541333******1513", outcome.Account!.MaskedPan);
    }

    [Fact]
    public void Every_command_is_the_recorded_one()
    {
        DanhuMastercard mastercard = new();
        mastercard.Run();

        Transcript transcript = Transcript.TryParse(File.ReadAllText(Vectors.PathOf("emv", "danhu-emv", "mock-msc-offline.json")), out _)!;
        Assert.Equal(transcript.Exchanges.Select(exchange => Convert.ToHexString(exchange.Command)), mastercard.Commands);
    }

    [Fact]
    public void A_turned_bit_of_the_CA_key_is_found()
    {
        DanhuMastercard mastercard = new();
        int at = mastercard.Keys.FindIndex(key => key.Index == 0xF3 && Convert.ToHexString(key.Rid) == "A000000004");
        byte[] modulus = [.. mastercard.Keys[at].Modulus];
        modulus[70] ^= 1;
        mastercard.Keys[at] = mastercard.Keys[at] with { Modulus = modulus };

        AssertFails(mastercard, OdaStep.IssuerCertificate);
    }

    [Theory]
    [InlineData(IssuerRecord, EmvTag.IssuerCertificate, OdaStep.IssuerCertificate)]
    [InlineData(IssuerRecord, EmvTag.IssuerKeyRemainder, OdaStep.IssuerCertificate)]
    [InlineData(CardRecord, EmvTag.IccCertificate, OdaStep.CardCertificate)]
    [InlineData(RemainderRecord, EmvTag.IccKeyRemainder, OdaStep.CardCertificate)]
    [InlineData(StaticRecord, EmvTag.PanSequenceNumber, OdaStep.CardCertificate)]
    [InlineData(StaticRecord, EmvTag.CardVersion, OdaStep.CardCertificate)]
    [InlineData(Generate, EmvTag.SignedDynamicData, OdaStep.SignedDynamicData)]
    [InlineData(Generate, EmvTag.CryptogramInformation, OdaStep.SignedDynamicData)]
    [InlineData(Generate, EmvTag.Atc, OdaStep.SignedDynamicData)]
    [InlineData(Generate, EmvTag.IssuerApplicationData, OdaStep.SignedDynamicData)]
    public void A_turned_bit_of_what_the_card_gave_is_found(string header, uint tag, OdaStep step)
    {
        DanhuMastercard mastercard = new();
        mastercard.Flip(header, tag);

        AssertFails(mastercard, step);
    }

    [Fact]
    public void A_turned_bit_of_the_profile_is_found_in_the_static_data()
    {
        DanhuMastercard mastercard = new();
        mastercard.Flip("80A8", EmvTag.Aip);

        // Relay resistance is now claimed but not configured: nothing else changes on the way.
        AssertFails(mastercard, OdaStep.CardCertificate);
    }

    [Fact]
    public void Another_unpredictable_number_is_found()
    {
        AssertFails(new DanhuMastercard { UnpredictableNumber = Convert.FromHexString("33BCA47C") }, OdaStep.SignedDynamicData);
    }

    [Fact]
    public void Another_amount_is_found()
    {
        DanhuMastercard mastercard = new();
        mastercard.Request = mastercard.Request with { AmountMinor = 2 };

        OdaResult oda = AssertFails(mastercard, OdaStep.SignedDynamicData);
        Assert.Equal(OdaFault.TransactionData, oda.Failure!.Value.Fault);
    }

    [Fact]
    public void A_revoked_certificate_and_an_expired_CA_key_are_found()
    {
        DanhuMastercard revoked = new();
        CertificateRevocation entry = new(Convert.FromHexString("A000000004"), 0xF3, IssuerCertificateSerial(revoked));
        revoked.Revocations.Add(entry);
        Assert.Equal(OdaFault.Revoked, AssertFails(revoked, OdaStep.IssuerCertificate).Failure!.Value.Fault);

        // The same serial number under another CA key, and another serial number, are other certificates.
        byte[] other = [.. entry.Serial];
        other[2] ^= 1;
        foreach (CertificateRevocation not in (CertificateRevocation[])[entry with { Index = 0xF2 }, entry with { Serial = other }])
        {
            DanhuMastercard good = new();
            good.Revocations.Add(not);
            Assert.True(good.Run().Oda!.IsValid);
        }

        DanhuMastercard expired = new();
        int at = expired.Keys.FindIndex(key => key.Index == 0xF3 && Convert.ToHexString(key.Rid) == "A000000004");
        expired.Keys[at] = expired.Keys[at] with { Expires = new DateOnly(2019, 8, 18) };
        Assert.Equal(OdaFault.Expired, AssertFails(expired, OdaStep.CaKey).Failure!.Value.Fault);
    }

    [Fact]
    public void An_unknown_CA_key_is_known_before_the_cryptogram_and_refused_by_the_default_codes()
    {
        DanhuMastercard mastercard = new();
        mastercard.Keys.RemoveAll(key => key.Index == 0xF3);

        Outcome outcome = mastercard.Run();

        Assert.True(outcome.Tvr.Has(Tvr.CdaFailed));
        Assert.Contains(mastercard.Commands, command => command.StartsWith("80AE0000", StringComparison.Ordinal));
    }

    [Fact]
    public void The_signature_is_checked_after_the_card_may_leave()
    {
        List<ReaderEffect> effects = [];
        new DanhuMastercard().Run(effects.Add);

        int off = effects.FindIndex(effect => effect is ReaderEffect.FieldOff);
        Assert.IsType<ReaderEffect.Proceed>(effects[off + 1]);
        Assert.IsType<ReaderEffect.Finish>(effects[^1]);
        Assert.DoesNotContain(effects[(off + 1)..], effect => effect is ReaderEffect.SendCommand);
    }

    /// <summary>Bytes 9 to 11 of what the CA key recovers from 90 (EMV Book 2, table 6).</summary>
    private static byte[] IssuerCertificateSerial(DanhuMastercard mastercard)
    {
        CaPublicKey ca = mastercard.Keys.Single(key => key.Index == 0xF3 && Convert.ToHexString(key.Rid) == "A000000004");
        BigInteger recovered = BigInteger.ModPow(
            new BigInteger(mastercard.Value("00B2", EmvTag.IssuerCertificate), isUnsigned: true, isBigEndian: true),
            new BigInteger(ca.Exponent, isUnsigned: true, isBigEndian: true),
            new BigInteger(ca.Modulus, isUnsigned: true, isBigEndian: true));
        byte[] data = recovered.ToByteArray(isUnsigned: true, isBigEndian: true);
        Assert.Equal((0x6A, 0x02, ca.Modulus.Length), (data[0], data[1], data.Length));
        return data[8..11];
    }

    private static OdaResult AssertFails(DanhuMastercard mastercard, OdaStep step)
    {
        Outcome outcome = mastercard.Run();
        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.AuthenticationFailed), (outcome.Kind, outcome.Reason));
        Assert.Equal(step, outcome.Oda!.Failure!.Value.Step);
        Assert.Equal(new Tvr(0).ToString(), (outcome.Tvr & new Tvr(0xFB_0000_0000)).ToString());
        Assert.True(outcome.Tvr.Has(Tvr.CdaFailed));
        Assert.Null(outcome.Account);
        Assert.Null(outcome.DataRecord);
        return outcome.Oda;
    }
}
