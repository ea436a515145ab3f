using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using SoftPos.Iso7816;

namespace SoftPos.Emv;

/// <summary>What the bits of qualifiers, capabilities and results say; for traces and tools, never for decisions.</summary>
public static class BitMeanings
{
    private static readonly FrozenDictionary<uint, Entry[]> Entries = Load();

    private sealed record Entry(uint Tag, int Kernel, int Octet, byte Mask, byte Value, string Text);

    /// <summary>Texts of the bits that are set, with byte and mask; empty for a tag without a table.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="value">Its value.</param>
    /// <param name="kernel">Kernel number, or 0 when it is not known.</param>
    public static IReadOnlyList<string> Of(uint tag, ReadOnlySpan<byte> value, int kernel = 0)
    {
        if (!Entries.TryGetValue(tag, out Entry[]? entries))
        {
            return [];
        }

        List<string> texts = [];
        foreach (Entry entry in entries)
        {
            // A table that only one kernel has serves an unknown kernel too, unless another meaning exists.
            bool serves = entry.Kernel == 0 || entry.Kernel == kernel
                || (kernel == 0 && entries.All(other => other.Kernel == entry.Kernel) && IsNamedBy(tag, entry.Kernel));

            // A kernel that gives a bit its own meaning has not the common one too.
            serves &= entry.Kernel != 0 || kernel == 0
                || !entries.Any(own => own.Kernel == kernel && own.Octet == entry.Octet && (own.Mask & entry.Mask) != 0);
            if (serves && entry.Octet <= value.Length && (value[entry.Octet - 1] & entry.Mask) == entry.Value)
            {
                texts.Add($"byte {entry.Octet} {entry.Mask:X2}: {entry.Text}");
            }
        }

        return texts;
    }

    /// <summary>Without a kernel the bits must be those of the meaning that the tag is then named by.</summary>
    private static bool IsNamedBy(uint tag, int kernel) =>
        TagDictionary.Find(tag) is not { } named || named.Kernel == 0 || named.Kernel == kernel;

    private static FrozenDictionary<uint, Entry[]> Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Emv.bits.txt")
            ?? throw new InvalidOperationException("bits.txt is not embedded");
        using StreamReader reader = new(stream);
        List<Entry> entries = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] parts = line.Split(' ', 5);
            string[] bits = parts[3].Split('=');
            byte mask = Byte(bits[0]);
            entries.Add(new Entry(
                uint.Parse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                parts[1] == "*" ? 0 : int.Parse(parts[1], CultureInfo.InvariantCulture),
                int.Parse(parts[2], CultureInfo.InvariantCulture),
                mask,
                bits.Length == 2 ? Byte(bits[1]) : mask,
                parts[4]));
        }

        return entries.GroupBy(entry => entry.Tag).ToFrozenDictionary(group => group.Key, group => group.ToArray());
    }

    private static byte Byte(string hex) => byte.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
