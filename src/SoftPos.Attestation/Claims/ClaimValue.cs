using System.Globalization;

namespace SoftPos.Attestation.Claims;

/// <summary>Type of a claim.</summary>
public enum ClaimKind
{
    /// <summary>Not there.</summary>
    Missing,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text; octets are lower-case hex.</summary>
    Text,

    /// <summary>A list of texts.</summary>
    Texts,
}

/// <summary>One value; the default is "missing", which no condition takes for good.</summary>
public readonly struct ClaimValue
{
    private readonly double _number;
    private readonly object? _reference;

    private ClaimValue(ClaimKind kind, double number, object? reference)
    {
        Kind = kind;
        _number = number;
        _reference = reference;
    }

    /// <summary>Type.</summary>
    public ClaimKind Kind { get; }

    /// <summary>Value of a flag.</summary>
    public bool Flag => _number != 0;

    /// <summary>Value of a number.</summary>
    public double Number => _number;

    /// <summary>Value of a text.</summary>
    public string Text => (string?)_reference ?? string.Empty;

    /// <summary>Value of a list.</summary>
    public IReadOnlyList<string> Texts => (IReadOnlyList<string>?)_reference ?? [];

    /// <summary>A flag; null is missing.</summary>
    public static ClaimValue Of(bool? value) => value is { } flag ? new ClaimValue(ClaimKind.Flag, flag ? 1 : 0, null) : default;

    /// <summary>A number; null is missing.</summary>
    public static ClaimValue Of(double? value) => value is { } number ? new ClaimValue(ClaimKind.Number, number, null) : default;

    /// <summary>A text; null is missing.</summary>
    public static ClaimValue Of(string? value) => value is null ? default : new ClaimValue(ClaimKind.Text, 0, value);

    /// <summary>A list; null is missing.</summary>
    public static ClaimValue Of(IReadOnlyList<string>? values) => values is null ? default : new ClaimValue(ClaimKind.Texts, 0, values);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ClaimKind.Flag => Flag ? "true" : "false",
        ClaimKind.Number => Number.ToString(CultureInfo.InvariantCulture),
        ClaimKind.Text => Text,
        ClaimKind.Texts => string.Join(", ", Texts),
        _ => "missing",
    };
}
