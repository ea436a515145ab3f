using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Qualifiers;

/// <summary>Data record and discretionary data of a kernel driven by qualifiers (Book C-3, B.1.1).</summary>
internal sealed class QualifierRecord(KernelActivation activation, QualifierRules rules, CardObjects card)
{
    public TlvMap DataRecord(CvmKind cvm, byte cid)
    {
        TlvMap record = [];
        foreach (uint tag in rules.Record)
        {
            byte[]? value = tag switch
            {
                // C-3, A.2: five zero bytes whatever happened; the card computed its cryptogram over zeros.
                EmvTag.Tvr => new byte[5],
                EmvTag.CryptogramInformation => card[tag] ?? [cid],
                EmvTag.CvmResults => CvmChoice.ResultsOf(cvm),
                EmvTag.FormFactor when rules.HasFormFactor => FormFactor(),
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
