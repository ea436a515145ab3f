using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SoftPos.Iso8583;

/// <summary>
/// One acquirer's way to write ISO 8583, as data: header, message type, bitmaps, every field, and what each message class carries.
/// Immutable; load one with <see cref="TryLoad"/> or take a shipped one from <see cref="ShippedDialects"/>.
/// </summary>
public sealed class Iso8583Dialect
{
    /// <summary>Longest message that is read or written: offsets are kept in 16 bits; the framing bounds links far lower.</summary>
    public const int MaxMessageLength = 65_535;

    internal Iso8583Dialect()
    {
    }

    /// <summary>Name, such as <c>lab</c>.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>What it is for.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Version digit that its message types carry: 0 for 1987, 1 for 1993, 2 for 2003; null when it takes any.</summary>
    public int? Version { get; init; }

    /// <summary>What the message classes must and may carry; empty when the dialect says nothing.</summary>
    public IReadOnlyDictionary<string, MessageProfile> Messages { get; init; } = new Dictionary<string, MessageProfile>();

    internal FieldFormat? Header { get; init; }

    internal FieldFormat MessageTypeFormat { get; init; } = null!;

    internal BitmapFormat Bitmap { get; init; } = null!;

    internal IReadOnlyDictionary<int, IReadOnlyList<int>> Match { get; init; } = new Dictionary<int, IReadOnlyList<int>>();

    internal IReadOnlyList<int> UsualMatch { get; init; } = [7, 11, 41];

    internal FieldFormat?[] Fields { get; init; } = [];

    /// <summary>Highest field number that its bitmaps can name: 64, 128 or 192.</summary>
    public int HighestField => Bitmap.Highest;

    /// <summary>Whether messages begin with a header of the dialect.</summary>
    public bool HasHeader => Header is not null;

    /// <summary>Fields that pair an answer with its request, for a message class (second digit of the type).</summary>
    public IReadOnlyList<int> MatchFields(int messageClass) =>
        Match.TryGetValue(messageClass, out IReadOnlyList<int>? fields) ? fields : UsualMatch;

    /// <summary>Format of a field, or null when the dialect does not define it.</summary>
    public FieldFormat? this[int field] => field >= 1 && field < Fields.Length ? Fields[field] : null;

    /// <summary>Reads a dialect file. On failure every fault is listed with its JSON path.</summary>
    public static bool TryLoad(string json, [NotNullWhen(true)] out Iso8583Dialect? dialect, out IReadOnlyList<DialectFault> faults) =>
        DialectReader.TryRead(json, out dialect, out faults);

    /// <summary>Reads a dialect file.</summary>
    /// <exception cref="DialectException">The file does not keep to the schema.</exception>
    public static Iso8583Dialect Load(string json) =>
        TryLoad(json, out Iso8583Dialect? dialect, out IReadOnlyList<DialectFault> faults) ? dialect : throw new DialectException(faults);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What one message type carries: fields that must be there, fields that may be there.</summary>
/// <param name="Required">Field numbers that must be present.</param>
/// <param name="Optional">Field numbers that may be present; null when any may.</param>
public sealed record MessageProfile(IReadOnlyList<int> Required, IReadOnlyList<int>? Optional);

/// <summary>One fault of a dialect file.</summary>
/// <param name="Path">JSON path, such as <c>$.fields.2.format</c>.</param>
/// <param name="Message">What was expected.</param>
public sealed record DialectFault(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>A dialect file does not keep to the schema.</summary>
public sealed class DialectException(IReadOnlyList<DialectFault> faults)
    : FormatException(string.Create(CultureInfo.InvariantCulture, $"{faults.Count} faults: {string.Join("; ", faults)}"))
{
    /// <summary>The faults.</summary>
    public IReadOnlyList<DialectFault> Faults { get; } = faults;
}
