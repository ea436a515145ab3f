using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Jcb;

/// <summary>
/// Cardholder verification of kernel 5, after the cryptogram: in EMV mode the card's own word 9F50, for a legacy card its CVM list above
/// the limit (C-5, 5.8.3).
/// </summary>
internal sealed class Kernel5Verification(KernelActivation activation, KernelObjects data, InterchangeProfile profile)
{
    private const byte None = 0x00;
    private const byte Signature = 0x10;
    private const byte OnlinePin = 0x20;
    private const byte OnDevice = 0x30;
    private const byte KindBits = 0xF0;

    /// <summary>The card says that its holder was verified on the device.</summary>
    public static bool IsOnDevice(byte status) => (status & KindBits) == OnDevice;

    /// <summary>The method; null when what is asked for is not there.</summary>
    public CvmChoice? Select(bool isLegacy) => isLegacy ? OfLegacyCard() : OfCard(data.Card[Kernel5Tag.VerificationStatus]![0]);

    private CvmChoice? OfCard(byte status) => status switch
    {
        // 5.8.3.2: a card that asks for nothing where the reader needs something.
        None => profile.IsCvmRequired ? null : CvmChoice.Of(CvmKind.NoCvm),
        Signature => If(profile.HasSignature, CvmKind.ObtainSignature),
        OnlinePin => If(profile.HasOnlinePin, CvmKind.OnlinePin),
        _ when IsOnDevice(status) => If(profile.TakesOnDevice, CvmKind.ConfirmationCodeVerified),
        _ => WithoutPreference(),
    };

    /// <summary>A legacy card knows no profile: nothing below the limit, its list above it.</summary>
    private CvmChoice? OfLegacyCard()
    {
        if (!profile.IsCvmRequired)
        {
            return CvmChoice.Of(CvmKind.NoCvm);
        }

        if (!data.IsNotEmpty(EmvTag.CvmList))
        {
            return WithoutPreference();
        }

        return new CvmListWalk(activation, data, IsSupported).Select() is { Cvm: not CvmKind.NoCvm } choice ? choice : null;
    }

    private bool IsSupported(byte method) => method switch
    {
        CvmCode.OnlinePin => profile.HasOnlinePin,
        CvmCode.Signature => profile.HasSignature,
        _ => false,
    };

    private CvmChoice? WithoutPreference()
    {
        if (!profile.IsCvmRequired)
        {
            return CvmChoice.Of(CvmKind.NoCvm);
        }

        return activation.Combination.Kernel5.WithoutPreference switch
        {
            Kernel5Verifications.OnlinePin => If(profile.HasOnlinePin, CvmKind.OnlinePin),
            Kernel5Verifications.Signature => If(profile.HasSignature, CvmKind.ObtainSignature),
            _ => CvmChoice.Of(CvmKind.NoCvm),
        };
    }

    private static CvmChoice? If(bool isOffered, CvmKind cvm) => isOffered ? CvmChoice.Of(cvm) : null;
}
