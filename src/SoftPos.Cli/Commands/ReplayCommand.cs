using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.Replay;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos replay FILE</c>: a recorded tap through the same kernels again, as an annotated trace.</summary>
internal static class ReplayCommand
{
    /// <summary>The run is another than the recording.</summary>
    private const int DepartsCode = 3;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A recording, as softpos sale --record writes it." };
        Option<bool> json = StackOptions.Json();
        Command command = new("replay", "Run a recorded tap again, bit for bit, and show it beside the books.") { file, json };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(json), Console.Out));
        return command;
    }

    internal static int Run(string path, bool json, TextWriter output)
    {
        TapRecording recording = Read(path);
        TapReplayResult result = TapReplay.Run(recording);
        if (json)
        {
            output.WriteLine(Json(recording, result).ToJsonString(Indented));
        }
        else
        {
            Print(recording, result, output);
        }

        return result.Departure is null ? 0 : DepartsCode;
    }

    private static TapRecording Read(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new CommandException($"{path}: no such file", 2);
        }

        if (file.Length > TapRecordingReader.MaxFile)
        {
            throw new CommandException($"{path}: longer than {TapRecordingReader.MaxFile} bytes", 2);
        }

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: cannot be read: {fault.Message}", 2);
        }

        return TapRecordingReader.TryRead(bytes, path, out TapRecording? recording, out IReadOnlyList<ConfigurationFault> faults)
            ? recording
            : throw new CommandException(string.Join(Environment.NewLine, faults), 2);
    }

    private static void Print(TapRecording recording, TapReplayResult result, TextWriter output)
    {
        output.WriteLine($"recorded {recording.RecordedAt:yyyy-MM-dd HH:mm:ss}Z{(recording.IsMasked ? ", account data masked" : string.Empty)}");
        foreach (TapTraceLine line in result.Trace)
        {
            Print(line, output);
        }

        output.WriteLine();
        output.WriteLine(Verdict(recording, result));
    }

    private static void Print(TapTraceLine line, TextWriter output)
    {
        string time = line.AtMicroseconds is { } at ? FormattableString.Invariant($"{at / 1000m,10:0.000}") : new string(' ', 10);
        string mark = line.Kind switch
        {
            TapTraceKind.Command => ">",
            TapTraceKind.Response => "<",
            TapTraceKind.Departure => "!",
            TapTraceKind.Outcome => "=",
            _ => " ",
        };
        string clause = line.Book is null ? string.Empty : $"{line.Book + " " + line.Clause,-16}";
        if (line.Kind is TapTraceKind.Command or TapTraceKind.Outcome)
        {
            output.WriteLine();
        }

        string where = line.Kind is TapTraceKind.Departure ? $"step {line.Step}: " : string.Empty;
        output.WriteLine($"{time} {mark} {clause}{where}{line.Text}{(line.IsRecordedOnly ? "   (as recorded)" : string.Empty)}");
        foreach (string detail in line.Details)
        {
            output.WriteLine($"{string.Empty,15}{detail}");
        }
    }

    private static string Verdict(TapRecording recording, TapReplayResult result)
    {
        int commands = recording.Steps.Count(step => step is TapStep.Wanted { Effect.Kind: "command" });
        return result switch
        {
            { Departure: { } departure } => $"DEPARTS from the recording at step {departure.Step}: {departure.What}",
            { IsBitForBit: true } => $"equal to the recording, bit for bit: {recording.Steps.Count} steps, {commands} commands",
            _ => $"not bit for bit: {result.Limit}; up to there equal to the recording",
        };
    }

    private static JsonObject Json(TapRecording recording, TapReplayResult result) => new()
    {
        ["recordedAt"] = recording.RecordedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["masked"] = recording.IsMasked,
        ["bitForBit"] = result.IsBitForBit,
        ["limit"] = result.Limit,
        ["departure"] = result.Departure is not { } departure ? null : new JsonObject
        {
            ["step"] = departure.Step,
            ["what"] = departure.What,
            ["recorded"] = departure.Recorded,
            ["run"] = departure.Run,
        },
        ["trace"] = new JsonArray([.. result.Trace.Select(Line)]),
    };

    private static JsonNode Line(TapTraceLine line)
    {
        JsonObject json = new() { ["kind"] = line.Kind.ToString().ToLowerInvariant(), ["text"] = line.Text };
        if (line.Step is { } step)
        {
            json["step"] = step;
        }

        if (line.AtMicroseconds is { } at)
        {
            json["us"] = at;
        }

        if (line.Book is { } book)
        {
            json["book"] = book;
            json["clause"] = line.Clause;
        }

        if (line.IsRecordedOnly)
        {
            json["recordedOnly"] = true;
        }

        if (line.Details.Count > 0)
        {
            json["details"] = new JsonArray([.. line.Details.Select(detail => (JsonNode)detail)]);
        }

        return json;
    }
}
