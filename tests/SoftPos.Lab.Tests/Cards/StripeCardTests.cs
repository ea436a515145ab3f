using SoftPos.Emv;
using SoftPos.Emv.Replay;
using SoftPos.Iso7816;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

/// <summary>Mag-stripe mode of kernel 2 with a card that offers nothing else, up to the issuer's check of the dynamic code.</summary>
public sealed class StripeCardTests
{
    [Fact]
    [Requirement("ACC-02")]
    public void A_stripe_is_taken_only_where_the_configuration_says_so()
    {
        Assert.Equal(OutcomeReason.MagStripeNotSupported, new LabTap("mastercard-magstripe").Run().Reason);

        Outcome outcome = Stripe("mastercard-magstripe").Run();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.MagStripeOnline), (outcome.Kind, outcome.Reason));
        Assert.Equal(CvmKind.NotApplicable, outcome.Cvm);
        Assert.Equal("91", Convert.ToHexString(outcome.DataRecord![EmvTag.PosEntryMode]!));
        Assert.Null(outcome.DataRecord[EmvTag.Cryptogram]);
        Assert.DoesNotContain(outcome.DataRecord.Tags, tag => SensitiveTags.Contains(tag));
    }

    [Fact]
    public void The_issuer_finds_the_dynamic_code_of_the_card_right_and_another_one_wrong()
    {
        Assert.Equal(LabStripeVerdict.Valid, LabStripe.Verify(Track2("mastercard-magstripe"), 41));
        Assert.Equal(LabStripeVerdict.Code, LabStripe.Verify(Track2("mastercard-magstripe-bad-code"), 41));

        // Each digit that the terminal wrote counts: code, counter, number, length. The last byte has one digit and the filler.
        byte[] track = Track2("mastercard-magstripe");
        foreach ((int back, LabStripeVerdict verdict) in ((int, LabStripeVerdict)[])
            [(1, LabStripeVerdict.NumberLength), (2, LabStripeVerdict.Code), (4, LabStripeVerdict.Code), (5, LabStripeVerdict.Code), (9, LabStripeVerdict.Code), (11, LabStripeVerdict.Code)])
        {
            char[] digits = Convert.ToHexString(track).TrimEnd('F').ToCharArray();
            digits[^back] = digits[^back] == '9' ? '0' : (char)(digits[^back] + 1);
            string changed = new(digits);
            Assert.Equal(verdict, LabStripe.Verify(Convert.FromHexString(changed.Length % 2 == 0 ? changed : changed + "F"), 41));
        }

        Assert.Equal(LabStripeVerdict.NoTrack, LabStripe.Verify([0x12, 0x34], 41));
    }

    [Fact]
    public void Counter_number_and_length_stand_at_their_places_in_both_tracks()
    {
        LabTap tap = Stripe("mastercard-magstripe");
        Outcome outcome = tap.Run();
        ReaderEffect.SendCommand checksum = tap.Effects.OfType<ReaderEffect.SendCommand>().Single(send => send.Command.Ins == 0x2A);
        string number = Convert.ToHexString(checksum.Command.Data.Span);

        // Places 5 to 8 the counter (42), 2 to 4 the number, 1 its length.
        Assert.StartsWith("00000", number, StringComparison.Ordinal);
        string expected = "0042" + number[^3..] + "3";
        TlvMap account = outcome.Account!.Reveal();
        Assert.EndsWith(expected, Convert.ToHexString(account[EmvTag.StripeTrack2]!).TrimEnd('F'), StringComparison.Ordinal);
        Assert.EndsWith(expected, System.Text.Encoding.ASCII.GetString(account[EmvTag.Track1]!), StringComparison.Ordinal);
        Assert.Equal((0x80, 0x8E, 0x80), (checksum.Command.Cla, checksum.Command.P1, checksum.Command.P2));
    }

    [Theory]
    [InlineData(5000, 0x10, CvmKind.NotApplicable, false)]
    [InlineData(5001, 0x10, CvmKind.ObtainSignature, true)]
    [InlineData(5001, 0x20, CvmKind.OnlinePin, true)]
    [InlineData(5001, 0x00, CvmKind.NoCvm, true)]
    [InlineData(5001, 0xF0, CvmKind.NotApplicable, true)]
    public void The_verification_is_that_of_the_configuration(long amount, byte capability, CvmKind cvm, bool receipt)
    {
        LabTap tap = Stripe("mastercard-magstripe", capability);
        tap.Request = tap.Request with { AmountMinor = amount };

        Outcome outcome = tap.Run();

        Assert.Equal((cvm, receipt), (outcome.Cvm, outcome.Receipt));
    }

    [Fact]
    public void Each_failed_checksum_doubles_the_rest_of_the_field_and_a_good_one_ends_that()
    {
        LabTap tap = Stripe("mastercard-magstripe");
        List<int> rests = [];
        for (int tear = 0; tear < 7; tear++)
        {
            tap.Effects.Clear();
            LabCardDescription torn = LabCardCatalogue.Find("mastercard-magstripe")! with { TornAfter = 4 };
            LabTap other = new(torn) { Configuration = tap.Configuration };
            Outcome outcome = Emv.EntryPoint.ReaderRun.ToOutcome(
                tap.Reader,
                tap.Reader.Start(tap.Request, tap.Configuration, () => [1, 2, 3, 4]),
                command => other.Card.Transceive(command.Span),
                () => rests.Count == tear,
                effect => rests.AddRange(effect is ReaderEffect.FieldOff { HoldMs: > 0 } off ? [off.HoldMs] : []));
            Assert.Equal(OutcomeReason.Stopped, outcome.Reason);
        }

        Assert.Equal([300, 600, 1200, 2400, 4800, 9600, 9600], rests);

        tap.Run();
        tap.Card.EnterField();
        rests.Clear();
        LabTap last = new(LabCardCatalogue.Find("mastercard-magstripe")! with { TornAfter = 4 });
        Emv.EntryPoint.ReaderRun.ToOutcome(
            tap.Reader,
            tap.Reader.Start(tap.Request, tap.Configuration, () => [1, 2, 3, 4]),
            command => last.Card.Transceive(command.Span),
            () => rests.Count == 0,
            effect => rests.AddRange(effect is ReaderEffect.FieldOff { HoldMs: > 0 } off ? [off.HoldMs] : []));
        Assert.Equal([300], rests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tap_in_mag_stripe_mode_is_recorded_and_replayed(bool full)
    {
        LabTap tap = Stripe("mastercard-magstripe");
        TapRecorder recorder = new(tap.Reader, TimeProvider.System, full);
        Emv.EntryPoint.ReaderRun.ToOutcome(
            recorder.Start(tap.Request, tap.Configuration, () => [9, 8, 7, 6]),
            recorder.Step,
            command => tap.Card.Transceive(command.Span),
            () => { tap.Card.EnterField(); return true; });
        byte[] file = TapRecordingWriter.Write(recorder.Take()!);
        Assert.True(TapRecordingReader.TryRead(file, "tap", out TapRecording? recording, out _));

        TapReplayResult result = TapReplay.Run(recording);

        Assert.Null(result.Departure);
        Assert.Equal(full, result.IsBitForBit);
        Assert.Contains(result.Trace, line => line.Text.Contains("COMPUTE CRYPTOGRAPHIC CHECKSUM", StringComparison.Ordinal)
            && line.Details.Any(detail => detail.StartsWith("9F6A", StringComparison.Ordinal)));
        string pan = LabIssuer.FindByName("mastercard-magstripe")!.Pan;
        Assert.Equal(full, System.Text.Encoding.UTF8.GetString(file).Contains(pan, StringComparison.Ordinal));
    }

    private static byte[] Track2(string card) => Stripe(card).Run().Account!.Reveal()[EmvTag.StripeTrack2]!;

    private static LabTap Stripe(string card, byte capability = 0xF0) => new LabTap(card).With(combination => combination with
    {
        Kernel2 = combination.Kernel2 with { MagStripeMode = true, MagStripeCvmRequired = capability },
    });
}
