using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Replay;

/// <summary>Writes a recording as a file (<c>docs/reference/replay.md</c>).</summary>
public static class TapRecordingWriter
{
    internal const string TimeFormat = "HH:mm:ss.fffffff";
    internal const string DateTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff";

    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole file, UTF-8.</summary>
    public static byte[] Write(TapRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Options))
        {
            Write(json, recording);
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TapRecording recording)
    {
        json.WriteStartObject();
        json.WriteString("format", TapRecording.Format);
        json.WriteNumber("version", TapRecording.FormatVersion);
        json.WriteBoolean("masked", recording.IsMasked);
        json.WriteString("recordedAt", recording.RecordedAt.UtcDateTime.ToString(DateTimeFormat + "'Z'", CultureInfo.InvariantCulture));
        json.WritePropertyName("configuration");
        ReaderConfigurationWriter.Write(json, recording.Configuration);
        Write(json, recording.Request);
        json.WriteBoolean("preProcessing", recording.HasPreProcessing);
        json.WriteNumber("magStripeFailures", recording.MagStripeFailures);
        json.WriteStartArray("torn");
        foreach (TapTornRecord torn in recording.Torn)
        {
            json.WriteStartObject();
            json.WriteNumber("kernel", torn.Kernel);
            json.WriteString("at", torn.At.ToString(DateTimeFormat, CultureInfo.InvariantCulture));
            ReaderConfigurationWriter.Objects(json, "objects", torn.Objects);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("steps");
        foreach (TapStep step in recording.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("us", step.AtMicroseconds);
            Write(json, step);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TransactionRequest request)
    {
        json.WriteStartObject("transaction");
        json.WriteString("kind", ReaderConfigurationWriter.Word(request.Kind));
        json.WriteNumber("amount", request.AmountMinor);
        json.WriteNumber("other", request.OtherAmountMinor);
        if (request.CurrencyCode is { } currency)
        {
            json.WriteNumber("currency", currency);
        }

        json.WriteString("date", request.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteString("time", request.Time.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteNumber("sequence", request.SequenceCounter);
        if (request.TerminalObjects is { } objects)
        {
            ReaderConfigurationWriter.Objects(json, "objects", objects);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TapStep step)
    {
        switch (step)
        {
            case TapStep.Drawn drawn:
                json.WriteString("in", "random");
                ReaderConfigurationWriter.Hex(json, "bytes", drawn.Bytes);
                break;
            case TapStep.DrawnSecret secret:
                json.WriteString("in", "secret");
                ReaderConfigurationWriter.Hex(json, "bytes", secret.Bytes);
                break;
            case TapStep.Happened happened:
                Write(json, happened.Event);
                break;
            case TapStep.Wanted wanted:
                json.WriteString("out", wanted.Effect.Kind);
                if (wanted.Effect.Fields.Count > 0)
                {
                    json.WriteStartObject("with");
                    foreach ((string name, string value) in wanted.Effect.Fields)
                    {
                        json.WriteString(name, value);
                    }

                    json.WriteEndObject();
                }

                break;
        }
    }

    private static void Write(Utf8JsonWriter json, ReaderEvent happened)
    {
        switch (happened)
        {
            case ReaderEvent.CardResponse response:
                json.WriteString("in", "response");
                ReaderConfigurationWriter.Hex(json, "apdu", response.Bytes.ToArray());
                json.WriteNumber("tenthsMs", response.ElapsedTenthsMs);
                break;
            case ReaderEvent.FieldError error:
                json.WriteString("in", "field-error");
                json.WriteString("fault", TapWords.Of(error.Fault));
                break;
            case ReaderEvent.OnlineResponse host:
                json.WriteString("in", "host");
                json.WriteBoolean("approved", host.IsApproved);
                ReaderConfigurationWriter.Hex(json, "data", host.IssuerData.ToArray());
                break;
            case ReaderEvent.TerminalData data:
                json.WriteString("in", "terminal-data");
                ReaderConfigurationWriter.Objects(json, "objects", data.Objects);
                break;
            default:
                json.WriteString("in", TapWords.Of(happened));
                break;
        }
    }
}
