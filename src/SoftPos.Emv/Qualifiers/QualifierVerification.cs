using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Qualifiers;

/// <summary>Selection of the cardholder verification method by qualifiers (Book C-3, 5.7).</summary>
internal static class QualifierVerification
{
    private const byte TtqOnlinePin = 0x04;
    private const byte TtqSignature = 0x02;
    private const byte TtqOnDevice = 0x40;

    /// <summary>Method, a reason to decline or null, and whether online PIN sends the transaction online.</summary>
    public static (CvmKind Cvm, OutcomeReason? Refused, bool OnlinePin) Select(
        byte[] ttq, CardObjects card, bool isOnlineCryptogram, QualifierRules rules)
    {
        bool required = (ttq[1] & PreProcessing.CvmRequired) != 0;
        bool pin = (ttq[0] & TtqOnlinePin) != 0;
        bool signature = (ttq[0] & TtqSignature) != 0;
        bool onDevice = (ttq[2] & TtqOnDevice) != 0;
        if (card[EmvTag.Ctq] is not { Length: 2 } ctq)
        {
            return !required ? (CvmKind.NoCvm, null, false) : WithoutQualifiers(rules.MissingQualifiers, signature, pin);
        }

        // 5.7.1.2: the first that holds.
        if ((ctq[0] & 0x80) != 0 && pin)
        {
            return (CvmKind.OnlinePin, null, true);
        }

        if ((ctq[1] & 0x80) != 0 && (onDevice || !rules.PassesUnsupportedDeviceClaim))
        {
            if (!onDevice || !IsClaimCovered(ctq, card[EmvTag.CardAuthenticationData], isOnlineCryptogram))
            {
                return (CvmKind.NoCvm, OutcomeReason.CvmClaimRefused, false);
            }

            return rules.PinBesideDevice && required && pin ? (CvmKind.OnlinePin, null, true) : (CvmKind.ConfirmationCodeVerified, null, false);
        }

        if ((ctq[0] & 0x40) != 0 && signature)
        {
            return (CvmKind.ObtainSignature, null, false);
        }

        // 5.7.1.3.
        return (CvmKind.NoCvm, required ? OutcomeReason.CvmNotPossible : null, false);
    }

    /// <summary>5.7.1.1. Online PIN alone is not in the text of C-3; it is the only method left that the reader can do.</summary>
    private static (CvmKind Cvm, OutcomeReason? Refused, bool OnlinePin) WithoutQualifiers(MissingQualifiers rule, bool signature, bool pin) => rule switch
    {
        MissingQualifiers.SignatureThenPin when signature => (CvmKind.ObtainSignature, null, false),
        MissingQualifiers.SignatureThenPin or MissingQualifiers.Pin when pin => (CvmKind.OnlinePin, null, true),
        _ => (CvmKind.NoCvm, OutcomeReason.CvmNotPossible, false),
    };

    /// <summary>The claim equals the signed copy in bytes 6 and 7 of 9F69; without 9F69 an online cryptogram must cover it.</summary>
    private static bool IsClaimCovered(byte[] ctq, byte[]? authenticationData, bool isOnlineCryptogram) => authenticationData is null
        ? isOnlineCryptogram
        : authenticationData.Length >= 7 && authenticationData.AsSpan(5, 2).SequenceEqual(ctq);
}
