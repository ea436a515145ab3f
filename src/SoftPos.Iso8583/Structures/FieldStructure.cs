namespace SoftPos.Iso8583;

/// <summary>How the inside of a field is built.</summary>
public enum StructureKind
{
    /// <summary>Elements one after another; the last ones may be missing.</summary>
    Parts,

    /// <summary>The same group of elements several times.</summary>
    Groups,

    /// <summary>BER-TLV data objects (DE 55).</summary>
    BerTlv,

    /// <summary>Entries of tag, length, value with fixed widths (private fields).</summary>
    Tagged,

    /// <summary>A bitmap of its own, then fields.</summary>
    Bitmap,
}

/// <summary>The inner structure of a field. Elements of a text field are read from its characters, those of a binary field from its bytes.</summary>
public sealed class FieldStructure
{
    /// <summary>Deepest nesting that a dialect may declare.</summary>
    internal const int MaxDepth = 4;

    /// <summary>Kind of structure.</summary>
    public required StructureKind Kind { get; init; }

    /// <summary>The elements of <see cref="StructureKind.Parts"/> and of one group, in their order.</summary>
    public IReadOnlyList<FieldFormat> Parts { get; init; } = [];

    /// <summary>Most groups.</summary>
    public int MaxGroups { get; init; } = 1;

    /// <summary>The tag of a <see cref="StructureKind.Tagged"/> entry: a fixed length.</summary>
    internal FieldFormat? Tag { get; init; }

    /// <summary>The value of a tagged entry: a variable length.</summary>
    internal FieldFormat? Value { get; init; }

    internal BitmapFormat? Bitmap { get; init; }

    /// <summary>Fields of an inner bitmap by number.</summary>
    internal FieldFormat?[] Fields { get; init; } = [];
}

/// <summary>One inner element as it was read.</summary>
/// <param name="Key">Name of a part, tag, or number of an inner field; the index of a group.</param>
/// <param name="Path">Full path, such as <c>55.9F26</c>.</param>
/// <param name="Format">Its format; null for BER-TLV objects and groups.</param>
/// <param name="Content">Characters (ISO 8859-1) or bytes.</param>
/// <param name="Parts">Elements inside, empty for a plain value.</param>
public sealed record FieldPart(string Key, string Path, FieldFormat? Format, ReadOnlyMemory<byte> Content, IReadOnlyList<FieldPart> Parts)
{
    /// <summary>Characters, or hexadecimal digits for bytes.</summary>
    public string Text => Format is null or { Content: ContentType.Binary }
        ? Convert.ToHexString(Content.Span)
        : System.Text.Encoding.Latin1.GetString(Content.Span);

    /// <summary>Path and length; never the value.</summary>
    public override string ToString() => $"{Path}[{Content.Length}]";
}
