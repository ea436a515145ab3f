using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <summary>
/// The TLV database of one activation (Book C-2, 4): objects of terminal and kernel, and objects of the card, each written only by its own
/// side. Present, empty and absent are three different things.
/// </summary>
internal sealed class Kernel2Database
{
    private readonly TlvMap _terminal;

    public Kernel2Database(KernelActivation activation)
    {
        _terminal = activation.Terminal;
        _terminal[EmvTag.TerminalVersion] ??= [0x00, 0x02];
        _terminal[EmvTag.MobileSupport] = [0x01];
        _terminal[Kernel2Tag.MagStripeVersion] ??= [0x00, 0x01];
        _terminal[EmvTag.CvmResults] = new byte[3];

        // 9F66 is PUNATC of the card here; the qualifiers of kernel 3 are no object of this kernel.
        _terminal[EmvTag.Ttq] = null;
        foreach ((uint tag, byte[] value) in activation.Fci.Objects)
        {
            switch (Kernel2Dictionary.RuleInFci(tag, value.Length))
            {
                case CardObjectRule.Store:
                    Card.TryAdd(tag, value);
                    break;
                case CardObjectRule.Refuse:
                    FciFault ??= Kernel2Fault.Parsing;
                    break;
            }
        }
    }

    /// <summary>Objects of the card.</summary>
    public TlvMap Card { get; } = [];

    /// <summary>What is wrong with the FCI, or null.</summary>
    public Kernel2Fault? FciFault { get; }

    /// <summary>Terminal verification results.</summary>
    public Tvr Tvr
    {
        get => Tvr.FromBytes(_terminal[EmvTag.Tvr] is { Length: 5 } bytes ? bytes : new byte[5]);
        set => _terminal[EmvTag.Tvr] = value.ToArray();
    }

    /// <summary>An object, whichever side gave it.</summary>
    public byte[]? this[uint tag] => _terminal[tag] ?? Card[tag];

    /// <summary>Bits of one byte of the application interchange profile.</summary>
    public bool Aip(int octet, byte bits) => Card[EmvTag.Aip] is { Length: 2 } aip && (aip[octet - 1] & bits) != 0;

    /// <summary>True when the object is there with at least one byte.</summary>
    public bool IsNotEmpty(uint tag) => this[tag] is { Length: > 0 };

    /// <summary>Writes an object of the terminal or the kernel.</summary>
    public void Set(uint tag, byte[] value) => _terminal[tag] = value;

    /// <summary>Values for a data object list (4.1.4).</summary>
    public byte[] Build(Dol dol) => dol.Build(tag => this[tag]);

    /// <summary>Terminal objects of the list that are there but empty: the terminal wants to be asked.</summary>
    public IReadOnlyList<uint> Needed(Dol dol) =>
        [.. dol.Entries.Select(entry => entry.Tag).Where(tag => _terminal[tag] is { Length: 0 }).Distinct()];

    /// <summary>Parses a response that must be one template of the given tag and stores its objects; null when all is well.</summary>
    public Kernel2Fault? StoreTemplate(ReadOnlySpan<byte> data, uint templateTag)
    {
        TlvReader reader = new(data);
        return !reader.TryRead(out TlvObject template) || template.Tag != templateTag || reader.TryRead(out _) || reader.Fault.IsFault
            ? Kernel2Fault.Parsing
            : Store(template.Value);
    }

    /// <summary>Stores every primitive object of a template's value.</summary>
    public Kernel2Fault? Store(ReadOnlySpan<byte> templateValue)
    {
        TlvReader reader = new(templateValue);
        while (reader.TryRead(out TlvObject item))
        {
            if (!item.IsConstructed && Store(item.Tag, item.Value) is { } fault)
            {
                return fault;
            }
        }

        return reader.Fault.IsFault ? Kernel2Fault.Parsing : null;
    }

    /// <summary>Stores one object; one that is there with a value already is not overwritten.</summary>
    public Kernel2Fault? Store(uint tag, ReadOnlySpan<byte> value)
    {
        switch (Kernel2Dictionary.RuleOf(tag, value.Length))
        {
            case CardObjectRule.Skip:
                return null;
            case CardObjectRule.Refuse:
                return Kernel2Fault.Parsing;
        }

        if (Card[tag] is { Length: > 0 })
        {
            return Kernel2Fault.Duplicate;
        }

        Card[tag] = value.ToArray();
        return null;
    }
}
