using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

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

/// <summary>What a reader allows in a relay resistance exchange; times in units of 0.1 ms.</summary>
/// <param name="CommandTime">Expected transmission time of the command.</param>
/// <param name="ResponseTime">Expected transmission time of the response.</param>
/// <param name="MinGrace">Least grace period.</param>
/// <param name="MaxGrace">Greatest grace period.</param>
/// <param name="Accuracy">Accuracy threshold.</param>
/// <param name="MismatchPercent">Mismatch threshold, per cent.</param>
internal readonly record struct RelayLimits(int CommandTime, int ResponseTime, int MinGrace, int MaxGrace, int Accuracy, int MismatchPercent);

/// <summary>The tags under which a kernel keeps what the protocol exchanged and measured.</summary>
internal readonly record struct RelayTags(
    uint TerminalEntropy,
    uint DeviceEntropy,
    uint LeastRelayTime,
    uint MostRelayTime,
    uint DeviceTransmissionTime,
    uint MeasuredRelayTime,
    uint RelayCounter);

/// <summary>
/// The relay resistance protocol (Book C-2, state 'Waiting for Exchange Relay Resistance Data Response', SR1): up to three exchanges whose
/// times are held against what the card says of itself. Every time is in units of 0.1 ms.
/// </summary>
internal sealed class RelayResistance(RelayLimits limits, RelayTags tags, IKernelObjects data)
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
        data.Set(tags.TerminalEntropy, [.. entropy]);
        return new CommandApdu(0x80, 0xEA, 0x00, 0x00, entropy, 256);
    }

    /// <summary>The fourteen bytes that a CDA signature must hold (S910).</summary>
    public byte[] SignedData() => IsPerformed
        ?
        [
            .. data[tags.TerminalEntropy]!, .. data[tags.DeviceEntropy]!, .. data[tags.LeastRelayTime]!,
            .. data[tags.MostRelayTime]!, .. data[tags.DeviceTransmissionTime]!,
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
        data.Card[tags.DeviceEntropy] = template.Value[..4].ToArray();
        data.Card[tags.LeastRelayTime] = template.Value[4..6].ToArray();
        data.Card[tags.MostRelayTime] = template.Value[6..8].ToArray();
        data.Card[tags.DeviceTransmissionTime] = template.Value[8..10].ToArray();
        int device = Number(tags.DeviceTransmissionTime);
        int time = Math.Max(0, Math.Clamp(elapsed, 0, ushort.MaxValue) - limits.CommandTime - Math.Min(device, limits.ResponseTime));
        if (time < Math.Max(0, Number(tags.LeastRelayTime) - limits.MinGrace))
        {
            return RelayVerdict.TooFast;
        }

        bool tooSlow = time > Number(tags.MostRelayTime) + limits.MaxGrace;
        if (tooSlow && _repeats < MaxRepeats)
        {
            _repeats++;
            data.Set(EmvTag.UnpredictableNumber, nextUnpredictableNumber());
            return RelayVerdict.Again;
        }

        Conclude(time, device, tooSlow);
        return RelayVerdict.Done;
    }

    private void Conclude(int time, int device, bool tooSlow)
    {
        Tvr tvr = Tvr.RelayPerformed;
        if (tooSlow)
        {
            tvr |= Tvr.RelayTimesExceeded;
        }

        // SR1.30: estimates that differ by more than the threshold, or an answer far later than the card's least time.
        int reader = limits.ResponseTime;
        if (device != 0 && reader != 0
            && (device * 100 / reader < limits.MismatchPercent
                || reader * 100 / device < limits.MismatchPercent
                || Math.Max(0, time - Number(tags.LeastRelayTime)) > limits.Accuracy))
        {
            tvr |= Tvr.RelayThresholdExceeded;
        }

        data.Tvr |= tvr;
        data.Set(tags.MeasuredRelayTime, [(byte)(time >> 8), (byte)(time & 0xFF)]);
        data.Set(tags.RelayCounter, [(byte)_repeats]);
        IsPerformed = true;
    }

    /// <summary>The protocol was performed in the transaction that is being recovered.</summary>
    public void Restore() => IsPerformed = data[tags.TerminalEntropy] is { Length: 4 } && data.Tvr.Has(Tvr.RelayPerformed);

    private int Number(uint tag) => data.Card[tag] is { Length: 2 } bytes ? (bytes[0] << 8) | bytes[1] : 0;
}
