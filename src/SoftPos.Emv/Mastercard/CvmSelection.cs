using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Mastercard;

/// <summary>What CVM selection found.</summary>
/// <param name="Cvm">Method for the outcome.</param>
/// <param name="Results">9F34.</param>
/// <param name="Tvr">Bits to set.</param>
internal readonly record struct CvmChoice(CvmKind Cvm, byte[] Results, Tvr Tvr);

/// <summary>CVM selection (Book C-2, 7.5, CVM.1 to CVM.25).</summary>
internal sealed class CvmSelection(KernelActivation activation, Kernel2Database data, bool isOnDevice, bool isAboveLimit)
{
    private const byte NoCvmPerformed = 0x3F;
    private const byte FailCode = 0x00;
    private const byte OnlinePinCode = 0x02;
    private const byte SignatureCode = 0x1E;
    private const byte NoCvmCode = 0x1F;
    private const byte AipCardholderVerification = 0x10;

    /// <summary>Selects a method; null when the list is malformed.</summary>
    public CvmChoice? Select()
    {
        if (isOnDevice)
        {
            // CVM.2 to CVM.4: the device has verified its holder; below the limit nobody asks.
            return isAboveLimit
                ? new CvmChoice(CvmKind.ConfirmationCodeVerified, [0x01, 0x00, 0x02], default)
                : new CvmChoice(CvmKind.NoCvm, [NoCvmPerformed, 0x00, 0x02], default);
        }

        if (!data.Aip(1, AipCardholderVerification))
        {
            return new CvmChoice(CvmKind.NoCvm, [NoCvmPerformed, 0x00, 0x00], default);                                // CVM.6
        }

        if (!data.IsNotEmpty(EmvTag.CvmList))
        {
            return new CvmChoice(CvmKind.NoCvm, [NoCvmPerformed, 0x00, 0x00], Tvr.CardDataMissing);                    // CVM.8
        }

        return CvmList.TryParse(data[EmvTag.CvmList], out CvmList? list, out _) ? Walk(list) : null;
    }

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
            else if (rule.Method != FailCode && IsSupported(rule.Method))
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
        byte[] results = failed is { Method: FailCode } fail ? [fail.Code, fail.Condition, 0x01] : [NoCvmPerformed, 0x00, 0x01];
        return new CvmChoice(CvmKind.NoCvm, results, tvr | Tvr.CvmFailed);
    }

    private static CvmChoice Take(CvmRule rule, Tvr tvr) => rule.Method switch
    {
        OnlinePinCode => new CvmChoice(CvmKind.OnlinePin, [rule.Code, rule.Condition, 0x00], tvr | Tvr.OnlinePinEntered),
        SignatureCode => new CvmChoice(CvmKind.ObtainSignature, [rule.Code, rule.Condition, 0x00], tvr),
        _ => new CvmChoice(CvmKind.NoCvm, [rule.Code, rule.Condition, 0x02], tvr),
    };

    private static bool IsRecognised(byte method) => method is <= 0x05 or SignatureCode or NoCvmCode;

    /// <summary>By byte 2 of 9F33. An offline PIN cannot be given to a card in the air, whatever the byte says.</summary>
    private bool IsSupported(byte method)
    {
        byte capability = data[EmvTag.TerminalCapabilities]![1];
        return method switch
        {
            OnlinePinCode => (capability & 0x40) != 0,
            SignatureCode => (capability & 0x20) != 0,
            NoCvmCode => (capability & 0x08) != 0,
            _ => false,
        };
    }

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
            0x03 => IsSupported(rule.Method),
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
