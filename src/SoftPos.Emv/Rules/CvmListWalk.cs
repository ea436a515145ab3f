using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Rules;

/// <summary>What the selection of a cardholder verification found.</summary>
/// <param name="Cvm">Method for the outcome.</param>
/// <param name="Results">9F34.</param>
/// <param name="Tvr">Bits to set.</param>
internal readonly record struct CvmChoice(CvmKind Cvm, byte[] Results, Tvr Tvr)
{
    /// <summary>A method that was chosen without a list.</summary>
    public static CvmChoice Of(CvmKind cvm) => new(cvm, ResultsOf(cvm), cvm is CvmKind.OnlinePin ? Tvr.OnlinePinEntered : default);

    /// <summary>9F34 of a method that was chosen without a list (Book C-3, 5.7; C-8 alike).</summary>
    public static byte[] ResultsOf(CvmKind cvm) => cvm switch
    {
        CvmKind.OnlinePin => [CvmCode.OnlinePin, 0x00, 0x00],
        CvmKind.ObtainSignature => [CvmCode.Signature, 0x00, 0x00],
        CvmKind.ConfirmationCodeVerified => [CvmCode.OnDevice, 0x00, 0x02],
        _ => [CvmCode.NoCvm, 0x00, 0x02],
    };
}

/// <summary>Methods of a CVM list (EMV Book 3, C3).</summary>
internal static class CvmCode
{
    public const byte Fail = 0x00;

    /// <summary>Plaintext PIN by the card; on contactless, where no PIN can be given, the code that stands for the device's own check.</summary>
    public const byte OnDevice = 0x01;

    public const byte OnlinePin = 0x02;
    public const byte Signature = 0x1E;
    public const byte NoCvm = 0x1F;
    public const byte NotPerformed = 0x3F;

    /// <summary>Methods that byte 2 of 9F33, or 9F6E of kernel 4, offers over contactless.</summary>
    /// <param name="capability">Bit 7 online PIN, bit 6 signature, bit 4 no CVM. An offline PIN cannot be given to a card in the air, whatever the byte says.</param>
    /// <param name="method">Method of a rule.</param>
    public static bool IsOffered(byte capability, byte method) => method switch
    {
        OnlinePin => (capability & 0x40) != 0,
        Signature => (capability & 0x20) != 0,
        NoCvm => (capability & 0x08) != 0,
        _ => false,
    };
}

/// <summary>Walks a CVM list (EMV Book 3, 10.5; Book C-2, 7.5, CVM.9 to CVM.25).</summary>
/// <param name="activation">The activation.</param>
/// <param name="data">Its objects.</param>
/// <param name="isSupported">Whether the reader has a method.</param>
internal sealed class CvmListWalk(KernelActivation activation, IKernelObjects data, Func<byte, bool> isSupported)
{
    /// <summary>The first rule that applies and succeeds; null when the list is malformed.</summary>
    public CvmChoice? Select() => CvmList.TryParse(data[EmvTag.CvmList], out CvmList? list, out _) ? Walk(list) : null;

    private CvmChoice Walk(CvmList list)
    {
        Tvr tvr = default;
        CvmRule? failed = null;
        foreach (CvmRule rule in list.Rules)
        {
            if (!IsMet(rule, list))
            {
                continue;
            }

            if (!IsRecognised(rule.Method))
            {
                tvr |= Tvr.UnrecognisedCvm;                                                                            // CVM.16
            }
            else if (rule.Method != CvmCode.Fail && isSupported(rule.Method))
            {
                return Take(rule, tvr);
            }

            failed = rule;
            if (!rule.ContinuesOnFailure)
            {
                break;
            }
        }

        // CVM.14, CVM.22 to CVM.25: a rule that says "fail" is reported itself, everything else as "no CVM performed".
        byte[] results = failed is { Method: CvmCode.Fail } fail ? [fail.Code, fail.Condition, 0x01] : [CvmCode.NotPerformed, 0x00, 0x01];
        return new CvmChoice(CvmKind.NoCvm, results, tvr | Tvr.CvmFailed);
    }

    private static CvmChoice Take(CvmRule rule, Tvr tvr) => rule.Method switch
    {
        CvmCode.OnlinePin => new CvmChoice(CvmKind.OnlinePin, [rule.Code, rule.Condition, 0x00], tvr | Tvr.OnlinePinEntered),
        CvmCode.Signature => new CvmChoice(CvmKind.ObtainSignature, [rule.Code, rule.Condition, 0x00], tvr),
        CvmCode.OnDevice => new CvmChoice(CvmKind.ConfirmationCodeVerified, [rule.Code, rule.Condition, 0x02], tvr),
        _ => new CvmChoice(CvmKind.NoCvm, [rule.Code, rule.Condition, 0x02], tvr),
    };

    private static bool IsRecognised(byte method) => method is <= 0x05 or CvmCode.Signature or CvmCode.NoCvm;

    /// <summary>CVM.10 to CVM.12; a condition that is not understood is not met.</summary>
    private bool IsMet(CvmRule rule, CvmList list)
    {
        byte type = data[EmvTag.TransactionType]![0];
        bool cash = type is 0x01 or 0x17;
        bool unattended = (activation.Configuration.Terminal.TerminalType & 0x0F) is 4 or 5 or 6;
        bool cashback = type == 0x09;
        bool inCurrency = data[EmvTag.ApplicationCurrency] is { } currency && currency.AsSpan().SequenceEqual(data[EmvTag.CurrencyCode]);
        long amount = activation.Request.AmountMinor;
        return rule.Condition switch
        {
            0x00 => true,
            0x01 => cash && unattended,
            0x02 => !cash && !cashback,
            0x03 => isSupported(rule.Method),
            0x04 => cash && !unattended,
            0x05 => cashback,
            0x06 => inCurrency && amount < list.X,
            0x07 => inCurrency && amount > list.X,
            0x08 => inCurrency && amount < list.Y,
            0x09 => inCurrency && amount > list.Y,
            _ => false,
        };
    }
}
