using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Visa;

/// <summary>Selection of the cardholder verification method (Book C-3, 5.7).</summary>
internal static class CardholderVerification
{
    private const byte TtqOnlinePin = 0x04;
    private const byte TtqSignature = 0x02;
    private const byte TtqOnDevice = 0x40;

    /// <summary>Method, a reason to decline or null, and whether online PIN sends the transaction online.</summary>
    public static (CvmKind Cvm, OutcomeReason? Refused, bool OnlinePin) Select(byte[] ttq, CardObjects card, bool isOnlineCryptogram)
    {
        bool required = (ttq[1] & PreProcessing.CvmRequired) != 0;
        bool pin = (ttq[0] & TtqOnlinePin) != 0;
        bool signature = (ttq[0] & TtqSignature) != 0;
        bool onDevice = (ttq[2] & TtqOnDevice) != 0;
        if (card[EmvTag.Ctq] is not { Length: 2 } ctq)
        {
            // 5.7.1.1. Online PIN alone is not in the text; it is the only method left that the reader can do.
            return !required ? (CvmKind.NoCvm, null, false)
                : signature ? (CvmKind.ObtainSignature, null, false)
                : pin ? (CvmKind.OnlinePin, null, true)
                : (CvmKind.NoCvm, OutcomeReason.CvmNotPossible, false);
        }

        // 5.7.1.2: the first that holds.
        if ((ctq[0] & 0x80) != 0 && pin)
        {
            return (CvmKind.OnlinePin, null, true);
        }

        if ((ctq[1] & 0x80) != 0)
        {
            return onDevice && IsClaimCovered(ctq, card[EmvTag.CardAuthenticationData], isOnlineCryptogram)
                ? (CvmKind.ConfirmationCodeVerified, null, false)
                : (CvmKind.NoCvm, OutcomeReason.CvmClaimRefused, false);
        }

        if ((ctq[0] & 0x40) != 0 && signature)
        {
            return (CvmKind.ObtainSignature, null, false);
        }

        // 5.7.1.3.
        return (CvmKind.NoCvm, required ? OutcomeReason.CvmNotPossible : null, false);
    }

    /// <summary>The claim equals the signed copy in bytes 6 and 7 of 9F69; without 9F69 an online cryptogram must cover it.</summary>
    private static bool IsClaimCovered(byte[] ctq, byte[]? authenticationData, bool isOnlineCryptogram) => authenticationData is null
        ? isOnlineCryptogram
        : authenticationData.Length >= 7 && authenticationData.AsSpan(5, 2).SequenceEqual(ctq);
}
