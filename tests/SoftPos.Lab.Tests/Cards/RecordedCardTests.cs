using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Emv;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Replay;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

/// <summary>Taps of every lab card are recorded, written, read and run again.</summary>
public sealed class RecordedCardTests
{
    public static TheoryData<string> Cards => [.. LabCardCatalogue.All.Select(card => card.Name)];

    [Theory]
    [MemberData(nameof(Cards))]
    public void A_tap_of_each_card_is_replayed_bit_for_bit(string card)
    {
        TapRecording recording = WriteAndRead(Record(card, full: true));

        TapReplayResult result = TapReplay.Run(recording);

        Assert.Null(result.Departure);
        Assert.True(result.IsBitForBit);
        Assert.Single(result.Trace, line => line.Kind is TapTraceKind.Outcome);
        Assert.Equal(recording.Steps.Count(step => step is TapStep.Wanted { Effect.Kind: "command" }), result.Trace.Count(line => line.Kind is TapTraceKind.Command));
    }

    [Theory]
    [MemberData(nameof(Cards))]
    [Requirement("ACC-01", Partly = true)]
    public void A_masked_tap_of_each_card_is_shown_and_holds_no_account(string card)
    {
        TapRecording recording = Record(card, full: false);
        byte[] file = TapRecordingWriter.Write(recording);

        string pan = LabIssuer.FindByName(card)!.Pan;
        string text = Encoding.UTF8.GetString(file);
        Assert.DoesNotContain(pan, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(Encoding.ASCII.GetBytes(pan)), text, StringComparison.Ordinal);
        Assert.DoesNotContain(recording.Steps.OfType<TapStep.Happened>(), HoldsCardCertificate);

        TapReplayResult result = TapReplay.Run(WriteAndRead(recording));
        Assert.Null(result.Departure);
        Assert.False(result.IsBitForBit);
        Assert.Contains("masked", result.Limit, StringComparison.Ordinal);
        Assert.Single(result.Trace, line => line.Kind is TapTraceKind.Outcome);
    }

