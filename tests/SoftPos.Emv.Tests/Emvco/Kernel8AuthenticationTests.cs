using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>Cryptogram MACs and local authentication: what is protected cannot be changed by one bit (Book C-8, 2627, 29, RPC; Book E).</summary>
public sealed class Kernel8AuthenticationTests
{
    /// <summary>Every message of the channel but the certificates, and what must become of a payment in which one bit of it was turned.</summary>
    public static TheoryData<string> Protected =>
    [
        "blinded key", "factor", "relay", "record 2/1", "issuer certificate", "card certificate", "response", "cryptogram", "EDA-MAC",
    ];

    [Theory]
    [MemberData(nameof(Protected))]
    public void A_turned_bit_of_anything_protected_is_found(string what)
    {
        int bits = Sent(what);
        for (int bit = 0; bit < bits; bit += bits > 300 ? 13 : 5)
        {
            ScriptedKernel8 card = Relayed();
            card.Flips[what] = bit;

            Outcome outcome = card.Run();

            bool refused = outcome.Kind is OutcomeKind.EndApplication || outcome is { Oda.IsValid: false } || outcome.Tvr.Has(Tvr.CvmFailed);
            Assert.True(refused, $"{what}, bit {bit}: {outcome}");
            outcome.Account?.Dispose();
        }
    }

    [Fact]
    public void Without_local_authentication_the_channel_still_binds_the_cryptogram()
    {
        foreach (string what in (string[])["blinded key", "record 2/1", "response", "cryptogram", "EDA-MAC"])
        {
            ScriptedKernel8 card = new();
            card.Kernel = card.Kernel with { SecurityCapability = 0x00 };
            card.Flips[what] = 9;

            Outcome outcome = card.Run();

            Assert.Equal(OutcomeKind.EndApplication, outcome.Kind);
            Assert.True(outcome.Tvr == default || outcome.Tvr.Has(Tvr.Kernel8Format));
        }

        ScriptedKernel8 good = new();
        good.Kernel = good.Kernel with { SecurityCapability = 0x00 };
        Assert.Equal("8000000081", good.Run().Tvr.ToString());
    }

