using System.Collections.Concurrent;

namespace SoftPos.Iso8583;

/// <summary>Dialects that come with the library. Each is a base for an acquirer's own file (<c>extends</c>), never a promise about one.</summary>
public static class ShippedDialects
{
    private const string Prefix = "SoftPos.Iso8583.Dialects.";

    private static readonly ConcurrentDictionary<string, Iso8583Dialect> Loaded = new();

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["lab", "1987-ascii", "1987-binary", "1993", "2003"];

    /// <summary>Our lab acquirer: 1987, ASCII, raw bitmap and binary fields, DE 55 as BER-TLV.</summary>
    public static Iso8583Dialect Lab => Get("lab");

    /// <summary>A shipped dialect by name.</summary>
    /// <exception cref="ArgumentException">No dialect of that name is shipped.</exception>
    public static Iso8583Dialect Get(string name) => Loaded.GetOrAdd(
        name,
        static key => Iso8583Dialect.Load(JsonOf(key) ?? throw new ArgumentException($"no dialect '{key}'; shipped are {string.Join(", ", Names)}")));

    /// <summary>The file of a shipped dialect, or null.</summary>
    public static string? JsonOf(string name)
    {
        if (!Names.Contains(name, StringComparer.Ordinal))
        {
            return null;
        }

        using Stream stream = typeof(ShippedDialects).Assembly.GetManifestResourceStream($"{Prefix}{name}.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
