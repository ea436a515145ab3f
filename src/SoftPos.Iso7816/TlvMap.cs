using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SoftPos.Iso7816;

/// <summary>Data objects by tag, in the order in which they came; one value per tag. <see cref="ToString"/> never shows a value.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "A map of data objects, as the field calls it.")]
public sealed class TlvMap : IEnumerable<KeyValuePair<uint, byte[]>>
{
    private readonly OrderedDictionary<uint, byte[]> _values = [];

    /// <summary>Number of objects.</summary>
    public int Count => _values.Count;

    /// <summary>Tags in their order.</summary>
    public IEnumerable<uint> Tags => _values.Keys;

    /// <summary>The value of a tag, or null when absent. A present but empty object gives an empty array.</summary>
    public byte[]? this[uint tag]
    {
        get => _values.TryGetValue(tag, out byte[]? value) ? value : null;
        set
        {
            if (value is null)
            {
                _values.Remove(tag);
            }
            else
            {
                _values[tag] = value;
            }
        }
    }

    /// <summary>Parses the primitive objects of an encoding, looking into templates; the first of equal tags is kept.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out TlvMap? map, out TlvFault fault)
    {
        map = null;
        if (!TlvTree.TryParse(data, out IReadOnlyList<TlvNode> nodes, out fault))
        {
            return false;
        }

        TlvMap found = [];
        AddPrimitives(nodes, found);
        map = found;
        return true;
    }

    /// <summary>True when the tag is there.</summary>
    public bool Contains(uint tag) => _values.ContainsKey(tag);

    /// <summary>Adds an object unless the tag is there already.</summary>
    public bool TryAdd(uint tag, byte[] value) => _values.TryAdd(tag, value);

    /// <summary>Adds or replaces an object; for collection expressions.</summary>
    public void Add(uint tag, byte[] value) => _values[tag] = value;

    /// <summary>All objects as one BER-TLV encoding, in their order.</summary>
    public byte[] Encode() => Encode(_values.Keys);

    /// <summary>The named objects that are there, in the order given.</summary>
    public byte[] Encode(IEnumerable<uint> tags)
    {
        TlvWriter writer = new();
        foreach (uint tag in tags)
        {
            if (this[tag] is { } value)
            {
                writer.Write(tag, value);
            }
        }

        byte[] encoded = writer.ToArray();
        writer.Clear();
        return encoded;
    }

    /// <summary>The same objects with values of their own, which outlive those of this map.</summary>
    public TlvMap Copy()
    {
        TlvMap copy = [];
        foreach ((uint tag, byte[] value) in _values)
        {
            copy[tag] = [.. value];
        }

        return copy;
    }

    /// <summary>Zeroes every value and forgets it.</summary>
    public void Clear()
    {
        foreach (byte[] value in _values.Values)
        {
            CryptographicOperations.ZeroMemory(value);
        }

        _values.Clear();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<uint, byte[]>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Tags and lengths, such as <c>9F26[8] 82[2]</c>.</summary>
    public override string ToString() => string.Join(' ', _values.Select(pair => $"{TlvTag.Text(pair.Key)}[{pair.Value.Length}]"));

    private static void AddPrimitives(IReadOnlyList<TlvNode> nodes, TlvMap into)
    {
        foreach (TlvNode node in nodes)
        {
            if (node.IsConstructed)
            {
                AddPrimitives(node.Children, into);
            }
            else
            {
                into.TryAdd(node.Tag, node.Value.ToArray());
            }
        }
    }
}
