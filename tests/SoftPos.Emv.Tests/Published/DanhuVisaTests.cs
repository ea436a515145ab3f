using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Published;

/// <summary>The recorded Visa transaction ends as published, and every bit that is turned in it is found.</summary>
public sealed class DanhuVisaTests
{
    private const string Options = "80A8";
    private const string IssuerRecord = "00B20114";
    private const string CardRecord = "00B20314";
    private const string StaticRecord = "00B2011C";

    [Fact]
    public void The_transaction_is_approved_offline_with_a_valid_signature()
    {
        DanhuVisa visa = new();

        Outcome outcome = visa.RunCounting(out int commands);

        Assert.Equal(OutcomeKind.Approved, outcome.Kind);
        Assert.Equal(OutcomeReason.ApprovedOffline, outcome.Reason);
        Assert.Equal(CvmKind.NoCvm, outcome.Cvm);
        Assert.True(outcome.Oda!.IsValid);
        Assert.Equal(1, outcome.Oda.FddaVersion);
        Assert.Equal([1408, 1152, 896], outcome.Oda.KeyBits);
        Assert.Equal("0000000000", outcome.Tvr.ToString());
        Assert.Equal("A0000000031010", outcome.Application!.Aid);
        Assert.Equal("476173******0010", outcome.Account!.MaskedPan);
        Assert.Equal("20261203C3227D26", Convert.ToHexString(outcome.DataRecord![EmvTag.Cryptogram]!));
        Assert.Equal("40", Convert.ToHexString(outcome.DataRecord[EmvTag.CryptogramInformation]!));
        Assert.Null(outcome.DataRecord[EmvTag.Track2EquivalentData]);
        Assert.Equal(6, commands);
    }

    [Fact]
    public void The_options_command_is_the_recorded_one()
    {
        List<string> commands = [];
        new DanhuVisa().Run(effect =>
        {
            if (effect is ReaderEffect.SendCommand send)
            {
                commands.Add(Convert.ToHexString(send.Command.ToArray()));
            }
        });

        Assert.Contains("80A80000128310240040000000000002000840ABABABAB00", commands);
        Assert.Equal("00A404000E325041592E5359532E444446303100", commands[0]);
    }

    [Fact]
    public void Authentication_is_done_after_the_card_may_leave()
    {
        List<ReaderEffect> effects = [];
        new DanhuVisa().Run(effects.Add);

        int read = effects.FindIndex(effect => effect is ReaderEffect.Show { Request.Message: UiMessage.CardReadOk });
        Assert.IsType<ReaderEffect.FieldOff>(effects[read + 1]);
        Assert.IsType<ReaderEffect.Proceed>(effects[read + 2]);
        Assert.IsType<ReaderEffect.Finish>(effects[^1]);
        Assert.Single(effects, effect => effect is ReaderEffect.FieldOff);
    }

    [Fact]
    public void A_turned_bit_of_the_CA_key_is_found()
    {
        DanhuVisa visa = new();
        int at = visa.Keys.FindIndex(key => key.Index == 0x92 && Convert.ToHexString(key.Rid) == "A000000003");
        byte[] modulus = [.. visa.Keys[at].Modulus];
        modulus[100] ^= 1;
        visa.Keys[at] = visa.Keys[at] with { Modulus = modulus };

        AssertFails(visa, OdaStep.IssuerCertificate, OdaFault.Trailer, OdaFault.Header, OdaFault.Hash);
    }

    [Fact]
    public void A_turned_bit_of_the_issuer_certificate_is_found()
    {
        DanhuVisa visa = new();
        visa.Flip(IssuerRecord, EmvTag.IssuerCertificate);

        AssertFails(visa, OdaStep.IssuerCertificate, OdaFault.Trailer, OdaFault.Header, OdaFault.Hash);
    }

    [Theory]
    [InlineData(EmvTag.IssuerKeyRemainder, OdaFault.Hash)]
    [InlineData(EmvTag.IssuerKeyExponent, OdaFault.Hash)]
    public void A_turned_bit_beside_the_issuer_certificate_is_found(uint tag, OdaFault fault)
    {
        DanhuVisa visa = new();
        visa.Flip(IssuerRecord, tag);

        AssertFails(visa, OdaStep.IssuerCertificate, fault);
    }

    [Theory]
    [InlineData(EmvTag.IccCertificate, OdaFault.Trailer)]
    [InlineData(EmvTag.IccKeyRemainder, OdaFault.Hash)]
    [InlineData(EmvTag.IccKeyExponent, OdaFault.Hash)]
    public void A_turned_bit_of_the_card_certificate_is_found(uint tag, OdaFault fault)
    {
        DanhuVisa visa = new();
        visa.Flip(CardRecord, tag);

        AssertFails(visa, OdaStep.CardCertificate, fault, OdaFault.Header, OdaFault.Hash);
    }

    [Fact]
    public void A_turned_bit_of_the_signature_is_found()
    {
        DanhuVisa visa = new();
        visa.Flip(Options, EmvTag.SignedDynamicData);

        AssertFails(visa, OdaStep.SignedDynamicData, OdaFault.Trailer, OdaFault.Header, OdaFault.Hash);
    }

