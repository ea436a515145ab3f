using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Mastercard;

/// <summary>The TLV database of kernel 2 (Book C-2, 4).</summary>
internal sealed class Kernel2Database : KernelDatabase
{
    public Kernel2Database(KernelActivation activation)
        : base(activation, Kernel2Dictionary.Objects)
    {
        Terminal[EmvTag.TerminalVersion] ??= [0x00, 0x02];
        Terminal[EmvTag.MobileSupport] = [0x01];
        Terminal[Kernel2Tag.MagStripeVersion] ??= [0x00, 0x01];
        Terminal[EmvTag.CvmResults] = new byte[3];

        // 9F66 is PUNATC of the card here; the qualifiers of kernel 3 are no object of this kernel.
        Terminal[EmvTag.Ttq] = null;
    }
}
