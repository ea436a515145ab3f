using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Tools;

/// <summary>Turns a <see cref="Tool"/> into a command with <c>--json</c>, <c>--jsonl</c> and <c>--schema</c>.</summary>
internal static class ToolCommand
{
    /// <summary>Longest JSON line that is read: a chain of large certificates with a status list fits well.</summary>
    private const int MaxLineLength = 16 * 1024 * 1024;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly JsonDocumentOptions LineOptions = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public static Command Create(IReadOnlyList<Tool> tools)
    {
        Command root = new("tool", "The payment engineer's pocket knife; every tool takes --json, --jsonl and --schema.");
        foreach (Tool tool in tools)
        {
            Command at = root;
            foreach (string word in tool.Path.SkipLast(1))
            {
                Command? next = at.Subcommands.FirstOrDefault(command => command.Name == word);
                if (next is null)
                {
                    next = new Command(word, $"Tools for {word}.");
                    at.Subcommands.Add(next);
                }

                at = next;
            }

            at.Subcommands.Add(CreateOne(tool));
        }

        return root;
    }

    private static Command CreateOne(Tool tool)
    {
        Command command = new(tool.Path[^1], tool.Description);
        Dictionary<string, Func<ParseResult, JsonNode?>> readers = [];
        foreach (ToolOption option in tool.Options)
        {
            readers[option.Name] = Reader(command, option);
        }

        Option<bool> json = new("--json") { Description = "Print the answer as JSON." };
        Option<bool> jsonl = new("--jsonl") { Description = "Read requests as JSON lines on standard input, print one answer line each." };
        Option<bool> schema = new("--schema") { Description = "Print the JSON Schema of a request and of an answer." };
        command.Options.Add(json);
        command.Options.Add(jsonl);
        command.Options.Add(schema);
        command.SetAction(result =>
        {
            if (result.GetValue(schema))
            {
                Console.Out.WriteLine(Schema(tool).ToJsonString(Indented));
                return 0;
            }

            return result.GetValue(jsonl)
                ? RunLines(tool, Console.In, Console.Out)
                : RunOnce(tool, readers, result, result.GetValue(json));
        });
        return command;
    }

    private static Func<ParseResult, JsonNode?> Reader(Command command, ToolOption option)
    {
        string description = option.Words is null ? option.Description : $"{option.Description} ({string.Join("|", option.Words)})";
        if (option.Kind is ToolValue.Flag)
        {
            Option<bool> flag = new("--" + option.Name) { Description = description };
            command.Options.Add(flag);
            return result => result.GetValue(flag) ? JsonValue.Create(true) : null;
        }

        Option<string?> named = new("--" + option.Name) { Description = description };
        command.Options.Add(named);
        Argument<string?>? positional = null;
        if (option.Positional)
        {
            positional = new Argument<string?>(option.Name) { Description = description, Arity = ArgumentArity.ZeroOrOne };
            command.Arguments.Add(positional);
        }

        return result =>
        {
            string? text = result.GetValue(named) ?? (positional is null ? null : result.GetValue(positional));
            return text is null ? null : FromCommandLine(option, text);
        };
    }

    private static JsonNode? FromCommandLine(ToolOption option, string text)
    {
        try
        {
            return option.Kind switch
            {
                ToolValue.File => JsonValue.Create(File.ReadAllText(text)),
                ToolValue.Json => JsonNode.Parse(text.StartsWith('@') ? File.ReadAllText(text[1..]) : text),
                _ => JsonValue.Create(text),
            };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(option.Name, $"cannot read the file: {fault.Message}");
        }
        catch (JsonException fault)
        {
            throw new ToolException(option.Name, $"not JSON: {fault.Message}");
        }
    }

