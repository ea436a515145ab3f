using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.AmericanExpress;

/// <summary>What the mobile CVM results 9F71 of a device ask for.</summary>
internal enum MobileVerdict
{
    /// <summary>No word of a device that this reader takes: a card like any other.</summary>
    None,

    /// <summary>The holder was verified on the device.</summary>
    Verified,

    /// <summary>Not verified, and not required.</summary>
    NotRequired,

    /// <summary>The holder must act on the device and tap again.</summary>
    SeePhone,

    /// <summary>The device takes no verification any more.</summary>
    Blocked,
}

/// <summary>Cardholder verification of kernel 4: the word of the device, or the list of the card.</summary>
internal sealed class Kernel4Verification(
    KernelActivation activation, IKernelObjects data, ReaderCapabilities capabilities, bool isRequired)
{
    private const byte AipMobile = 0x40;
    private const byte AipCardholderVerification = 0x10;
    private const byte Performed = 0x01;
    private const byte Successful = 0x02;
    private const byte NotRequiredByTerminal = 0x00;
    private const byte RequiredByTerminal = 0x03;
    private const byte IsBlocked = 0x03;
    private readonly Kernel4Options _options = activation.Combination.Kernel4;

    /// <summary>The device's word, where both sides have mobile CVM.</summary>
    public MobileVerdict Mobile()
    {
        if (!capabilities.HasMobileCvm || !data.Aip(2, AipMobile) || data.Card[Kernel4Tag.MobileCvmResults] is not { Length: 3 } results)
        {
            return MobileVerdict.None;
        }

        return results switch
        {
            [Performed, NotRequiredByTerminal or RequiredByTerminal, Successful] => MobileVerdict.Verified,
            _ when !isRequired => MobileVerdict.NotRequired,
            [_, _, IsBlocked] => MobileVerdict.Blocked,
            _ => MobileVerdict.SeePhone,
        };
    }

    /// <summary>Selects a method; null when the list is malformed.</summary>
    public CvmChoice? Select()
    {
        if (Mobile() is MobileVerdict.Verified)
        {
            return new CvmChoice(CvmKind.ConfirmationCodeVerified, [.. data.Card[Kernel4Tag.MobileCvmResults]!], default);
        }

        if (!isRequired && !AsksForVerificationItself())
        {
            return new CvmChoice(CvmKind.NoCvm, [.. _options.NoCvmResults], default);
        }

        if (!data.Aip(1, AipCardholderVerification))
        {
            return new CvmChoice(CvmKind.NoCvm, [CvmCode.NotPerformed, 0x00, 0x00], default);
        }

        return data.IsNotEmpty(EmvTag.CvmList)
            ? new CvmListWalk(activation, data, IsSupported).Select()
            : new CvmChoice(CvmKind.NoCvm, [CvmCode.NotPerformed, 0x00, 0x00], Tvr.CardDataMissing);
    }

    /// <summary>The "no CVM check", where it is switched on: a list without the rule "no CVM" forbids to go without.</summary>
    private bool AsksForVerificationItself() => _options.NoCvmCheck && !capabilities.IsExemptFromNoCvmCheck
        && data.Aip(1, AipCardholderVerification)
        && CvmList.TryParse(data.Card[EmvTag.CvmList] ?? [], out CvmList? list, out _)
        && list.Rules.All(rule => rule.Method != CvmCode.NoCvm);

    /// <summary>A rule for the device's own check is never taken from the list: without 9F71 nothing says that it was made.</summary>
    private bool IsSupported(byte method) => method switch
    {
        CvmCode.OnlinePin => capabilities.HasOnlinePin,
        CvmCode.Signature => capabilities.HasSignature,
        CvmCode.NoCvm => true,
        _ => false,
    };
}
