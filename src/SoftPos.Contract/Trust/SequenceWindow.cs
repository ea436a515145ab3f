namespace SoftPos.Contract;

/// <summary>How a sequence number stands to those before it.</summary>
public enum SequenceSight
{
    /// <summary>Above all before.</summary>
    New,

    /// <summary>Below the highest and not seen: a message that others overtook.</summary>
    Late,

    /// <summary>Seen before, or too old to have been overtaken by the few messages that one terminal has under way.</summary>
    Seen,
}

/// <summary>
/// The sequence numbers that were seen of one terminal, as in an anti-replay window (RFC 4303, 3.4.3). The SDK makes a number durable before
/// it uses it, so the same number under a fresh message means that two hold one state.
/// </summary>
/// <param name="Highest">Highest number seen.</param>
/// <param name="Seen">Bit n stands for <paramref name="Highest"/> - n.</param>
public readonly record struct SequenceWindow(long Highest, ulong Seen)
{
    /// <summary>Numbers that are looked back on.</summary>
    public const int Width = 64;

    /// <summary>The window of a terminal's evidence.</summary>
    public static SequenceWindow Of(TerminalRecord terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        return new SequenceWindow(terminal.EvidenceSequence, terminal.EvidenceWindow);
    }

    /// <summary>How a number stands.</summary>
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

    /// <summary>The window once the number was seen.</summary>
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
