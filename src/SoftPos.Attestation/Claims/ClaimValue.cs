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
    private static readonly object FlagMark = new();
    private static readonly object NumberMark = new();

    private readonly double _number;

    /// <summary>The text, the list, or a mark that says what the number is: two words in all, for an appraisal holds some two hundred.</summary>
    private readonly object? _reference;

    private ClaimValue(double number, object reference)
    {
        _number = number;
        _reference = reference;
    }

    /// <summary>Type.</summary>
    public ClaimKind Kind => _reference switch
    {
        null => ClaimKind.Missing,
        string => ClaimKind.Text,
        _ when ReferenceEquals(_reference, FlagMark) => ClaimKind.Flag,
        _ when ReferenceEquals(_reference, NumberMark) => ClaimKind.Number,
        _ => ClaimKind.Texts,
    };

    /// <summary>Value of a flag.</summary>
    public bool Flag => _number != 0;

    /// <summary>Value of a number.</summary>
    public double Number => _number;

    /// <summary>Value of a text.</summary>
    public string Text => _reference as string ?? string.Empty;

    /// <summary>Value of a list.</summary>
    public IReadOnlyList<string> Texts => _reference as IReadOnlyList<string> ?? [];

    /// <summary>A flag; null is missing.</summary>
    public static ClaimValue Of(bool? value) => value is { } flag ? new ClaimValue(flag ? 1 : 0, FlagMark) : default;

    /// <summary>A number; null is missing.</summary>
    public static ClaimValue Of(double? value) => value is { } number ? new ClaimValue(number, NumberMark) : default;

    /// <summary>A text; null is missing.</summary>
    public static ClaimValue Of(string? value) => value is null ? default : new ClaimValue(0, value);

    /// <summary>A list; null is missing.</summary>
    public static ClaimValue Of(IReadOnlyList<string>? values) => values is null ? default : new ClaimValue(0, values);

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
