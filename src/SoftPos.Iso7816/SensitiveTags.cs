using System.Text;

namespace SoftPos.Iso7816;

/// <summary>Which data objects carry account data, names or PIN data, and how to show them without it.</summary>
public static class SensitiveTags
{
    private const int ShownAtStart = 6;
    private const int ShownAtEnd = 4;

    /// <summary>True for tags whose value must not be logged or shown whole.</summary>
    public static bool Contains(uint tag) => tag is
        0x56 or 0x57 or 0x58 or 0x5A or 0x5F20 or 0x9F0B or 0x5B or 0x5F53 or 0x99
        or 0x9F1F or 0x9F20 or 0x9F61 or 0x9F6B or 0x9F5E or 0xDF812A or 0xDF812B or 0xFF8101;

    /// <summary>The value as hexadecimal digits with the sensitive part starred: a PAN keeps its first six and last four digits.</summary>
    public static string Show(uint tag, ReadOnlySpan<byte> value)
    {
        string digits = Convert.ToHexString(value);
        if (!Contains(tag))
        {
            return digits;
        }

        if (tag is not (0x57 or 0x5A or 0x9F6B))
        {
            return new string('*', digits.Length);
        }

        int pan = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        pan = pan < 0 ? digits.Length : pan;
        return pan < 13
            ? new string('*', digits.Length)
            : MaskPan(digits[..pan]) + new string('*', digits.Length - pan);
    }

    /// <summary>First six and last four digits, stars between; shorter numbers are starred whole.</summary>
    public static string MaskPan(string pan)
    {
        if (pan.Length < 13)
        {
            return new string('*', pan.Length);
        }

        StringBuilder masked = new(pan.Length);
        masked.Append(pan, 0, ShownAtStart).Append('*', pan.Length - ShownAtStart - ShownAtEnd).Append(pan, pan.Length - ShownAtEnd, ShownAtEnd);
        return masked.ToString();
    }

    /// <summary>An encoding with the values of sensitive objects starred, or starred whole where it cannot be parsed.</summary>
    public static string ShowEncoded(ReadOnlyMemory<byte> encoded)
    {
        if (!TlvTree.TryParse(encoded, out IReadOnlyList<TlvNode> nodes, out _))
        {
            return new string('*', encoded.Length * 2);
        }

        char[] shown = Convert.ToHexString(encoded.Span).ToCharArray();
        Hide(nodes, shown);
        return new string(shown);
    }

    private static void Hide(IReadOnlyList<TlvNode> nodes, char[] shown)
    {
        foreach (TlvNode node in nodes)
        {
            if (Contains(node.Tag))
            {
                Show(node.Tag, node.Value.Span).AsSpan().CopyTo(shown.AsSpan(node.ValueOffset * 2));
            }
            else
            {
                Hide(node.Children, shown);
            }
        }
    }
}
