using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>How a sequence number stands to those before it.</summary>
internal enum SequenceSight
{
    /// <summary>Above all before.</summary>
    New,

    /// <summary>Below the highest and not seen: a message that others overtook.</summary>
    Late,

    /// <summary>Seen before, or too old to have been overtaken within a nonce's life.</summary>
    Seen,
}

/// <summary>
/// The sequence numbers that were seen of one terminal's evidence, as in an anti-replay window (RFC 4303, 3.4.3). The SDK makes a number
/// durable before it uses it, so the same number under a fresh nonce means that two hold one state.
/// </summary>
/// <param name="Highest">Highest number seen.</param>
/// <param name="Seen">Bit n stands for <paramref name="Highest"/> - n.</param>
internal readonly record struct SequenceWindow(long Highest, ulong Seen)
{
    private const int Width = 64;

    public static SequenceWindow Of(TerminalRecord terminal) => new(terminal.EvidenceSequence, terminal.EvidenceWindow);

    public SequenceSight Look(long sequence)
    {
        if (sequence > Highest)
        {
            return SequenceSight.New;
        }

        // The terminal names the number, so the distance may pass what a signed number holds.
        ulong distance = unchecked((ulong)(Highest - sequence));
        return distance >= Width || (Seen >> (int)distance & 1) != 0 ? SequenceSight.Seen : SequenceSight.Late;
    }

    public SequenceWindow After(long sequence)
    {
        if (sequence > Highest)
        {
            ulong step = unchecked((ulong)(sequence - Highest));
            return new SequenceWindow(sequence, (step >= Width ? 0 : Seen << (int)step) | 1);
        }

        ulong distance = unchecked((ulong)(Highest - sequence));
        return distance >= Width ? this : this with { Seen = Seen | (1UL << (int)distance) };
    }
}
