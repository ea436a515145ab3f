using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using SoftPos.Cryptography;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Replay;

/// <summary>Reads a recording; each fault names file, path and rule.</summary>
public static class TapRecordingReader
{
    /// <summary>Largest file: a tap of sixteen activations with an exception file in its configuration stays below.</summary>
    public const int MaxFile = 16 * 1024 * 1024;

    /// <summary>Largest response: extended length and the status word.</summary>
    private const int MaxApdu = 65_538;

    /// <summary>Most torn transactions; the reader keeps no more than this.</summary>
    private const int MaxTorn = Kernel2Options.MostTornRecords + 1;

    /// <summary>Latest time of a step: a day.</summary>
    private const long MaxMicroseconds = 86_400_000_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads a file.</summary>
    /// <param name="json">The file, UTF-8.</param>
    /// <param name="document">Its name for faults.</param>
    /// <param name="recording">The recording, when there is no fault.</param>
    /// <param name="faults">Everything that is wrong.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, string document, [NotNullWhen(true)] out TapRecording? recording, out IReadOnlyList<ConfigurationFault> faults)
    {
        recording = null;
        List<ConfigurationFault> found = [];
        faults = found;
        if (json.Length > MaxFile)
        {
            found.Add(new ConfigurationFault(document, string.Empty, $"longer than {MaxFile} bytes"));
            return false;
        }

        try
        {
            using JsonDocument parsed = JsonDocument.Parse(json, Options);
            TapRecording? read = Read(new JsonFields(parsed.RootElement, string.Empty, document, found));
            recording = found.Count == 0 ? read : null;
        }
        catch (JsonException fault)
        {
            found.Add(new ConfigurationFault(document, string.Empty, $"not JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine}"));
        }
        catch (InvalidOperationException fault) when (JsonFields.IsBrokenText(fault))
        {
            found.Add(new ConfigurationFault(document, string.Empty, "a text is not Unicode: bytes that are not UTF-8, or half of a surrogate pair"));
        }

        return recording is not null;
    }

    private static TapRecording? Read(JsonFields root)
    {
        if (root.Text("format", true) != TapRecording.Format)
        {
            root.Fault("format", $"expected {TapRecording.Format}");
            return null;
        }

        if (root.Number("version", 1, int.MaxValue, true) is { } version && version != TapRecording.FormatVersion)
        {
            root.Fault("version", $"expected {TapRecording.FormatVersion}; a newer softpos wrote this file");
            return null;
        }

        bool? masked = root.Flag("masked");
        if (masked is null)
        {
            root.Fault("masked", "is missing");
        }

        DateTime recordedAt = Time(root, "recordedAt", TapRecordingWriter.DateTimeFormat + "'Z'");
        ReaderConfiguration? configuration = root.Object("configuration", true) is { } fields ? ReaderConfigurationReader.Read(fields, []) : null;
        TransactionRequest? request = root.Object("transaction", true) is { } transaction ? ReadRequest(transaction) : null;
        bool preProcessing = root.Flag("preProcessing") ?? true;
        int failures = (int)(root.Number("magStripeFailures", 0, MagStripeBrake.Most) ?? 0);
        List<TapTornRecord> torn = [];
        foreach (JsonFields record in root.Objects("torn", MaxTorn))
        {
            int kernel = (int)(record.Number("kernel", 2, 8) ?? 2);
            torn.Add(new TapTornRecord(kernel, Time(record, "at", TapRecordingWriter.DateTimeFormat), record.Tags("objects")));
            record.End();
        }

        List<TapStep> steps = [];
        foreach (JsonFields step in root.Objects("steps", TapRecording.MaxSteps, true))
        {
            if (ReadStep(step) is { } read)
            {
                steps.Add(read);
            }

            step.End();
        }

        root.End();
        return configuration is null || request is null ? null : new TapRecording
        {
            IsMasked = masked ?? true,
            RecordedAt = new DateTimeOffset(DateTime.SpecifyKind(recordedAt, DateTimeKind.Utc)),
            Configuration = configuration,
            Request = request,
            HasPreProcessing = preProcessing,
            Torn = torn,
            MagStripeFailures = failures,
            Steps = steps,
        };
    }

