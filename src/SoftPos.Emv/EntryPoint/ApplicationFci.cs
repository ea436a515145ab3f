using System.Diagnostics.CodeAnalysis;
using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>The FCI of a selected application, with its objects by tag.</summary>
internal sealed class ApplicationFci
{
    private ApplicationFci(TlvMap objects, Dol? pdol)
    {
        Objects = objects;
        Pdol = pdol;
    }

    /// <summary>All primitive objects, those of A5 and BF0C included.</summary>
    public TlvMap Objects { get; }

    /// <summary>9F38, or null.</summary>
    public Dol? Pdol { get; }

    /// <summary>DF name 84.</summary>
    public byte[] DfName => Objects[EmvTag.DfName]!;

    /// <summary>Parses; false when it is not one template 6F with a DF name of 5–16 bytes and a well-formed PDOL, if any.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out ApplicationFci? fci)
    {
        fci = null;
        if (!TlvTree.TryParse(data, out IReadOnlyList<TlvNode> nodes, out _) || nodes is not [{ Tag: EmvTag.FciTemplate } template])
        {
            return false;
        }

        if (!TlvMap.TryParse(template.Value, out TlvMap? objects, out _) || objects[EmvTag.DfName] is not { Length: >= 5 and <= 16 })
        {
            return false;
        }

        Dol? pdol = null;
        if (objects[EmvTag.Pdol] is { Length: > 0 } list && !Dol.TryParse(list, out pdol, out _))
        {
            return false;
        }

        // 83 and a one-byte length must hold the values (Lc of a short command).
        if (pdol?.TotalLength > 252)
        {
            return false;
        }

        fci = new ApplicationFci(objects, pdol);
        return true;
    }
}
