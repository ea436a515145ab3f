using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Emv.Replay;

/// <summary>One recorded exchange; an empty command stands for one that was not recorded.</summary>
public sealed record RecordedExchange(byte[] Command, byte[] Response);

/// <summary>A fault of a transcript's text.</summary>
public sealed record TranscriptFault(int Line, string Rule);

/// <summary>
/// A recorded conversation with a card. Reads JSON (<c>apdus</c> with <c>cmd</c>/<c>resp</c>, or the like), and line formats where a word
/// before the digits tells command from response: <c>send:</c>/<c>resp:</c>, <c>req:</c>/<c>res:</c>, <c>&gt;&gt;</c>/<c>&lt;&lt;</c>.
/// </summary>
public sealed class Transcript
{
    /// <summary>Longest text that is read.</summary>
    public const int MaxText = 4 * 1024 * 1024;

    /// <summary>Most exchanges.</summary>
    public const int MaxExchanges = 4096;

    private static readonly string[] CommandWords =
        ["cmd", "command", "capdu", "c-apdu", "send", "req", "request", "tx", ">>", ">", "=>", "->", "snd"];

    private static readonly string[] ResponseWords =
        ["resp", "response", "rapdu", "r-apdu", "res", "recv", "rx", "<<", "<", "<=", "<-", "rcv"];

    private Transcript(IReadOnlyList<RecordedExchange> exchanges, JsonObject? facts)
    {
        Exchanges = exchanges;
        Facts = facts;
    }

    /// <summary>Exchanges in their order.</summary>
    public IReadOnlyList<RecordedExchange> Exchanges { get; }

    /// <summary>The JSON object around the exchanges, or null: date, time, random numbers, terminal objects.</summary>
    public JsonObject? Facts { get; }

    /// <summary>Reads a transcript; null with a fault when it cannot be read.</summary>
    public static Transcript? TryParse(string text, out TranscriptFault? fault)
    {
        fault = null;
        if (text.Length > MaxText)
        {
            fault = new TranscriptFault(0, $"longer than {MaxText} characters");
            return null;
        }

        string trimmed = text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return trimmed.StartsWith('{') || trimmed.StartsWith('[') ? ParseJson(trimmed, out fault) : ParseLines(text, out fault);
    }

    private static Transcript? ParseJson(string text, out TranscriptFault? fault)
    {
        fault = null;
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException parse)
        {
            fault = new TranscriptFault((int)(parse.LineNumber ?? 0) + 1, "not JSON");
            return null;
        }

        JsonArray? list = root as JsonArray ?? (root as JsonObject)?.Select(member => member.Value).OfType<JsonArray>()
            .FirstOrDefault(array => array.Count > 0 && (array[0] is JsonArray || (array[0] is JsonObject entry && Field(entry, CommandWords) is not null)));
        if (list is null)
        {
            fault = new TranscriptFault(1, "expected a list of exchanges, each with cmd and resp");
            return null;
        }

        List<RecordedExchange> exchanges = [];
        foreach (JsonNode? node in list)
        {
            string? command = node is JsonObject entry ? Field(entry, CommandWords) : Item(node, 0);
            string? response = node is JsonObject other ? Field(other, ResponseWords) : Item(node, 1);
            if (Hex(command) is not { } sent || Hex(response) is not { Length: >= 2 } received || exchanges.Count >= MaxExchanges)
            {
                fault = new TranscriptFault(1, $"exchange {exchanges.Count}: expected a command and a response as hexadecimal digits");
                return null;
            }

            exchanges.Add(new RecordedExchange(sent, received));
        }

        return new Transcript(exchanges, root as JsonObject);
    }

    private static Transcript? ParseLines(string text, out TranscriptFault? fault)
    {
        fault = null;
        List<RecordedExchange> exchanges = [];
        byte[]? command = null;
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim().TrimStart('-').Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (Digits(line, CommandWords) is { } sent)
            {
                command = Hex(sent);
                if (command is null)
                {
                    fault = new TranscriptFault(number, "expected a command as hexadecimal digits");
                    return null;
                }
            }
            else if (Digits(line, ResponseWords) is { } received)
            {
                if (Hex(received) is not { Length: >= 2 } response || exchanges.Count >= MaxExchanges)
                {
                    fault = new TranscriptFault(number, "expected a response as hexadecimal digits, with its status word");
                    return null;
                }

                exchanges.Add(new RecordedExchange(command ?? [], response));
                command = null;
            }
        }

        if (exchanges.Count == 0)
        {
            fault = new TranscriptFault(number, "no exchange found");
            return null;
        }

        return new Transcript(exchanges, null);
    }

    private static string? Digits(string line, string[] words)
    {
        foreach (string word in words)
        {
            if (line.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                string rest = line[word.Length..].TrimStart();
                if (rest.StartsWith(':'))
                {
                    return rest[1..].Trim(' ', '\'', '"', ',');
                }

                if (word[0] is '>' or '<' or '=' or '-')
                {
                    return rest.Trim(' ', '\'', '"', ',');
                }
            }
        }

        return null;
    }

    private static string? Field(JsonObject entry, string[] words)
    {
        foreach ((string key, JsonNode? value) in entry)
        {
            if (words.Contains(key, StringComparer.OrdinalIgnoreCase) && value is JsonValue text && text.GetValueKind() is JsonValueKind.String)
            {
                return text.GetValue<string>();
            }
        }

        return null;
    }

    private static string? Item(JsonNode? node, int index) =>
        node is JsonArray { Count: >= 2 } pair && pair[index] is JsonValue value && value.GetValueKind() is JsonValueKind.String
            ? value.GetValue<string>()
            : null;

    private static byte[]? Hex(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string digits = string.Concat(text.Where(letter => letter is not (' ' or '\t' or ':' or '\'' or '"' or '\r')));
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }
}
