using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <summary>What the relay resistance protocol makes of one measured exchange.</summary>
internal enum RelayVerdict
{
    /// <summary>Once more, with a fresh number.</summary>
    Again,

    /// <summary>Over: go on reading.</summary>
    Done,

    /// <summary>Faster than the card can be.</summary>
    TooFast,

    /// <summary>The response is malformed.</summary>
    Malformed,
}

/// <summary>
/// The relay resistance protocol (Book C-2, state 'Waiting for Exchange Relay Resistance Data Response', SR1): up to three exchanges whose
/// times are held against what the card says of itself. Every time is in units of 0.1 ms.
/// </summary>
internal sealed class RelayResistance(Kernel2Options options, Kernel2Database data)
{
    /// <summary>Exchanges after the first.</summary>
    private const int MaxRepeats = 2;

    private const int ResponseLength = 10;
    private int _repeats;

    /// <summary>True when an exchange ended well.</summary>
    public bool IsPerformed { get; private set; }

    /// <summary>EXCHANGE RELAY RESISTANCE DATA with the unpredictable number as entropy (S3.60, SR1.24).</summary>
    public CommandApdu Command()
    {
        byte[] entropy = data[EmvTag.UnpredictableNumber]!;
        data.Set(Kernel2Tag.TerminalEntropy, [.. entropy]);
        return new CommandApdu(0x80, 0xEA, 0x00, 0x00, entropy, 256);
    }

    /// <summary>The fourteen bytes that a CDA signature must hold (S910).</summary>
    public byte[] SignedData() => IsPerformed
        ?
        [
            .. data[Kernel2Tag.TerminalEntropy]!, .. data[Kernel2Tag.DeviceEntropy]!, .. data[Kernel2Tag.LeastRelayTime]!,
            .. data[Kernel2Tag.MostRelayTime]!, .. data[Kernel2Tag.DeviceTransmissionTime]!,
        ]
        : [];

    /// <summary>SR1.14 to SR1.32.</summary>
    public RelayVerdict Take(ReadOnlySpan<byte> response, int elapsed, Func<byte[]> nextUnpredictableNumber)
    {
        TlvReader reader = new(response);
        if (!reader.TryRead(out TlvObject template) || template.Tag != EmvTag.ResponseFormat1 || template.Value.Length != ResponseLength
            || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return RelayVerdict.Malformed;
        }

        // A repeated exchange replaces what the one before gave.
        data.Card[Kernel2Tag.DeviceEntropy] = template.Value[..4].ToArray();
        data.Card[Kernel2Tag.LeastRelayTime] = template.Value[4..6].ToArray();
        data.Card[Kernel2Tag.MostRelayTime] = template.Value[6..8].ToArray();
        data.Card[Kernel2Tag.DeviceTransmissionTime] = template.Value[8..10].ToArray();
        RelayLimits limits = new(
            options.RelayMinGrace, options.RelayMaxGrace, options.RelayCommandTime, options.RelayResponseTime, options.RelayAccuracy, options.RelayMismatchPercent);
        RelayTiming timing = new(
            limits, Number(Kernel2Tag.LeastRelayTime), Number(Kernel2Tag.MostRelayTime), Number(Kernel2Tag.DeviceTransmissionTime), elapsed);
        if (timing.IsTooFast)
        {
            return RelayVerdict.TooFast;
        }

        if (timing.IsTooSlow && _repeats < MaxRepeats)
        {
            _repeats++;
            data.Set(EmvTag.UnpredictableNumber, nextUnpredictableNumber());
            return RelayVerdict.Again;
        }

        data.Tvr |= timing.Tvr;
        data.Set(Kernel2Tag.MeasuredRelayTime, [(byte)(timing.Processing >> 8), (byte)(timing.Processing & 0xFF)]);
        data.Set(Kernel2Tag.RelayCounter, [(byte)_repeats]);
        IsPerformed = true;
        return RelayVerdict.Done;
    }

    /// <summary>The protocol was performed in the transaction that is being recovered.</summary>
    public void Restore() => IsPerformed = data[Kernel2Tag.TerminalEntropy] is { Length: 4 } && data.Tvr.Has(Tvr.RelayPerformed);

    private int Number(uint tag) => data.Card[tag] is { Length: 2 } bytes ? (bytes[0] << 8) | bytes[1] : 0;
}
