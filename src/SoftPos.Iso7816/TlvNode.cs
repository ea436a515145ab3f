namespace SoftPos.Iso7816;

/// <summary>One object of a parsed tree: a primitive with its value, or a template with its children.</summary>
/// <param name="Tag">Tag bytes as a big-endian number.</param>
/// <param name="Value">Value bytes, also of a template; a slice of the data that was parsed.</param>
/// <param name="Offset">Offset of the tag in the outermost data.</param>
/// <param name="ValueOffset">Offset of the value in the outermost data.</param>
/// <param name="Children">Objects of a template; empty for a primitive.</param>
public sealed record TlvNode(uint Tag, ReadOnlyMemory<byte> Value, int Offset, int ValueOffset, IReadOnlyList<TlvNode> Children)
{
    /// <summary>True for a template.</summary>
    public bool IsConstructed => TlvTag.IsConstructed(Tag);

    /// <summary>First child with the tag, or null.</summary>
    public TlvNode? Child(uint tag) => Children.FirstOrDefault(child => child.Tag == tag);

    /// <summary>The tag with its length; never the value.</summary>
    public override string ToString() => $"{TlvTag.Text(Tag)}[{Value.Length}]";
}

/// <summary>Parses a whole encoding into a tree, bounded in depth and in number of objects.</summary>
public static class TlvTree
{
    /// <summary>Deepest nesting: an FCI needs four levels (6F, A5, BF0C, 61); the rest is room for issuer data.</summary>
    public const int MaxDepth = 12;

    /// <summary>Most objects of one response: 256 bytes hold 128 empty objects; records of extended length a few times that.</summary>
    public const int MaxObjects = 4096;

    /// <summary>Parses all objects of <paramref name="data"/>; on a fault the objects before it are still given.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> data, out IReadOnlyList<TlvNode> nodes, out TlvFault fault)
    {
        int count = 0;
        fault = TlvFault.None;
        List<TlvNode> found = [];
        nodes = found;
        Parse(data, 0, 0, found, ref count, ref fault);
        return !fault.IsFault;
    }

    private static void Parse(ReadOnlyMemory<byte> data, int start, int depth, List<TlvNode> into, ref int count, ref TlvFault fault)
    {
        TlvReader reader = new(data.Span);
        while (reader.TryRead(out TlvObject item))
        {
            if (++count > MaxObjects)
            {
                fault = new TlvFault(TlvFaultKind.TooMany, start + item.Offset);
                return;
            }

            List<TlvNode> children = [];
            ReadOnlyMemory<byte> value = data.Slice(item.ValueOffset, item.Value.Length);
            into.Add(new TlvNode(item.Tag, value, start + item.Offset, start + item.ValueOffset, children));
            if (!item.IsConstructed)
            {
                continue;
            }

            if (depth + 1 >= MaxDepth)
            {
                fault = new TlvFault(TlvFaultKind.TooDeep, start + item.Offset);
                return;
            }

            Parse(value, start + item.ValueOffset, depth + 1, children, ref count, ref fault);
            if (fault.IsFault)
            {
                return;
            }
        }

        if (reader.Fault.IsFault)
        {
            fault = reader.Fault with { Offset = start + reader.Fault.Offset };
        }
    }
}
