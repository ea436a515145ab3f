using System.Globalization;
using SoftPos.Cryptography;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.Replay;
using SoftPos.Iso7816;
using SoftPos.Iso8583;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

/// <summary>The lab's cards for kernel 8, at the lab's reader and before its issuer.</summary>
public sealed class Kernel8CardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("kernel8", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-clear", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-p521", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-watch", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-locked-phone", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-pin", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000048081")]
    [InlineData("kernel8-offline", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-expired", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0040008081")]
    [InlineData("kernel8-declines", OutcomeKind.Declined, OutcomeReason.CardDeclined, "0000008081")]
    [InlineData("kernel8-other-interface", OutcomeKind.TryAnotherInterface, OutcomeReason.CardDeclined, "0000008081")]
    [InlineData("kernel8-bad-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, "0400008081")]
    [InlineData("kernel8-bad-card-certificate", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, "0400008081")]
    [InlineData("kernel8-impostor", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed, "0400008081")]
    [InlineData("kernel8-bad-key", OutcomeKind.EndApplication, OutcomeReason.BadCardData, "0000000080")]
    [InlineData("kernel8-bad-counter", OutcomeKind.EndApplication, OutcomeReason.BadCardData, "0000000081")]
    [InlineData("kernel8-bad-mac", OutcomeKind.EndApplication, OutcomeReason.AuthenticationFailed, "0000008081")]
    [InlineData("kernel8-changed-amount", OutcomeKind.EndApplication, OutcomeReason.AuthenticationFailed, "0000008081")]
    [InlineData("kernel8-bad-cryptogram", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-rrp", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008082")]
    [InlineData("kernel8-relay", OutcomeKind.Declined, OutcomeReason.ActionCodes, "000000808E")]
    [InlineData("kernel8-torn", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-slow", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, "0000008081")]
    [InlineData("kernel8-blocked", OutcomeKind.EndApplication, OutcomeReason.NoApplication, "0000000000")]
    public void Each_kernel_8_card_ends_as_it_is_described(string name, OutcomeKind kind, OutcomeReason reason, string tvr)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal((kind, reason, tvr), (outcome.Kind, outcome.Reason, outcome.Tvr.ToString()));
    }

    [Fact]
    public void Every_kernel_8_card_of_the_catalogue_is_described_here()
    {
        IEnumerable<string> described = typeof(Kernel8CardTests).GetMethod(nameof(Each_kernel_8_card_ends_as_it_is_described))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>().Select(data => (string)data.Data[0]!);

        Assert.Equal(LabCardCatalogue.All.Where(card => card.Scheme == "ccd").Select(card => card.Name).Order(), described.Order());
    }

    [Theory]
    [InlineData("kernel8")]
    [InlineData("kernel8-clear")]
    [InlineData("kernel8-p521")]
    [InlineData("kernel8-phone")]
    [InlineData("kernel8-locked-phone")]
    [InlineData("kernel8-pin")]
    [InlineData("kernel8-rrp")]
    [InlineData("kernel8-torn")]
    public void The_issuer_finds_the_cryptogram_right_and_the_MAC_of_the_reader_under_it(string name)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.True(outcome.Oda!.IsValid, outcome.Oda.Failure.ToString());
        Assert.Equal((null, "cryptogram verified"), Ask(outcome, name));

        // The copy of the IAD-MAC is what the cryptogram covers: another one, and the issuer refuses.
        Assert.Equal(outcome.DataRecord![0x9F8109], outcome.DataRecord[EmvTag.IssuerApplicationData]![17..25]);
        outcome.DataRecord[EmvTag.IssuerApplicationData]![17] ^= 0x01;
        Assert.Equal("82", Ask(outcome, name).Code);
    }

    [Theory]
    [InlineData("kernel8-bad-cryptogram", "82")]
    [InlineData("kernel8-expired", "54")]
    public void The_issuer_refuses_what_the_reader_could_not(string name, string code) => Assert.Equal(code, Ask(new LabTap(name).Run(), name).Code);

    [Fact]
    public void Results_that_the_reader_had_before_the_cryptogram_are_covered_by_it()
    {
        Outcome outcome = new LabTap("kernel8").Run();
        outcome.DataRecord![EmvTag.Tvr]![4] ^= 0x03;

        Assert.Equal("82", Ask(outcome, "kernel8").Code);
    }

    [Theory]
    [InlineData("kernel8", 5000, CvmKind.NoCvm, "1F0002", false)]
    [InlineData("kernel8", 5001, CvmKind.OnlinePin, "020000", true)]
    [InlineData("kernel8-pin", 1, CvmKind.OnlinePin, "020000", false)]
    [InlineData("kernel8-phone", 5000, CvmKind.ConfirmationCodeVerified, "010002", false)]
    [InlineData("kernel8-watch", 5001, CvmKind.ConfirmationCodeVerified, "010002", true)]
    public void The_card_decides_how_its_holder_is_verified(string name, long amount, CvmKind cvm, string results, bool receipt)
    {
        LabTap tap = new(name);
        tap.Request = tap.Request with { AmountMinor = amount };

        Outcome outcome = tap.Run();

        Assert.Equal((cvm, results, receipt), (outcome.Cvm, Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!), outcome.Receipt));
        Assert.Null(Ask(outcome, name, amount).Code);
    }

    [Theory]
    [InlineData("kernel8-bad-certificate", OdaStep.IssuerCertificate, OdaFault.Signature)]
    [InlineData("kernel8-bad-card-certificate", OdaStep.CardCertificate, OdaFault.Signature)]
    [InlineData("kernel8-impostor", OdaStep.BlindingFactor, OdaFault.Point)]
    public void A_bad_chain_names_its_link(string name, OdaStep step, OdaFault fault)
    {
        Outcome outcome = new LabTap(name).Run();

        Assert.Equal(step, outcome.Oda!.Failure!.Value.Step);
        Assert.Equal(fault, outcome.Oda.Failure.Value.Fault);
        Assert.Null(outcome.Account);
    }

    [Fact]
    public void Certificates_are_on_either_curve()
    {
        Assert.Equal([256, 256, 256], new LabTap("kernel8").Run().Oda!.KeyBits);
        Assert.Equal([521, 521, 256], new LabTap("kernel8-p521").Run().Oda!.KeyBits);
    }

    [Fact]
    public void A_locked_phone_is_asked_to_be_looked_at_and_pays_on_the_second_tap()
    {
        LabTap tap = new("kernel8-locked-phone");

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified, 2), (outcome.Kind, outcome.Cvm, tap.Taps));
        Assert.Contains(tap.Effects, effect => effect is ReaderEffect.Show { Request: { Message: UiMessage.SeePhone, Status: UiStatus.NotReady } });
        Assert.Contains(tap.Effects, effect => effect is ReaderEffect.Show { Request: { Message: UiMessage.SeePhone, Status: UiStatus.ReadyToRead } });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Torn_after_any_command_the_card_pays_on_the_next_tap(int after)
    {
        LabTap tap = new(LabCardCatalogue.Find("kernel8-torn")! with { TornAfter = after });

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, 2), (outcome.Kind, tap.Taps));
        Assert.True(outcome.Oda!.IsValid);
        Assert.Null(Ask(outcome, "kernel8-torn").Code);
    }

    [Fact]
    public void An_offline_card_is_approved_by_a_reader_that_may()
    {
        LabTap tap = new LabTap("kernel8-offline").With(one => one with { FloorLimit = 2000 }, 0x22);

        Outcome outcome = tap.Run();

        Assert.Equal((OutcomeKind.Approved, OutcomeReason.ApprovedOffline, "0000000081"), (outcome.Kind, outcome.Reason, outcome.Tvr.ToString()));
        Assert.True(outcome.Oda!.IsValid);
    }

    [Fact]
    public void A_card_that_never_approves_offline_is_asked_to_go_online()
    {
        LabTap tap = new LabTap("kernel8").With(one => one with { FloorLimit = 2000 }, 0x22);

        Assert.Equal(OutcomeKind.OnlineRequest, tap.Run().Kind);
    }

    [Fact]
    public void What_one_tap_writes_the_next_one_reads()
    {
        LabTap tap = new("kernel8");
        tap.Request = tap.Request with { TerminalObjects = new TlvMap { [0xBF8104] = Convert.FromHexString("9F811403AABBCC") } };
        Assert.Equal([0x80], tap.Run().DiscretionaryData![0x9F821B]!);

        tap.Request = tap.Request with { TerminalObjects = new TlvMap { [0x9F8203] = Convert.FromHexString("9F8114") } };
        Assert.Equal([0x80], tap.Run().DiscretionaryData![0x9F821C]!);
        Assert.Equal([0xAA, 0xBB, 0xCC], tap.Effects.OfType<ReaderEffect.ExchangeData>().Single().ToSend[0x9F8114]!);
    }

    [Fact]
    public void No_two_taps_show_the_same_key_of_the_card()
    {
        byte seed = 0;
        VirtualCard card = VirtualCard.Create("kernel8", 0, bytes => bytes.Fill(++seed))!;
        HashSet<string> keys = [];
        for (int tap = 0; tap < 3; tap++)
        {
            card.EnterField();
            card.Transceive(Convert.FromHexString("00A4040007F04C414238101000"));
            byte[] options = card.Transceive([0x80, 0xA8, 0x00, 0x00, 0x5C, 0x83, 0x5A, .. KernelKey(), .. new byte[26], 0x00])!;
            Assert.Equal([0x90, 0x00], options[^2..]);
            Assert.True(TlvMap.TryParse(options.AsMemory(0, options.Length - 2), out TlvMap? objects, out _));
            keys.Add(Convert.ToHexString(objects[0x9F8103]!.AsSpan(0, 32)));
        }

        Assert.Equal(3, keys.Count);
        Assert.DoesNotContain(Convert.ToHexString(Kernel8Keys.Card.X), keys);
    }

    [Fact]
    public void A_kernel_key_that_is_no_point_is_refused_by_the_card()
    {
        VirtualCard card = VirtualCard.Create("kernel8")!;
        card.Transceive(Convert.FromHexString("00A4040007F04C414238101000"));

        Assert.Equal("6A80", Convert.ToHexString(card.Transceive([0x80, 0xA8, 0x00, 0x00, 0x5C, 0x83, 0x5A, .. new byte[90], 0x00])!));
    }

    [Fact]
    public void A_trace_names_the_steps_of_kernel_8()
    {
        IReadOnlyList<TapTraceLine> trace = TapReplay.Run(RecordedCardTests.Record("kernel8-rrp", full: true)).Trace;

        foreach (string clause in (string[])["C.102", "22.51", "21.11", "21.17", "23", "202122232425.10", "TAA", "29.20", "RPC.4", "29.42"])
        {
            Assert.Contains(trace, line => line.Clause == clause && line.Book == "C-8");
        }

        Assert.Contains(trace, line => line.Details.Any(detail => detail.Contains("Results in the format of kernel 8", StringComparison.Ordinal)));
        Assert.DoesNotContain(trace, line => line.Details.Any(detail => detail.Contains("Default TDOL used", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_masked_recording_cannot_decipher_what_the_card_sent()
    {
        TapRecording masked = RecordedCardTests.Record("kernel8", full: false);
        TapRecording full = RecordedCardTests.Record("kernel8", full: true);

        Assert.All(masked.Steps.OfType<TapStep.DrawnSecret>(), step => Assert.Equal(new byte[32], step.Bytes));
        Assert.NotEmpty(masked.Steps.OfType<TapStep.DrawnSecret>());
        Assert.All(full.Steps.OfType<TapStep.DrawnSecret>(), step => Assert.NotEqual(new byte[32], step.Bytes));
        Assert.DoesNotContain("secret of a key", TapReplay.Run(full).Trace.Select(line => line.Text));

        TapReplayResult departs = TapReplay.Run(full with { Steps = [.. full.Steps.Where(step => step is not TapStep.DrawnSecret)] });
        Assert.NotNull(departs.Departure);
    }

    [Fact]
    public void The_lab_reader_has_the_keys_that_its_cards_are_certified_by()
    {
        CaKeySet keys = LabReader.Configuration().CaKeys;

        Assert.Equal(2, keys.EccKeys.Count);
        Assert.All(keys.EccKeys, key => Assert.Equal(CaKeyEnvironment.Lab, key.Environment));
        Assert.Equal(keys.EccKeys.Select(key => key.ToString()), LabReader.AtTheMarketStall().CaKeys.EccKeys.Select(key => key.ToString()));
    }

    private static byte[] KernelKey()
    {
        byte[] point = new byte[64];
        Assert.True(EmvCurve.TryGetPublicKey([.. new byte[31], 5], point));
        return point;
    }

    /// <summary>Code and reason of the lab issuer for the outcome's data, as an acquirer would send them.</summary>
    private static (string? Code, string Reason) Ask(Outcome outcome, string name, long amount = 1250)
    {
        LabIssuedCard card = LabIssuer.FindByName(name)!;
        Iso8583Message message = new(ShippedDialects.Lab, "0100")
        {
            [2] = card.Pan,
            [3] = "000000",
            [4] = amount.ToString("D12", CultureInfo.InvariantCulture),
            [7] = "1124120000",
            [11] = "1",
            [14] = card.ExpiryYearMonth,
            [22] = "072",
            [49] = "978",
        };

        // DE 55 carries the objects of two-byte tags.
        message.Set(55, outcome.DataRecord!.Encode(outcome.DataRecord.Tags.Where(tag => tag <= 0xFFFF)));
        Assert.True(Iso8583View.TryRead(message.Encode(), ShippedDialects.Lab, out Iso8583View view, out Iso8583Fault fault), fault.ToString());
        IssuerFinding finding = new IssuerCheck(new CardCounters(10), null).Check(view, Now);
        finding.Answer?.Dispose();
        return (finding.Code, finding.Reason);
    }
}
