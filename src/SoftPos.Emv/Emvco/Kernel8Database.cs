using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Emvco;

/// <summary>
/// The TLV database of kernel 8 (Book C-8, 4): objects at every level of a response count, and an object may come again with the same value.
/// </summary>
internal sealed class Kernel8Database : KernelDatabase
{
    /// <summary>Deepest template inside a template.</summary>
    private const int MaxDepth = 4;

    private readonly bool _isStrict;

    public Kernel8Database(KernelActivation activation)
        : base(activation, activation.Combination.Kernel8.StrictCardData ? Kernel8Dictionary.Objects : Kernel8Dictionary.Lenient)
    {
        _isStrict = activation.Combination.Kernel8.StrictCardData;
        Terminal[EmvTag.TerminalVersion] ??= [0x00, 0x01];
        Terminal[EmvTag.CvmResults] = new byte[3];
        Terminal[Kernel8Tag.ReadStatus] = [0x80];
        Terminal[Kernel8Tag.WriteStatus] = [0x00];
        Terminal[Kernel8Tag.ReservedTvrMask] = activation.Combination.Kernel8.ReservedTvrMask;

        // 9F66 is no object of this kernel.
        Terminal[EmvTag.Ttq] = null;
    }

    /// <summary>Stores every known primitive object of a template's value, whatever template it stands in; null when all is well.</summary>
    public KernelFault? StoreAll(ReadOnlySpan<byte> templateValue) => StoreAll(templateValue, 0);

    /// <inheritdoc/>
    public override KernelFault? Store(uint tag, ReadOnlySpan<byte> value)
    {
        // The same once more is no contradiction.
        if (Card[tag] is { Length: > 0 } known && value.SequenceEqual(known))
        {
            return null;
        }

        // Without strictness an object that cannot be taken is as if it were not there; a contradiction stays one.
        return base.Store(tag, value) is { } fault && (_isStrict || fault == KernelFault.Duplicate) ? fault : null;
    }

    private KernelFault? StoreAll(ReadOnlySpan<byte> templateValue, int depth)
    {
        TlvReader reader = new(templateValue);
        while (reader.TryRead(out TlvObject item))
        {
            KernelFault? fault = !item.IsConstructed ? Store(item.Tag, item.Value)
                : depth < MaxDepth ? StoreAll(item.Value, depth + 1)
                : KernelFault.Parsing;
            if (fault is not null)
            {
                return fault;
            }
        }

        return reader.Fault.IsFault ? KernelFault.Parsing : null;
    }
}
