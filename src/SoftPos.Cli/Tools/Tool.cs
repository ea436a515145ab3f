using System.Text.Json.Nodes;

namespace SoftPos.Cli.Tools;

/// <summary>What an option of a tool holds.</summary>
internal enum ToolValue
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>Bytes as hexadecimal digits; blanks between them are allowed.</summary>
    Hex,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A switch; present means true.</summary>
    Flag,

    /// <summary>Path of a file whose text is the value; in JSON lines the key holds the text itself.</summary>
    File,

    /// <summary>A JSON value; on the command line its text, or @path.</summary>
    Json,
}

/// <summary>One option: the same name on the command line (<c>--name</c>), in a JSON line (<c>"name"</c>) and in the schema.</summary>
internal sealed record ToolOption(string Name, ToolValue Kind, string Description)
{
    public bool Required { get; init; }

    /// <summary>The allowed words, when the value is one of a few.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Accepts the value without its option name, as the only positional argument.</summary>
    public bool Positional { get; init; }

    /// <summary>The value is a secret outside test values: the command line form warns.</summary>
    public bool Secret { get; init; }
}

/// <summary>
/// One <c>softpos tool …</c> command: a pure function from a request to an answer. The same tool serves the command line, JSON lines and
/// the schema, so a subclass names its options and computes; it never reads the console.
/// </summary>
internal abstract class Tool
{
    /// <summary>Words after <c>softpos tool</c>, such as <c>["attest", "android"]</c>.</summary>
    public abstract IReadOnlyList<string> Path { get; }

    public abstract string Description { get; }

    public abstract IReadOnlyList<ToolOption> Options { get; }

    /// <summary>Keys of the answer and what each holds; printed by <c>--schema</c>.</summary>
    public abstract IReadOnlyDictionary<string, string> Answer { get; }

    /// <summary>Computes the answer. Throws <see cref="ToolException"/> for a fault of the input, naming the field.</summary>
    public abstract JsonObject Run(ToolRequest request);

    /// <summary>The answer in words for a person; by default its keys and values, one a line.</summary>
    public virtual void Print(JsonObject answer, TextWriter output) => ToolText.Print(answer, output);
}

/// <summary>A fault of the input: which field, and what was expected.</summary>
internal sealed class ToolException(string field, string message, int? offset = null) : Exception(message)
{
    public string Field { get; } = field;

    /// <summary>Byte or character offset of the fault inside the field, where it is known.</summary>
    public int? Offset { get; } = offset;
}