    [Theory]
    [MemberData(nameof(Cards))]
    public void No_trace_shows_an_account_number(string card)
    {
        string pan = LabIssuer.FindByName(card)!.Pan;
        foreach (TapTraceLine line in TapReplay.Run(Record(card, full: true)).Trace)
        {
            Assert.DoesNotContain(pan, line.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(line.Details, detail => detail.Contains(pan, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("visa", 0x9F02)]
    [InlineData("mastercard", 0x9F02)]
    public void Another_amount_in_the_file_departs_at_the_first_command_that_holds_it(string card, int tag)
    {
        TapRecording recording = Record(card, full: true);
        TapReplayResult result = TapReplay.Run(recording with { Request = recording.Request with { AmountMinor = 1251 } });

        TapDeparture departure = Assert.IsType<TapDeparture>(result.Departure);
        int expected = Array.FindIndex([.. recording.Steps], step => step is TapStep.Wanted { Effect.Kind: "command" } wanted
            && wanted.Effect["apdu"]!.Contains("000000001250", StringComparison.Ordinal));
        Assert.Equal(expected, departure.Step);
        Assert.Equal(0x9F02, tag);
        Assert.False(result.IsBitForBit);
        Assert.Contains(result.Trace, line => line.Kind is TapTraceKind.Departure);
    }

    [Fact]
    public void A_turned_bit_of_a_certificate_departs_at_the_outcome()
    {
        TapRecording recording = Record("visa", full: true);
        JsonNode file = Parse(recording);
        JsonObject certificate = Step(file, step => step["in"]?.ToString() == "response" && step["apdu"]!.ToString().Contains("9081", StringComparison.Ordinal));
        char[] apdu = certificate["apdu"]!.ToString().ToCharArray();
        apdu[100] = apdu[100] == '0' ? '1' : '0';
        certificate["apdu"] = new string(apdu);

        TapReplayResult result = TapReplay.Run(Read(file));

        int outcome = recording.Steps.Count - 1;
        Assert.InRange(result.Departure!.Step, outcome - 2, outcome);
        Assert.Contains(result.Trace, line => line.Clause == "5.6" && line.Text.Contains("IssuerCertificate", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_response_departs_where_the_reader_acts_on_it()
    {
        TapRecording recording = Record("mastercard", full: true);
        JsonNode file = Parse(recording);
        JsonArray steps = file["steps"]!.AsArray();
        int response = steps.ToList().FindIndex(step => step!["in"]?.ToString() == "response");
        steps[response]!["apdu"] = "6A82";

        TapReplayResult result = TapReplay.Run(Read(file));

        Assert.Equal(response + 1, result.Departure!.Step);
    }

    [Fact]
    public void A_changed_unpredictable_number_is_found_in_the_command_that_carries_it()
    {
        TapRecording recording = Record("visa", full: true);
        JsonNode file = Parse(recording);
        Step(file, step => step["in"]?.ToString() == "random")["bytes"] = "00000000";

        TapReplayResult result = TapReplay.Run(Read(file));

        TapStep.Wanted command = Assert.IsType<TapStep.Wanted>(recording.Steps[result.Departure!.Step]);
        Assert.StartsWith("80A8", command.Effect["apdu"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_command_in_a_masked_recording_is_caught()
    {
        JsonNode file = Parse(Record("visa", full: false));
        JsonObject options = Step(file, step => step["with"]?["apdu"]?.ToString().StartsWith("80A8", StringComparison.Ordinal) is true);
        options["with"]!["apdu"] = options["with"]!["apdu"]!.ToString().Replace("000000001250", "000000001200", StringComparison.Ordinal);

        TapReplayResult result = TapReplay.Run(Read(file));

        Assert.StartsWith("command", result.Departure!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_and_an_added_step_are_caught()
    {
        TapRecording recording = Record("visa", full: true);
        int command = Array.FindIndex([.. recording.Steps], step => step is TapStep.Wanted { Effect.Kind: "command" });

        Assert.Equal(command, TapReplay.Run(recording with { Steps = [.. recording.Steps.Where((_, i) => i != command)] }).Departure!.Step);
        Assert.Equal(
            recording.Steps.Count,
            TapReplay.Run(recording with { Steps = [.. recording.Steps, recording.Steps[command]] }).Departure!.Step);
        Assert.Equal(1, TapReplay.Run(recording with { Steps = [recording.Steps[0]] }).Departure!.Step);
    }

    [Fact]
    public void A_torn_transaction_that_the_reader_remembers_is_part_of_the_recording()
    {
        LabCardDescription description = LabCardCatalogue.Find("mastercard-torn")!;
        LabTap tap = new(description) { Patience = 1 };
        tap.Run();
        TapRecorder recorder = new(tap.Reader, new FixedClock(), full: true);
        ReaderRun.ToOutcome(
            recorder.Start(tap.Request, tap.Configuration, () => [9, 9, 9, 9]),
            recorder.Step,
            command => tap.Card.Transceive(command.Span),
            () => { tap.Card.EnterField(); return true; });

        TapRecording recording = WriteAndRead(recorder.Take()!);

        Assert.Single(recording.Torn);
        Assert.Contains(recording.Steps, step => step is TapStep.Wanted { Effect.Kind: "command" } wanted && wanted.Effect["apdu"]!.StartsWith("80D0", StringComparison.Ordinal));
        Assert.True(TapReplay.Run(recording).IsBitForBit);
        Assert.NotNull(TapReplay.Run(recording with { Torn = [] }).Departure);
    }

    [Fact]
    public void A_trace_names_objects_clauses_and_decisions()
    {
        IReadOnlyList<TapTraceLine> trace = TapReplay.Run(Record("mastercard", full: true)).Trace;

        Assert.Contains(trace, line => line.Kind is TapTraceKind.Command && line.Text.Contains("GENERATE AC, ARQC with CDA", StringComparison.Ordinal)
            && line.Details.Any(detail => detail.StartsWith("9F02  Amount", StringComparison.Ordinal)));
        Assert.Contains(trace, line => line.Kind is TapTraceKind.Response && line.Details.Any(detail => detail.Contains("9F4B", StringComparison.Ordinal)));
        foreach (string clause in (string[])["3.1.1", "3.3.2.5", "S3.15", "S456.37", "7.5", "7.7", "7.8", "7.6", "S910.1", "S910.74"])
        {
            Assert.Contains(trace, line => line.Clause == clause);
        }
    }

    [Fact]
    public void A_production_configuration_is_never_recorded_with_account_data()
    {
        LabTap tap = new("visa");
        ReaderConfiguration production = tap.Configuration with { Environment = ReaderEnvironment.Production };
        TapRecorder recorder = new(tap.Reader, new FixedClock(), full: true);
        ReaderRun.ToOutcome(
            recorder.Start(tap.Request, production, () => [1, 2, 3, 4]),
            recorder.Step,
            command => tap.Card.Transceive(command.Span),
            () => { tap.Card.EnterField(); return true; });

        TapRecording recording = recorder.Take()!;

        Assert.True(recording.IsMasked);
        Assert.DoesNotContain(LabIssuer.FindByName("visa")!.Pan, Encoding.UTF8.GetString(TapRecordingWriter.Write(recording)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steps[3].out", "something")]
    [InlineData("steps[0].us", "early")]
    [InlineData("transaction.date", "yesterday")]
    [InlineData("version", 2)]
    [InlineData("configuration.terminal.country", 0)]
    public void A_bad_file_names_file_path_and_rule(string path, object value)
    {
        JsonNode file = Parse(Record("visa", full: true));
        JsonNode at = file;
        string[] parts = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", string.Empty, StringComparison.Ordinal).Split('.');
        foreach (string part in parts[..^1])
        {
            at = int.TryParse(part, out int index) ? at[index]! : at[part]!;
        }

        at[parts[^1]] = JsonValue.Create(value);

        Assert.False(TapRecordingReader.TryRead(Encoding.UTF8.GetBytes(file.ToJsonString()), "tap.json", out _, out IReadOnlyList<ConfigurationFault> faults));
        Assert.Contains(faults, fault => fault.Document == "tap.json" && fault.Path == path && fault.Rule.Length > 0);
    }

    internal static TapRecording Record(string card, bool full)
    {
        LabTap tap = new(card);
        TapRecorder recorder = new(tap.Reader, new FixedClock(), full);
        byte number = 1;
        int taps = 0;
        ReaderRun.ToOutcome(
            recorder.Start(tap.Request, tap.Configuration, () => [0xC0, 0xFF, 0xEE, number++]),
            recorder.Step,
            command => tap.Card.Transceive(command.Span),
            () =>
            {
                tap.Card.EnterField();
                return ++taps < 4;
            },
            elapsedTenthsMs: tap.Card.Description.DelayMs * 10);
        return recorder.Take()!;
    }

    private static TapRecording WriteAndRead(TapRecording recording) => Read(Parse(recording));

    private static JsonNode Parse(TapRecording recording) => JsonNode.Parse(TapRecordingWriter.Write(recording))!;

    private static TapRecording Read(JsonNode file)
    {
        Assert.True(
            TapRecordingReader.TryRead(Encoding.UTF8.GetBytes(file.ToJsonString()), "tap.json", out TapRecording? recording, out IReadOnlyList<ConfigurationFault> faults),
            string.Join("; ", faults));
        return recording;
    }

    private static JsonObject Step(JsonNode file, Func<JsonNode, bool> where) =>
        file["steps"]!.AsArray().First(step => where(step!))!.AsObject();

    private static bool HoldsCardCertificate(TapStep.Happened step) =>
        step.Event is ReaderEvent.CardResponse { Bytes.Length: > 2 } response
        && SoftPos.Iso7816.TlvMap.TryParse(response.Bytes[..^2], out SoftPos.Iso7816.TlvMap? objects, out _)
        && objects[EmvTag.IccCertificate] is { } certificate && certificate.AsSpan().ContainsAnyExcept((byte)0);

    private sealed class FixedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => 1_000_000;

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

        public override long GetTimestamp() => _ticks += 137;
    }
}
