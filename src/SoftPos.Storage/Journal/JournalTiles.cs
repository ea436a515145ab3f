using System.Buffers.Binary;
using System.Globalization;

namespace SoftPos.Storage;

/// <summary>The journal in the public form of C2SP tlog-tiles: hash tiles, entry bundles and the text of a checkpoint.</summary>
public sealed class JournalTiles(Database database)
{
    /// <summary>Hashes in a full tile, entries in a full bundle.</summary>
    public const int Width = 1 << JournalTree.TileHeight;

    /// <summary>Highest level of a tile: eight tree levels each.</summary>
    public const int MaxLevel = 7;

    /// <summary>Width of the tile at a place for a tree of that size: 256 when full, 0 when there is none.</summary>
    public static int WidthAt(int level, long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        long hashes = level * JournalTree.TileHeight > 62 ? 0 : size >> (level * JournalTree.TileHeight);
        long full = hashes / Width;
        return index < full ? Width : index == full ? (int)(hashes % Width) : 0;
    }

    /// <summary>Path of a tile below the prefix, such as <c>tile/0/x001/067.p/5</c>.</summary>
    /// <param name="level">Level, or null for an entry bundle.</param>
    /// <param name="index">Index.</param>
    /// <param name="width">Width; 256 gives the path of the full tile.</param>
    public static string PathOf(int? level, long index, int width)
    {
        string digits = index.ToString(CultureInfo.InvariantCulture);
        digits = digits.PadLeft((digits.Length + 2) / 3 * 3, '0');
        string number = string.Join('/', digits.Chunk(3).Select((group, i) => (i < (digits.Length / 3) - 1 ? "x" : string.Empty) + new string(group)));
        string place = level?.ToString(CultureInfo.InvariantCulture) ?? "entries";
        return width == Width ? $"tile/{place}/{number}" : string.Create(CultureInfo.InvariantCulture, $"tile/{place}/{number}.p/{width}");
    }

    /// <summary>Text of a checkpoint (C2SP tlog-checkpoint): origin, size, root; what a note signs.</summary>
    public static string CheckpointText(string origin, JournalHead head) =>
        string.Create(CultureInfo.InvariantCulture, $"{origin}\n{head.Size}\n{Convert.ToBase64String(head.Root)}\n");

    /// <summary>A hash tile of that width, 32 bytes for each hash; null when the journal does not reach so far.</summary>
    public async ValueTask<byte[]?> HashTileAsync(int level, long index, int width, CancellationToken cancellation = default)
    {
        if (width is < 1 or > Width || WidthAt(level, index, database.Frontier.Size) < width)
        {
            return null;
        }

        List<byte[]> hashes = await database.ReadAsync(
            session => new JournalTree(session).Level(level, index * Width, width), cancellation).ConfigureAwait(false);
        return [.. hashes.SelectMany(static hash => hash)];
    }

    /// <summary>
    /// An entry bundle of that width: each entry as a big-endian 16-bit length and its text, which holds the hash of the content and never the
    /// content. Null when the journal does not reach so far.
    /// </summary>
    public async ValueTask<byte[]?> EntryBundleAsync(long index, int width, CancellationToken cancellation = default)
    {
        if (width is < 1 or > Width || WidthAt(0, index, database.Frontier.Size) < width)
        {
            return null;
        }

        List<JournalEntry> entries = await database.Journal.RangeAsync(index * Width, width, cancellation).ConfigureAwait(false);
        using MemoryStream bundle = new();
        Span<byte> length = stackalloc byte[2];
        foreach (byte[] text in entries.Select(static entry => entry.ToText()))
        {
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)text.Length);
            bundle.Write(length);
            bundle.Write(text);
        }

        return bundle.ToArray();
    }
}
