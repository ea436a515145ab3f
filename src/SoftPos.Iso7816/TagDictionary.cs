using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;

namespace SoftPos.Iso7816;

/// <summary>Format of a value (EMV Book 3, 4.3).</summary>
public enum TagFormat
{
    /// <summary>Bytes or bit string (b).</summary>
    Binary,

    /// <summary>Decimal digits, right-justified, padded with zeros on the left (n).</summary>
    Numeric,

    /// <summary>Decimal digits, left-justified, padded with F on the right (cn).</summary>
    CompressedNumeric,

    /// <summary>Letters and digits (an).</summary>
    Alphanumeric,

    /// <summary>Printable text (ans).</summary>
    Text,

    /// <summary>Data object list.</summary>
    Dol,

    /// <summary>List of tags.</summary>
    TagList,

    /// <summary>Template.</summary>
    Constructed,
}

/// <summary>What is known of a tag for one kernel.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Kernel">Kernel whose meaning this is (2–8), or 0 for every kernel.</param>
/// <param name="Format">Format of the value.</param>
/// <param name="MinLength">Least bytes.</param>
/// <param name="MaxLength">Most bytes; 0 where no bound is known.</param>
/// <param name="Source">Who gives it: card, terminal, reader, issuer, kernel.</param>
/// <param name="Name">Name in the words of the EMV books.</param>
public sealed record TagInfo(uint Tag, int Kernel, TagFormat Format, int MinLength, int MaxLength, string Source, string Name);

/// <summary>
/// Names and formats of data objects. Several tags mean different things per kernel (9F66 is the TTQ for kernel 3 and PUNATC for
/// kernel 2), so look-ups take the kernel where it is known.
/// </summary>
public static class TagDictionary
{
    private static readonly FrozenDictionary<uint, TagInfo[]> Tags = Load();

    /// <summary>All entries.</summary>
    public static IEnumerable<TagInfo> All => Tags.Values.SelectMany(entries => entries).OrderBy(entry => entry.Tag);

    /// <summary>The entry for a kernel; falls back to the common meaning, then to any. Null for an unknown tag.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="kernel">Kernel number, or 0 when it is not known.</param>
    public static TagInfo? Find(uint tag, int kernel = 0)
    {
        if (!Tags.TryGetValue(tag, out TagInfo[]? entries))
        {
            return null;
        }

        return Array.Find(entries, entry => entry.Kernel == kernel)
            ?? Array.Find(entries, entry => entry.Kernel == 0)
            ?? entries[0];
    }

    /// <summary>Every meaning of a tag; empty for an unknown one.</summary>
    public static IReadOnlyList<TagInfo> Meanings(uint tag) => Tags.TryGetValue(tag, out TagInfo[]? entries) ? entries : [];

    /// <summary>Name of a tag, or "unknown".</summary>
    public static string NameOf(uint tag, int kernel = 0) => Find(tag, kernel)?.Name ?? "unknown";

    /// <summary>Format of a tag; binary for an unknown one.</summary>
    public static TagFormat FormatOf(uint tag, int kernel = 0) => Find(tag, kernel)?.Format ?? TagFormat.Binary;

    private static FrozenDictionary<uint, TagInfo[]> Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Iso7816.tags.tsv")
            ?? throw new InvalidOperationException("tags.tsv is not embedded");
        using StreamReader reader = new(stream);
        List<TagInfo> entries = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] columns = line.Split('\t');
            entries.Add(new TagInfo(
                uint.Parse(columns[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                columns[1] == "*" ? 0 : int.Parse(columns[1], CultureInfo.InvariantCulture),
                Format(columns[2]),
                int.Parse(columns[3], CultureInfo.InvariantCulture),
                int.Parse(columns[4], CultureInfo.InvariantCulture),
                columns[5],
                columns[6]));
        }

        return entries.GroupBy(entry => entry.Tag).ToFrozenDictionary(group => group.Key, group => group.ToArray());
    }

    private static TagFormat Format(string word) => word switch
    {
        "n" => TagFormat.Numeric,
        "cn" => TagFormat.CompressedNumeric,
        "an" => TagFormat.Alphanumeric,
        "ans" => TagFormat.Text,
        "dol" => TagFormat.Dol,
        "taglist" => TagFormat.TagList,
        "constructed" => TagFormat.Constructed,
        _ => TagFormat.Binary,
    };
}