    private static TransactionRequest ReadRequest(JsonFields fields)
    {
        TransactionKind kind = fields.Word<TransactionKind>(
            "kind",
            true,
            ("purchase", TransactionKind.Purchase),
            ("cashback", TransactionKind.PurchaseWithCashback),
            ("cash", TransactionKind.CashAdvance),
            ("refund", TransactionKind.Refund)) ?? TransactionKind.Purchase;
        long amount = fields.Number("amount", 0, Bcd.MaxAmount, true) ?? 0;
        if (fields.Date("date") is not { } date)
        {
            fields.Fault("date", "is missing");
            date = default;
        }

        TransactionRequest request = new(kind, amount, date, TimeOnly.FromDateTime(Time(fields, "time", TapRecordingWriter.TimeFormat)))
        {
            OtherAmountMinor = fields.Number("other", 0, amount) ?? 0,
            CurrencyCode = (int?)fields.Number("currency", 1, 999),
            SequenceCounter = (int)(fields.Number("sequence", 0, 99_999_999) ?? 1),
            TerminalObjects = fields.Get("objects") is null ? null : fields.Tags("objects"),
        };
        fields.End();
        return request;
    }

    private static TapStep? ReadStep(JsonFields fields)
    {
        long at = fields.Number("us", 0, MaxMicroseconds, true) ?? 0;
        string? into = fields.Text("in");
        string? wanted = fields.Text("out");
        if ((into is null) == (wanted is null))
        {
            fields.Fault(string.Empty, "expected either in or out");
            return null;
        }

        if (wanted is null)
        {
            return ReadInput(fields, into!, at);
        }

        if (!TapEffect.Kinds.Contains(wanted))
        {
            fields.Fault("out", $"expected one of {string.Join(", ", TapEffect.Kinds)}");
            return null;
        }

        return new TapStep.Wanted(at, new TapEffect(wanted, ReadValues(fields)));
    }

    private static List<KeyValuePair<string, string>> ReadValues(JsonFields fields)
    {
        List<KeyValuePair<string, string>> values = [];
        if (fields.Get("with") is not { } with)
        {
            return values;
        }

        if (with.ValueKind is not JsonValueKind.Object || with.EnumerateObject().Any(value => value.Value.ValueKind is not JsonValueKind.String))
        {
            fields.Fault("with", "expected an object of texts");
            return values;
        }

        foreach (JsonProperty value in with.EnumerateObject())
        {
            string text = value.Value.GetString()!;
            if (TapEffect.HexFields.Contains(value.Name) && (text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit)))
            {
                fields.Fault($"with.{value.Name}", "expected bytes as hexadecimal digits");
            }

            values.Add(new(value.Name, text));
        }

        return values;
    }

    private static TapStep? ReadInput(JsonFields fields, string word, long at)
    {
        switch (word)
        {
            case "random":
                return fields.Hex("bytes", 4, 4, true) is { } bytes ? new TapStep.Drawn(at, bytes) : null;
            case "secret":
                return fields.Hex("bytes", EmvCurve.FieldLength, EmvCurve.LongFieldLength, true) is { } secret ? new TapStep.DrawnSecret(at, secret) : null;
            case "response":
                int elapsed = (int)(fields.Number("tenthsMs", 0, ushort.MaxValue) ?? 0);
                return fields.Hex("apdu", 0, MaxApdu, true) is { } apdu ? new TapStep.Happened(at, new ReaderEvent.CardResponse(apdu, elapsed)) : null;
            case "field-error":
                return fields.Word("fault", true, [.. TapWords.Faults]) is { } fault
                    ? new TapStep.Happened(at, new ReaderEvent.FieldError(fault))
                    : null;
            case "host":
                bool? approved = fields.Flag("approved");
                if (approved is null)
                {
                    fields.Fault("approved", "is missing");
                }

                return new TapStep.Happened(at, new ReaderEvent.OnlineResponse(approved ?? false, fields.Hex("data", 0, MaxApdu) ?? []));
            case "terminal-data":
                return new TapStep.Happened(at, new ReaderEvent.TerminalData(fields.Tags("objects")));
        }

        foreach ((string known, ReaderEvent happened) in TapWords.Events)
        {
            if (known == word)
            {
                return new TapStep.Happened(at, happened);
            }
        }

        fields.Fault("in", $"expected one of random, secret, response, field-error, host, terminal-data, {string.Join(", ", TapWords.Events.Select(pair => pair.Word))}");
        return null;
    }

    private static DateTime Time(JsonFields fields, string name, string format)
    {
        string? text = fields.Text(name, true);
        if (text is null)
        {
            return default;
        }

        if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out DateTime time))
        {
            return time;
        }

        fields.Fault(name, $"expected a time such as {new DateTime(2026, 11, 24, 10, 30, 0, DateTimeKind.Unspecified).ToString(format, CultureInfo.InvariantCulture)}");
        return default;
    }
}
