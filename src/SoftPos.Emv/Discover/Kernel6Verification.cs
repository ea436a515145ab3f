using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Discover;

/// <summary>Cardholder verification of kernel 6: the requirements of the card, in their order.</summary>
internal static class Kernel6Verification
{
    private const byte TtqOnlinePin = 0x04;
    private const byte TtqSignature = 0x02;
    private const byte TtqOnDevice = 0x40;

    /// <summary>The method; null when there is none: another interface, or the end.</summary>
    /// <param name="ttq">Qualifiers of this transaction.</param>
    /// <param name="card">Requirements of the card.</param>
    /// <param name="data">Objects of terminal and card.</param>
    /// <param name="options">Options of the kernel.</param>
    /// <param name="isDeclined">The card would go without, the merchant does not.</param>
    public static CvmChoice? Select(byte[] ttq, CardRequirements card, IKernelObjects data, Kernel6Options options, out bool isDeclined)
    {
        isDeclined = false;
        bool required = (ttq[1] & PreProcessing.CvmRequired) != 0;
        if (!required && !card.OnlinePin && !card.Signature)
        {
            return CvmChoice.Of(CvmKind.NoCvm);
        }

        bool signature = (ttq[0] & TtqSignature) != 0;
        if (card.OnlinePin)
        {
            if ((ttq[0] & TtqOnlinePin) != 0)
            {
                return CvmChoice.Of(CvmKind.OnlinePin);
            }

            if (card.FallsBackToSignature && signature)
            {
                return CvmChoice.Of(CvmKind.ObtainSignature);
            }
        }

        if (card.Signature && signature)
        {
            return CvmChoice.Of(CvmKind.ObtainSignature);
        }

        if ((ttq[2] & TtqOnDevice) != 0 && card.OnDevice)
        {
            return card.IsVerifiedOnDevice ? CvmChoice.Of(CvmKind.ConfirmationCodeVerified)
                : card.FallsBackToSignature && signature ? CvmChoice.Of(CvmKind.ObtainSignature)
                : card.FallsBackToNoCvm ? NoCvm(required, data, options, out isDeclined)
                : new CvmChoice(CvmKind.NoCvm, [CvmCode.NotPerformed, 0x00, 0x01], Tvr.CvmFailed);
        }

        return card.FallsBackToNoCvm ? NoCvm(required, data, options, out isDeclined) : null;
    }

    /// <summary>The fallback to no verification, as far as reader and merchant allow it.</summary>
    private static CvmChoice? NoCvm(bool required, IKernelObjects data, Kernel6Options options, out bool isDeclined)
    {
        bool capable = !options.NoCvmNeedsCapability
            || (data[EmvTag.TerminalCapabilities] is { Length: 3 } capabilities && CvmCode.IsOffered(capabilities[1], CvmCode.NoCvm));
        isDeclined = capable && required && options.DeclineNoCvmAboveLimit;
        return capable && !isDeclined ? CvmChoice.Of(CvmKind.NoCvm) : null;
    }
}
