using System.Text.Json.Nodes;

namespace SoftPos.Cli.Tools;

/// <summary>Fields that several payment-key tools read in the same way.</summary>
internal static class PaymentFields
{
    /// <summary>A key of one of the given lengths in bytes.</summary>
    public static ToolOption Key(string name, string description) => new(name, ToolValue.Hex, description) { Secret = true };

    /// <summary>Decimal digits of a bounded length.</summary>
    public static string Digits(this ToolRequest request, string name, int shortest, int longest)
    {
        string text = string.Concat(request.Text(name).Where(character => !char.IsWhiteSpace(character)));
        int offset = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return offset >= 0
            ? throw new ToolException(name, "expected decimal digits", offset)
            : text.Length < shortest || text.Length > longest
                ? throw new ToolException(name, $"expected {shortest} to {longest} decimal digits, got {text.Length}")
                : text;
    }

    /// <summary>The chosen word, or the default.</summary>
    public static string Word(this ToolRequest request, string name, string otherwise) => request.TextOrNull(name) ?? otherwise;

    /// <summary>Bytes of an exact length, or null when the field is absent.</summary>
    public static byte[]? HexOrNull(this ToolRequest request, string name, params ReadOnlySpan<int> lengths) =>
        request.Has(name) ? request.Hex(name, lengths) : null;

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    /// <summary>Runs a computation whose argument exceptions are faults of the named field.</summary>
    public static T Guard<T>(string field, Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (ArgumentException fault)
        {
            // The library names its parameter on a second line, which means nothing to a caller of the tool.
            throw new ToolException(field, fault.Message.Split(" (Parameter", 2)[0]);
        }
    }

    /// <summary>An answer of one key.</summary>
    public static JsonObject Answer(string key, ReadOnlySpan<byte> value) => new() { [key] = Hex(value) };
}
