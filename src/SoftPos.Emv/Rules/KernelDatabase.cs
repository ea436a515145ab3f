using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

/// <summary>
/// The TLV database of one activation (Book C-2, 4; Book C-8 alike): objects of terminal and kernel, and objects of the card, each written
/// only by its own side. Present, empty and absent are three different things.
/// </summary>
internal class KernelDatabase : IKernelObjects
{
    private readonly ObjectDictionary _dictionary;

    public KernelDatabase(KernelActivation activation, ObjectDictionary dictionary)
    {
        _dictionary = dictionary;
        Terminal = activation.Terminal;
        foreach ((uint tag, byte[] value) in activation.Fci.Objects)
        {
            switch (dictionary.RuleInFci(tag, value.Length))
            {
                case CardObjectRule.Store:
                    Card.TryAdd(tag, value);
                    break;
                case CardObjectRule.Refuse:
                    FciFault ??= KernelFault.Parsing;
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public TlvMap Card { get; } = [];

    /// <summary>What is wrong with the FCI, or null.</summary>
    public KernelFault? FciFault { get; }

    /// <inheritdoc/>
    public Tvr Tvr
    {
        get => Tvr.FromBytes(Terminal[EmvTag.Tvr] is { Length: 5 } bytes ? bytes : new byte[5]);
        set => Terminal[EmvTag.Tvr] = value.ToArray();
    }

    /// <summary>Objects of terminal and kernel.</summary>
    protected TlvMap Terminal { get; }

    /// <inheritdoc/>
    public byte[]? this[uint tag] => Terminal[tag] ?? Card[tag];

    /// <inheritdoc/>
    public void Set(uint tag, byte[] value) => Terminal[tag] = value;

    /// <summary>Terminal objects of the list that are there but empty: the terminal wants to be asked.</summary>
    public IReadOnlyList<uint> Needed(Dol dol) =>
        [.. dol.Entries.Select(entry => entry.Tag).Where(tag => Terminal[tag] is { Length: 0 }).Distinct()];

    /// <summary>Parses a response that must be one template of the given tag and stores its objects; null when all is well.</summary>
    public KernelFault? StoreTemplate(ReadOnlySpan<byte> data, uint templateTag)
    {
        TlvReader reader = new(data);
        return !reader.TryRead(out TlvObject template) || template.Tag != templateTag || reader.TryRead(out _) || reader.Fault.IsFault
            ? KernelFault.Parsing
            : Store(template.Value);
    }

    /// <summary>Stores every primitive object of a template's value.</summary>
    public KernelFault? Store(ReadOnlySpan<byte> templateValue)
    {
        TlvReader reader = new(templateValue);
        while (reader.TryRead(out TlvObject item))
        {
            if (!item.IsConstructed && Store(item.Tag, item.Value) is { } fault)
            {
                return fault;
            }
        }

        return reader.Fault.IsFault ? KernelFault.Parsing : null;
    }

    /// <summary>Stores one object; one that is there with a value already is not overwritten.</summary>
    public virtual KernelFault? Store(uint tag, ReadOnlySpan<byte> value)
    {
        switch (_dictionary.RuleOf(tag, value.Length))
        {
            case CardObjectRule.Skip:
                return null;
            case CardObjectRule.Refuse:
                return KernelFault.Parsing;
        }

        if (Card[tag] is { Length: > 0 })
        {
            return KernelFault.Duplicate;
        }

        Card[tag] = value.ToArray();
        return null;
    }
}
