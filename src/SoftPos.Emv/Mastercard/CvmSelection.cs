using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Mastercard;

/// <summary>CVM selection of kernel 2 (Book C-2, 7.5): what comes before the walk through the list.</summary>
internal sealed class CvmSelection(KernelActivation activation, Kernel2Database data, bool isOnDevice, bool isAboveLimit)
{
    private const byte AipCardholderVerification = 0x10;

    /// <summary>Selects a method; null when the list is malformed.</summary>
    public CvmChoice? Select()
    {
        if (isOnDevice)
        {
            // CVM.2 to CVM.4: the device has verified its holder; below the limit nobody asks.
            return isAboveLimit
                ? new CvmChoice(CvmKind.ConfirmationCodeVerified, [CvmCode.OnDevice, 0x00, 0x02], default)
                : new CvmChoice(CvmKind.NoCvm, [CvmCode.NotPerformed, 0x00, 0x02], default);
        }

        if (!data.Aip(1, AipCardholderVerification))
        {
            return new CvmChoice(CvmKind.NoCvm, [CvmCode.NotPerformed, 0x00, 0x00], default);                          // CVM.6
        }

        return data.IsNotEmpty(EmvTag.CvmList)
            ? new CvmListWalk(activation, data, method => CvmCode.IsOffered(data[EmvTag.TerminalCapabilities]![1], method)).Select()
            : new CvmChoice(CvmKind.NoCvm, [CvmCode.NotPerformed, 0x00, 0x00], Tvr.CardDataMissing);                   // CVM.8
    }
}