    [Fact]
    public void A_turned_bit_of_a_static_record_is_found()
    {
        DanhuVisa visa = new();
        visa.Flip(StaticRecord, EmvTag.PanSequenceNumber);

        AssertFails(visa, OdaStep.CardCertificate, OdaFault.Hash);
    }

    [Fact]
    public void A_turned_bit_of_the_card_number_in_its_unsigned_reading_is_found()
    {
        DanhuVisa visa = new();
        visa.Flip(CardRecord, EmvTag.CardAuthenticationData);

        AssertFails(visa, OdaStep.SignedDynamicData, OdaFault.Hash);
    }

    [Fact]
    public void Another_unpredictable_number_is_found()
    {
        DanhuVisa visa = new() { UnpredictableNumber = Convert.FromHexString("ABABABAA") };

        AssertFails(visa, OdaStep.SignedDynamicData, OdaFault.Hash);
    }

    [Fact]
    public void Another_amount_is_found()
    {
        DanhuVisa visa = new();
        visa.Request = visa.Request with { AmountMinor = 201 };

        AssertFails(visa, OdaStep.SignedDynamicData, OdaFault.Hash);
    }

    [Fact]
    public void Another_currency_is_found()
    {
        DanhuVisa visa = new();
        visa.Request = visa.Request with { CurrencyCode = 978 };

        AssertFails(visa, OdaStep.SignedDynamicData, OdaFault.Hash);
    }

    [Fact]
    public void Another_counter_is_found()
    {
        DanhuVisa visa = new();
        visa.Flip(Options, EmvTag.Atc);

        AssertFails(visa, OdaStep.SignedDynamicData, OdaFault.Counter);
    }

    [Fact]
    public void A_CA_key_that_expired_is_not_used()
    {
        DanhuVisa visa = new();
        int at = visa.Keys.FindIndex(key => key.Index == 0x92);
        visa.Keys[at] = visa.Keys[at] with { Expires = new DateOnly(2019, 8, 18) };
        AssertFails(visa, OdaStep.CaKey, OdaFault.Expired);

        visa.Keys[at] = visa.Keys[at] with { Expires = new DateOnly(2019, 8, 19) };
        Assert.Equal(OutcomeKind.Approved, visa.Run().Kind);
    }

    [Fact]
    public void An_unknown_CA_key_and_a_missing_certificate_are_found()
    {
        DanhuVisa visa = new();
        visa.Keys.RemoveAll(key => key.Index == 0x92);
        AssertFails(visa, OdaStep.CaKey, OdaFault.Unknown);

        DanhuVisa bare = new();
        bare.Edit(IssuerRecord, (EmvTag.IssuerCertificate, null));
        AssertFails(bare, OdaStep.IssuerCertificate, OdaFault.Missing);
        Assert.True(bare.Run().Tvr.Has(Tvr.CardDataMissing | Tvr.DdaFailed));
    }

    [Fact]
    public void A_signature_of_another_length_is_found()
    {
        DanhuVisa visa = new();
        visa.Edit(Options, (EmvTag.SignedDynamicData, new byte[111]));

        AssertFails(visa, OdaStep.SignedDynamicData, OdaFault.Length);
    }

    [Fact]
    public void A_certificate_on_the_revocation_list_is_found()
    {
        DanhuVisa visa = new();
        byte[] serial = Serial(visa);
        visa.Revocations.Add(new CertificateRevocation(Convert.FromHexString("A000000003"), 0x92, serial));
        AssertFails(visa, OdaStep.IssuerCertificate, OdaFault.Revoked);

        visa.Revocations[0] = visa.Revocations[0] with { Index = 0x94 };
        Assert.Equal(OutcomeKind.Approved, visa.Run().Kind);
    }

    private static byte[] Serial(DanhuVisa visa)
    {
        Assert.True(TlvMap.TryParse(visa.ResponseTo(IssuerRecord).AsMemory()[..^2], out TlvMap? record, out _));
        CaPublicKey ca = visa.Keys.Single(key => key.Index == 0x92);
        byte[] recovered = new byte[ca.Modulus.Length];
        Assert.True(SoftPos.Cryptography.EmvRsa.TryRecover(ca.Modulus, ca.Exponent, record[EmvTag.IssuerCertificate], recovered));
        return recovered[8..11];
    }

    private static void AssertFails(DanhuVisa visa, OdaStep step, params OdaFault[] faults)
    {
        Outcome outcome = visa.Run();
        Assert.Equal(OutcomeKind.Declined, outcome.Kind);
        Assert.Equal(OutcomeReason.AuthenticationFailed, outcome.Reason);
        Assert.Equal(step, outcome.Oda!.Failure!.Value.Step);
        Assert.Contains(outcome.Oda.Failure.Value.Fault, faults);
        Assert.True(outcome.Tvr.Has(Tvr.DdaFailed));
        Assert.Null(outcome.Account);
        Assert.Null(outcome.DataRecord);
    }
}
