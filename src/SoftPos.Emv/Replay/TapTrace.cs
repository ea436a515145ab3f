using System.Globalization;
using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Replay;

/// <summary>Gathers the lines of an annotated trace while a recording is run.</summary>
internal sealed class TapTrace(TapRecording recording)
{
    private readonly TapDecoder _decoder = new(recording.Configuration);
    private readonly List<TapTraceLine> _lines = [];

    public IReadOnlyList<TapTraceLine> Lines => _lines;

    /// <summary>The run still follows the recording; notes of one that does not would mislead.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>What the reader was given before anything happened.</summary>
    public void Begin()
    {
        TransactionRequest request = recording.Request;
        ReaderConfiguration configuration = recording.Configuration;
        string currency = (request.CurrencyCode ?? configuration.Terminal.CurrencyCode).ToString("D3", CultureInfo.InvariantCulture);
        Add(null, null, TapTraceKind.Head, string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Kind} of {request.AmountMinor} minor units (other {request.OtherAmountMinor}), currency {currency}, {request.Date:yyyy-MM-dd} {request.Time:HH:mm:ss}"));
        Add(
            null,
            null,
            TapTraceKind.Head,
            $"configuration {configuration.Version} ({configuration.Environment}): {configuration.Combinations.Count} combinations, "
            + $"{configuration.CaKeys.Keys.Count} CA keys, {configuration.CaKeys.Revocations.Count} revocations",
            [.. configuration.Combinations.Select(Describe)]);
    }

    public void Note(ReaderNote note)
    {
        if (!IsRunning)
        {
            return;
        }

        _lines.Add(new TapTraceLine(null, null, TapTraceKind.Step, note.Text, []) { Book = note.Book, Clause = note.Clause });
    }

    private void Drawn(int step, TapStep.Drawn drawn) =>
        Add(step, drawn.AtMicroseconds, TapTraceKind.Effect, $"unpredictable number {Convert.ToHexString(drawn.Bytes)}");

    public void Happened(int step, TapStep.Happened happened)
    {
        switch (happened.Event)
        {
            case ReaderEvent.CardResponse response:
                (string text, IReadOnlyList<string> details) = _decoder.Response(response.Bytes);
                string took = string.Create(CultureInfo.InvariantCulture, $"{text}, after {response.ElapsedTenthsMs / 10m:0.0} ms");
                Add(step, happened.AtMicroseconds, TapTraceKind.Response, took, details);
                break;
            case ReaderEvent.FieldError error:
                Add(step, happened.AtMicroseconds, TapTraceKind.Event, $"no response: {TapWords.Of(error.Fault)}");
                break;
            case ReaderEvent.OnlineResponse host:
                Add(
                    step,
                    happened.AtMicroseconds,
                    TapTraceKind.Event,
                    $"the host {(host.IsApproved ? "approved" : "declined")}",
                    _decoder.Objects(Convert.ToHexString(host.IssuerData.Span)));
                break;
            case ReaderEvent.TerminalData data:
                Add(step, happened.AtMicroseconds, TapTraceKind.Event, "data from the terminal", [.. data.Objects.SelectMany(pair => _decoder.Object(pair.Key, pair.Value))]);
                break;
            case ReaderEvent.Proceed:
                break;
            default:
                Add(step, happened.AtMicroseconds, TapTraceKind.Event, TapWords.Of(happened.Event).Replace('-', ' '));
                break;
        }
    }

    public void Wanted(int step, TapStep.Wanted wanted) => Effect(step, wanted, isRecordedOnly: false);

    /// <summary>A step that the run did not do again.</summary>
    public void Recorded(int step, TapStep recorded)
    {
        switch (recorded)
        {
            case TapStep.Wanted wanted:
                Effect(step, wanted, isRecordedOnly: true);
                break;
            case TapStep.Drawn drawn:
                Drawn(step, drawn);
                break;
            case TapStep.DrawnSecret secret:
                Add(step, secret.AtMicroseconds, TapTraceKind.Effect, $"secret of {secret.Bytes.Length} bytes drawn for the kernel's key");
                break;
        }
    }

    public void Departed(TapDeparture departure)
    {
        string[] details =
        [
            .. departure.Recorded is null ? Array.Empty<string>() : [$"recorded  {departure.Recorded}"],
            .. departure.Run is null ? Array.Empty<string>() : [$"run       {departure.Run}"],
        ];
        Add(departure.Step, null, TapTraceKind.Departure, departure.What, details);
    }

    private void Effect(int step, TapStep.Wanted wanted, bool isRecordedOnly)
    {
        TapEffect effect = wanted.Effect;
        switch (effect.Kind)
        {
            case "command":
                (string text, IReadOnlyList<string> details) = effect["apdu"] is { } apdu
                    ? _decoder.Command(Convert.FromHexString(apdu))
                    : ("no command", []);
                Add(step, wanted.AtMicroseconds, TapTraceKind.Command, text, details, isRecordedOnly);
                break;
            case "show":
                Add(step, wanted.AtMicroseconds, TapTraceKind.Effect, $"display: {Values(effect)}", [], isRecordedOnly);
                break;
            case "field-on":
                Add(step, wanted.AtMicroseconds, TapTraceKind.Effect, "field on, polling", [], isRecordedOnly);
                break;
            case "field-off":
                Add(step, wanted.AtMicroseconds, TapTraceKind.Effect, $"field off, for at least {effect["holdMs"]} ms", [], isRecordedOnly);
                break;
            case "exchange-data":
                Add(step, wanted.AtMicroseconds, TapTraceKind.Effect, $"data exchange with the terminal: needed {effect["needed"]}", [], isRecordedOnly);
                break;
            case "outcome":
                Add(step, wanted.AtMicroseconds, TapTraceKind.Outcome, $"{effect["kind"]} ({effect["reason"]})", [.. Outcome(effect)], isRecordedOnly);
                break;
        }
    }

    private IEnumerable<string> Outcome(TapEffect effect)
    {
        foreach ((string name, string value) in effect.Fields)
        {
            switch (name)
            {
                case "kind" or "reason" or "account":
                    break;
                case "dataRecord" or "discretionaryData":
                    yield return name == "dataRecord" ? "data record" : "discretionary data";
                    foreach (string line in _decoder.Objects(value))
                    {
                        yield return "  " + line;
                    }

                    break;
                case "tvr" when value.Length == 10:
                    foreach (string line in _decoder.Object(EmvTag.Tvr, Convert.FromHexString(value)))
                    {
                        yield return line;
                    }

                    break;
                default:
                    yield return $"{name}: {value}";
                    break;
            }
        }
    }

    private static string Values(TapEffect effect) => string.Join(", ", effect.Fields.Select(field => $"{field.Key} {field.Value}"));

    private static string Describe(Combination combination) => string.Create(
        CultureInfo.InvariantCulture,
        $"{combination}: transaction limit {combination.TransactionLimit}, floor limit {combination.FloorLimit}, CVM limit {combination.CvmLimit}")
        + (combination.Ttq is { } ttq ? $", TTQ {Convert.ToHexString(ttq)}" : string.Empty);

    private void Add(int? step, long? at, TapTraceKind kind, string text, IReadOnlyList<string>? details = null, bool isRecordedOnly = false) =>
        _lines.Add(new TapTraceLine(step, at, kind, text, details ?? []) { IsRecordedOnly = isRecordedOnly });
}
