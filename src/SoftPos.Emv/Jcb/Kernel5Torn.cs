using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Jcb;

/// <summary>
/// Memory of one transaction whose GENERATE AC went unanswered (C-5, 5.14): the card is asked for that answer again, which is then checked
/// with the values of its own tap.
/// </summary>
internal sealed class Kernel5Torn(KernelActivation activation, KernelObjects data)
{
    private const int Kernel = 5;
    private const int MostRecords = 1;
    private const byte Legacy = 0x01;

    /// <summary>What the terminal told the card, or the host of it, and would tell otherwise on another tap.</summary>
    private static readonly uint[] Told =
    [
        EmvTag.Amount, EmvTag.AmountOther, EmvTag.CurrencyCode, EmvTag.TransactionType, EmvTag.TerminalCountry, EmvTag.Tvr,
        EmvTag.TransactionDate, EmvTag.TransactionTime, EmvTag.UnpredictableNumber, EmvTag.TerminalType, EmvTag.TerminalCapabilities,
        EmvTag.SequenceCounter, Kernel5Tag.Compatibility, Kernel5Tag.InterchangeProfile,
    ];

    private readonly int _lifetime = activation.Combination.Kernel5.TornLifetimeSeconds;
    private TlvMap? _record;

    private DateTime Now => activation.Request.Date.ToDateTime(activation.Request.Time);

    /// <summary>A record is there and its cryptogram is being asked for.</summary>
    public bool IsRecovering => _record is not null;

    /// <summary>Looks for a record of this sale; what is too old or of another sale is forgotten.</summary>
    public bool Find()
    {
        activation.TornLog.Purge(Kernel, Now, _lifetime);
        _record = activation.TornLog.Find(Kernel, static _ => true);
        if (_record is { } found && !TornTransactionLog.IsOfSale(found, data))
        {
            Forget();
        }

        return IsRecovering;
    }

    /// <summary>Zeroes the record that is being recovered.</summary>
    public void Forget()
    {
        if (_record is { } record)
        {
            activation.TornLog.Remove(record);
            _record = null;
        }
    }

    /// <summary>True when the card of now, in its mode, is the one that was torn off.</summary>
    public bool IsOf(byte[] track2, bool isLegacy) =>
        _record is { } record && record[EmvTag.Track2EquivalentData] is { } then && then.AsSpan().SequenceEqual(track2)
            && record[Kernel5Tag.Mode] is [var mode] && mode == Legacy == isLegacy;

    /// <summary>Takes the values of the torn tap back and gives what was asked for, without an answer.</summary>
    public GenerateExchange Restore()
    {
        TlvMap record = _record!;
        foreach (uint tag in Told)
        {
            if (record[tag] is { } value)
            {
                data.Set(tag, [.. value]);
            }
        }

        byte control = record[Kernel5Tag.ReferenceControl] is [var one] ? one : (byte)0;
        return new GenerateExchange(
            GenerateCryptogram.TypeOf(control),
            (control & GenerateCryptogram.CdaRequested) != 0,
            data.Tvr,
            Copy(record[Kernel5Tag.PdolValues]),
            Copy(record[Kernel5Tag.CdolValues]),
            default);
    }

    /// <summary>The field broke after GENERATE AC was sent: keeps what was sent, one transaction at a time.</summary>
    public void Keep(GenerateExchange exchange, bool isLegacy)
    {
        Forget();
        if (_lifetime == 0 || data.Card[EmvTag.Track2EquivalentData] is not { } track2)
        {
            return;
        }

        TlvMap record = data.Take(Told);
        record[EmvTag.Track2EquivalentData] = [.. track2];
        record[Kernel5Tag.Mode] = [isLegacy ? Legacy : (byte)0];
        record[Kernel5Tag.ReferenceControl] = [GenerateCryptogram.Control(exchange.Asked, exchange.WithCda)];
        record[Kernel5Tag.PdolValues] = exchange.PdolValues.ToArray();
        record[Kernel5Tag.CdolValues] = exchange.CdolValues.ToArray();
        activation.TornLog.Add(Kernel, record, Now, MostRecords);
    }

    private static byte[] Copy(byte[]? value) => value is null ? [] : [.. value];
}
