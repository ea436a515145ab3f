using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <summary>
/// Recovery of a transaction whose GENERATE AC went unanswered (Book C-2, S456.43 to 49 and S9 to S11): what the card may have computed is
/// asked for again instead of being computed anew.
/// </summary>
internal sealed class TornRecovery(KernelActivation activation, Kernel2Database data)
{
    /// <summary>Objects of a torn record (annex A, FF8101), without those of integrated data storage.</summary>
    private static readonly uint[] Tags =
    [
        EmvTag.Amount, EmvTag.AmountOther, EmvTag.Pan, EmvTag.PanSequenceNumber, Kernel2Tag.BalanceBefore, Kernel2Tag.CdolValues,
        EmvTag.CvmResults, EmvTag.IfdSerial, Kernel2Tag.PdolValues, Kernel2Tag.ReferenceControl, EmvTag.TerminalCapabilities,
        EmvTag.TerminalCountry, EmvTag.TerminalType, EmvTag.Tvr, EmvTag.CategoryCode, EmvTag.CurrencyCode, EmvTag.TransactionDate,
        EmvTag.TransactionTime, EmvTag.TransactionType, EmvTag.UnpredictableNumber, Kernel2Tag.TerminalEntropy, Kernel2Tag.DeviceEntropy,
        Kernel2Tag.LeastRelayTime, Kernel2Tag.MostRelayTime, Kernel2Tag.DeviceTransmissionTime, Kernel2Tag.MeasuredRelayTime,
        Kernel2Tag.RelayCounter,
    ];

    private const int Kernel = 2;

    private readonly Kernel2Options _options = activation.Combination.Kernel2;
    private TlvMap? _record;

    private DateTime Now => activation.Request.Date.ToDateTime(activation.Request.Time);

    /// <summary>Recovery is configured and the card names what it wants for it.</summary>
    public bool IsPossible => _options.TornRecords > 0 && data[EmvTag.Drdol] is { Length: > 0 } list && Dol.TryParse(list, out _, out _);

    /// <summary>Drops records that are too old (S1.4 to S1.6, the CLEAN signal).</summary>
    public void Purge() => activation.TornLog.Purge(Kernel, Now, _options.TornLifetimeSeconds);

    /// <summary>RECOVER AC when a record of this card and this sale is there; its values come from the record, not from today.</summary>
    public CommandApdu? Find()
    {
        if (!IsPossible || OfThisCard() is not { } found)
        {
            return null;
        }

        if (!TornTransactionLog.IsOfSale(found, data) || found[Kernel2Tag.DrdolValues] is not { } values)
        {
            return null;
        }

        _record = found;
        return new CommandApdu(0x80, 0xD0, 0x00, 0x00, values, 256);
    }

    /// <summary>The card has nothing to recover: its record goes with the next answer (S11.5).</summary>
    public void Forget()
    {
        if (_record is { } record)
        {
            activation.TornLog.Remove(record);
            _record = null;
        }
    }

    /// <summary>Takes the objects of the record back (S10.10) and forgets it; gives the cryptogram type and CDA flag that were asked for.</summary>
    public byte Restore()
    {
        TlvMap record = _record!;
        foreach (uint tag in Tags)
        {
            if (record[tag] is not { } value)
            {
                continue;
            }

            bool isOfCard = Kernel2Dictionary.Objects.RuleOf(tag, value.Length) is CardObjectRule.Store;
            if (isOfCard)
            {
                data.Card[tag] = [.. value];
            }
            else
            {
                data.Set(tag, [.. value]);
            }
        }

        byte control = record[Kernel2Tag.ReferenceControl] is { Length: 1 } one ? one[0] : (byte)0;
        Forget();
        return control;
    }

    /// <summary>The field broke after GENERATE AC was sent (S9.5, S11.11): keep what was sent. False when recovery is not configured.</summary>
    public bool Keep()
    {
        Forget();
        if (!IsPossible || !Dol.TryParse(data[EmvTag.Drdol], out Dol? drdol, out _))
        {
            return false;
        }

        TlvMap record = [];
        foreach (uint tag in Tags)
        {
            if (data[tag] is { } value)
            {
                record[tag] = [.. value];
            }
        }

        record[Kernel2Tag.DrdolValues] = data.Build(drdol);
        if (OfThisCard() is { } older)
        {
            activation.TornLog.Remove(older);
        }

        activation.TornLog.Add(Kernel, record, Now, _options.TornRecords);
        return true;
    }

    /// <summary>Record of the same PAN and sequence number; absent on both sides counts as equal.</summary>
    private TlvMap? OfThisCard() => activation.TornLog.Find(
        Kernel,
        record => Same(record[EmvTag.Pan], data[EmvTag.Pan]) && Same(record[EmvTag.PanSequenceNumber], data[EmvTag.PanSequenceNumber]));

    private static bool Same(byte[]? left, byte[]? right) =>
        left is null ? right is null : right is not null && left.AsSpan().SequenceEqual(right);
}
