using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

/// <summary>Objects of one activation of a kernel that takes from the card whatever the terminal does not own.</summary>
internal sealed class KernelObjects(KernelActivation activation, CardObjects card) : IKernelObjects
{
    /// <inheritdoc/>
    public TlvMap Card => card.Read;

    /// <inheritdoc/>
    public Tvr Tvr
    {
        get => Tvr.FromBytes(activation.Terminal[EmvTag.Tvr] is { Length: 5 } bytes ? bytes : new byte[5]);
        set => activation.Terminal[EmvTag.Tvr] = value.ToArray();
    }

    /// <inheritdoc/>
    public byte[]? this[uint tag] => activation.Terminal[tag] ?? card[tag];

    /// <inheritdoc/>
    public void Set(uint tag, byte[] value) => activation.Terminal[tag] = value;
}