    private static int RunOnce(Tool tool, Dictionary<string, Func<ParseResult, JsonNode?>> readers, ParseResult result, bool asJson)
    {
        try
        {
            JsonObject values = [];
            foreach ((string name, Func<ParseResult, JsonNode?> read) in readers)
            {
                if (read(result) is { } value)
                {
                    values[name] = value;
                }
            }

            WarnOfSecrets(tool, values);
            JsonObject answer = tool.Run(new ToolRequest(tool, values));
            if (asJson)
            {
                Console.Out.WriteLine(answer.ToJsonString(Indented));
            }
            else
            {
                tool.Print(answer, Console.Out);
            }

            return 0;
        }
        catch (ToolException fault)
        {
            if (asJson)
            {
                Console.Out.WriteLine(Failure(fault).ToJsonString(Indented));
            }
            else
            {
                string at = fault.Offset is { } offset ? $" at offset {offset}" : string.Empty;
                Console.Error.WriteLine($"--{fault.Field}{at}: {fault.Message}");
            }

            return 2;
        }
    }

    private static void WarnOfSecrets(Tool tool, JsonObject values)
    {
        if (!Console.IsErrorRedirected && tool.Options.Any(option => option.Secret && values[option.Name] is not null))
        {
            Console.Error.WriteLine("note: keys on a command line end in the shell's history; use test values only");
        }
    }

    /// <summary>One answer line per request line; a faulty line gets an answer with <c>ok: false</c> and the next line goes on.</summary>
    internal static int RunLines(Tool tool, TextReader input, TextWriter output)
    {
        int faults = 0;
        while (input.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            JsonNode? id = null;
            JsonObject answer;
            try
            {
                JsonObject values = ParseLine(line);
                id = values["id"]?.DeepClone();
                answer = tool.Run(new ToolRequest(tool, values));
                answer.Insert(0, "ok", true);
            }
            catch (ToolException fault)
            {
                faults++;
                answer = Failure(fault);
            }

            if (id is not null)
            {
                answer.Insert(0, "id", id);
            }

            output.WriteLine(answer.ToJsonString());
            output.Flush();
        }

        return faults == 0 ? 0 : 2;
    }

    private static JsonObject ParseLine(string line)
    {
        if (line.Length > MaxLineLength)
        {
            throw new ToolException(string.Empty, $"line longer than {MaxLineLength} characters");
        }

        try
        {
            return JsonNode.Parse(line, documentOptions: LineOptions) as JsonObject
                ?? throw new ToolException(string.Empty, "expected a JSON object on each line");
        }
        catch (JsonException fault)
        {
            throw new ToolException(string.Empty, $"not a JSON object: {fault.Message}");
        }
    }

    private static JsonObject Failure(ToolException fault)
    {
        JsonObject error = new() { ["field"] = fault.Field, ["message"] = fault.Message };
        if (fault.Offset is { } offset)
        {
            error["offset"] = offset;
        }

        return new JsonObject { ["ok"] = false, ["error"] = error };
    }

    private static JsonObject Schema(Tool tool)
    {
        JsonObject request = new() { ["id"] = new JsonObject { ["description"] = "echoed in the answer line" } };
        foreach (ToolOption option in tool.Options)
        {
            JsonObject property = new() { ["description"] = option.Description };
            switch (option.Kind)
            {
                case ToolValue.Flag:
                    property["type"] = "boolean";
                    break;
                case ToolValue.Number:
                    property["type"] = new JsonArray("integer", "string");
                    break;
                case ToolValue.Json:
                    break;
                case ToolValue.Hex:
                    property["type"] = "string";
                    property["pattern"] = "^([0-9A-Fa-f]{2}|\\s)*$";
                    break;
                default:
                    property["type"] = "string";
                    break;
            }

            if (option.Words is { } words)
            {
                property["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
            }

            request[option.Name] = property;
        }

        JsonObject answer = new() { ["ok"] = new JsonObject { ["type"] = "boolean", ["description"] = "false: see error.field and error.message" } };
        foreach ((string key, string description) in tool.Answer)
        {
            answer[key] = new JsonObject { ["description"] = description };
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "softpos tool " + string.Join(' ', tool.Path),
            ["description"] = tool.Description,
            ["$defs"] = new JsonObject
            {
                ["request"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = request,
                    ["required"] = new JsonArray([.. tool.Options.Where(option => option.Required).Select(option => (JsonNode)option.Name)]),
                    ["additionalProperties"] = false,
                },
                ["answer"] = new JsonObject { ["type"] = "object", ["properties"] = answer },
            },
            ["$ref"] = "#/$defs/request",
        };
    }
}