    [Theory]
    [InlineData("EDA-MAC")]
    [InlineData("cryptogram")]
    [InlineData("response")]
    public void A_wrong_EDA_MAC_is_never_sent_online(string what)
    {
        // Bit 60 of the response stands in the counter 9F36.
        ScriptedKernel8 card = new() { Flips = { [what] = what == "response" ? 60 : 1 } };

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.AuthenticationFailed, "00130000001C"), (outcome.Kind, outcome.Reason, ScriptedKernel8.Error(outcome)));
        Assert.Null(outcome.Account);
        Assert.Null(outcome.DataRecord);
    }

    [Fact]
    public void The_reader_finds_what_was_changed_on_the_way_to_the_card()
    {
        // The card sees another amount than the reader sent, in the options or with GENERATE AC.
        ScriptedKernel8 card = new();
        card.Answers[0xAE] = command =>
        {
            command[10] ^= 0x01;
            return card.GenerateCryptogram(command[2], command.AsSpan(5, command[4]));
        };

        Assert.Equal("00130000001C", ScriptedKernel8.Error(card.Run()));
    }

    [Fact]
    public void An_impostor_with_genuine_certificates_fails_at_the_blinding_factor()
    {
        ScriptedKernel8 card = new() { CardKey = ScriptedKernel8.Key(32, 0x35) };

        Outcome outcome = card.Run();

        Assert.Equal(new OdaFailure(OdaStep.BlindingFactor, OdaFault.Point), outcome.Oda!.Failure);
        Assert.Equal("0400000081", outcome.Tvr.ToString());
        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
    }

    [Theory]
    [InlineData("0400000000", true, OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, "0400000081")]
    [InlineData("0400000000", false, OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, "0000000081")]
    [InlineData("0000000000", true, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0400000081")]
    [InlineData("0000000000", false, OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000000081")]
    public void A_failed_authentication_is_for_the_action_codes_and_reported_where_configured(
        string denial, bool reported, OutcomeKind kind, OutcomeReason reason, string tvr)
    {
        ScriptedKernel8 card = new() { Flips = { ["card certificate"] = 1000 } };
        card.Kernel = card.Kernel with { TacDenial = ScriptedKernel8.Hex(denial), ReportLocalAuthentication = reported };

        Outcome outcome = card.Run();

        Assert.Equal((kind, reason, tvr), (outcome.Kind, outcome.Reason, outcome.Tvr.ToString()));
        Assert.Equal(tvr, Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
    }

    public static TheoryData<int, byte, OdaStep, OdaFault> IssuerFields => new()
    {
        { 0, 0x13, OdaStep.IssuerCertificate, OdaFault.Format },
        { 1, 0x01, OdaStep.IssuerCertificate, OdaFault.Format },
        { 2, 0x98, OdaStep.IssuerCertificate, OdaFault.Identifier },
        { 4, 0x4A, OdaStep.IssuerCertificate, OdaFault.Identifier },
        { 7, 0x00, OdaStep.IssuerCertificate, OdaFault.Algorithm },
        { 7, 0x11, OdaStep.IssuerCertificate, OdaFault.Length },
        { 8, 0x19, OdaStep.IssuerCertificate, OdaFault.Expired },
        { 10, 0x13, OdaStep.IssuerCertificate, OdaFault.Expired },
        { 15, 0xA0, OdaStep.IssuerCertificate, OdaFault.Unknown },
        { 20, 0xE2, OdaStep.IssuerCertificate, OdaFault.Unknown },
        { 14, 0x09, OdaStep.IssuerCertificate, OdaFault.Revoked },
    };

    [Theory]
    [MemberData(nameof(IssuerFields))]
    public void Every_field_of_the_issuer_certificate_is_checked_under_a_good_signature(int at, byte value, OdaStep step, OdaFault fault)
    {
        ScriptedKernel8 card = new() { IssuerBody = body => Set(body, at, value) };
        card.Revocations.Add(new CertificateRevocation(ScriptedKernel8.Hex(ScriptedKernel8.Aid)[..5], ScriptedKernel8.CaIndex, [0, 0, 9]));

        Assert.Equal(new OdaFailure(step, fault), card.Run().Oda!.Failure);
    }

    public static TheoryData<int, byte, OdaStep, OdaFault> CardFields => new()
    {
        { 0, 0x12, OdaStep.CardCertificate, OdaFault.Format },
        { 1, 0x01, OdaStep.CardCertificate, OdaFault.Format },
        { 2, 0x01, OdaStep.CardCertificate, OdaFault.Length },
        { 2, 0x10, OdaStep.CardCertificate, OdaFault.Algorithm },
        { 3, 0x19, OdaStep.CardCertificate, OdaFault.Expired },
        { 5, 0x00, OdaStep.CardCertificate, OdaFault.Expired },
        { 15, 0x02, OdaStep.CardCertificate, OdaFault.Format },
        { 16, 0x01, OdaStep.CardCertificate, OdaFault.Algorithm },
        { 17, 0x00, OdaStep.StaticData, OdaFault.Hash },
        { 60, 0x00, OdaStep.BlindingFactor, OdaFault.Point },
    };

    [Theory]
    [MemberData(nameof(CardFields))]
    public void Every_field_of_the_card_certificate_is_checked_under_a_good_signature(int at, byte value, OdaStep step, OdaFault fault)
    {
        ScriptedKernel8 card = new() { CardBody = body => Set(body, at, body[at] == value ? (byte)(value + 1) : value) };

        Assert.Equal(new OdaFailure(step, fault), card.Run().Oda!.Failure);
    }

    [Theory]
    [InlineData("2030-12-31", "23:59", true)]
    [InlineData("2031-01-01", "00:00", false)]
    public void Certificates_are_good_to_their_last_minute(string date, string time, bool good)
    {
        ScriptedKernel8 card = new();
        card.Request = card.Request with
        {
            Date = DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), Time = TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture),
        };

        Assert.Equal(good, card.Run().Oda!.IsValid);
    }

    [Fact]
    public void The_card_certificate_expires_to_the_minute()
    {
        ScriptedKernel8 card = new() { CardBody = body => [.. body[..3], 0x20, 0x26, 0x11, 0x24, 0x12, 0x00, .. body[9..]] };
        Assert.True(card.Run().Oda!.IsValid);

        card = new ScriptedKernel8 { CardBody = card.CardBody, Request = card.Request with { Time = new TimeOnly(12, 1) } };
        Assert.Equal(OdaFault.Expired, card.Run().Oda!.Failure!.Value.Fault);
    }

    [Fact]
    public void A_key_that_is_not_known_or_expired_authenticates_nothing()
    {
        ScriptedKernel8 card = new();
        IReadOnlyList<CaEccPublicKey> keys = card.CaKeys;
        card.CaKeys = [keys[1]];
        Assert.Equal(new OdaFailure(OdaStep.CaKey, OdaFault.Unknown), card.Run().Oda!.Failure);

        card = new ScriptedKernel8 { CaKeys = [keys[0] with { Expires = new DateOnly(2026, 11, 23) }] };
        Assert.Equal(new OdaFailure(OdaStep.CaKey, OdaFault.Expired), card.Run().Oda!.Failure);

        // The index decides the curve: a key of the other curve under it verifies nothing.
        card = new ScriptedKernel8 { CaKeys = [keys[1] with { Index = ScriptedKernel8.CaIndex }] };
        Assert.Equal(new OdaFailure(OdaStep.IssuerCertificate, OdaFault.Length), card.Run().Oda!.Failure);
    }

    [Fact]
    public void Certificates_on_the_long_curve_are_verified_with_its_hash()
    {
        Outcome outcome = new ScriptedKernel8 { IsLong = true }.Run();

        Assert.True(outcome.Oda!.IsValid, outcome.Oda.Failure.ToString());
        Assert.Equal([521, 521, 256], outcome.Oda.KeyBits);
    }

    [Theory]
    [InlineData(0x8F, 0)]
    [InlineData(0x90, 0)]
    [InlineData(0x9F46, 1)]
    public void A_card_that_says_it_can_be_authenticated_must_bring_its_certificates(uint tag, int record)
    {
        ScriptedKernel8 card = new();
        card.Keys[record][tag] = [];

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, "00060000001C"), (outcome.Kind, ScriptedKernel8.Error(outcome)));
    }

    [Theory]
    [InlineData(true, "0400000081")]
    [InlineData(false, "0000000081")]
    public void An_account_number_outside_of_the_signed_data_is_not_authenticated(bool required, string tvr)
    {
        ScriptedKernel8 card = new();
        card.Kernel = card.Kernel with { RequireSignedPan = required };
        card.Keys[1][EmvTag.Pan] = card.Record[EmvTag.Pan];
        card.Record[EmvTag.Pan] = null;

        Assert.Equal(tvr, card.Run().Tvr.ToString());
    }

    [Fact]
    public void An_object_of_the_extended_list_that_is_absent_counts_with_length_zero()
    {
        ScriptedKernel8 card = new();
        card.Record[0x9F810A] = ScriptedKernel8.Hex("849F2C9F24");

        // The card leaves the absent object out: another hash, so other MACs.
        Assert.Equal("00130000001C", ScriptedKernel8.Error(card.Run()));
    }

    [Theory]
    [InlineData("849F")]
    [InlineData("8400")]
    public void A_list_of_tags_that_is_none_ends_the_transaction(string list)
    {
        ScriptedKernel8 card = new();
        card.Record[0x9F810A] = ScriptedKernel8.Hex(list);

        Assert.Equal("00060000001C", ScriptedKernel8.Error(card.Run()));
    }

    private static ScriptedKernel8 Relayed()
    {
        ScriptedKernel8 card = new();
        card.Kernel = card.Kernel with { RelayResistance = true };
        card.Options[EmvTag.Aip] = ScriptedKernel8.Hex("0103");
        return card;
    }

    private static int Sent(string what)
    {
        ScriptedKernel8 card = Relayed();
        Outcome outcome = card.Run();
        Assert.True(outcome is { Kind: OutcomeKind.OnlineRequest, Oda.IsValid: true });
        return card.Sent[what];
    }

    private static byte[] Set(byte[] body, int at, byte value)
    {
        body[at] = value;
        return body;
    }
}
