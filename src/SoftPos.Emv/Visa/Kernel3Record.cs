using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Visa;

/// <summary>Data record, discretionary data and account of kernel 3 (Book C-3, B.1.1).</summary>
internal sealed class Kernel3Record(KernelActivation activation, CardObjects card)
{
    private static readonly uint[] Order =
    [
        EmvTag.Cryptogram, EmvTag.CryptogramInformation, EmvTag.IssuerApplicationData, EmvTag.UnpredictableNumber, EmvTag.Atc, EmvTag.Tvr,
        EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.Amount, EmvTag.CurrencyCode, EmvTag.Aip, EmvTag.TerminalCountry,
        EmvTag.AmountOther, EmvTag.TerminalCapabilities, EmvTag.CvmResults, EmvTag.TerminalType, EmvTag.IfdSerial, EmvTag.DfName,
        EmvTag.TerminalVersion, EmvTag.SequenceCounter, EmvTag.PanSequenceNumber, EmvTag.FormFactor, EmvTag.CustomerExclusiveData,
        EmvTag.Par, EmvTag.TokenRequestor, EmvTag.LastFourDigits, EmvTag.PosEntryMode, EmvTag.Ttq, EmvTag.Ctq, EmvTag.TransactionTime,
        EmvTag.ApplicationLabel, EmvTag.PreferredName,
    ];

    public TlvMap DataRecord(CvmKind cvm, byte cid)
    {
        TlvMap record = [];
        foreach (uint tag in Order)
        {
            byte[]? value = tag switch
            {
                // C-3, A.2: five zero bytes whatever happened; the card computed its cryptogram over zeros.
                EmvTag.Tvr => new byte[5],
                EmvTag.CryptogramInformation => card[tag] ?? [cid],
                EmvTag.CvmResults => CvmChoice.ResultsOf(cvm),
                EmvTag.FormFactor => FormFactor(),
                _ => activation.Terminal[tag] ?? card[tag],
            };
            if (value is not null)
            {
                record[tag] = value;
            }
        }

        return record;
    }

    public TlvMap? DiscretionaryData() => card[EmvTag.AvailableSpendingAmount] is { Length: 6 } amount
        ? new TlvMap { [EmvTag.AvailableSpendingAmount] = amount }
        : null;

    /// <summary>4.1.1.1: the reader writes the technology that it used, ISO 14443, into the low nibble of byte 4.</summary>
    private byte[]? FormFactor()
    {
        if (card[EmvTag.FormFactor] is not { } value)
        {
            return null;
        }

        byte[] copy = [.. value];
        copy[3] &= 0xF0;
        return copy;
    }
}
