using SoftPos.Iso7816;

namespace SoftPos.Emv;

/// <summary>How the radio failed.</summary>
public enum CommunicationFault
{
    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The answer was damaged, or the field broke.</summary>
    Transmission,

    /// <summary>The answer broke the protocol.</summary>
    Protocol,
}

/// <summary>What happens to the reader from outside.</summary>
public abstract record ReaderEvent
{
    private protected ReaderEvent()
    {
    }

    /// <summary>One card is in the field and activated.</summary>
    public sealed record CardDetected : ReaderEvent;

    /// <summary>More than one card is in the field.</summary>
    public sealed record CollisionDetected : ReaderEvent;

    /// <summary>The field is clear again after a collision.</summary>
    public sealed record CollisionEnded : ReaderEvent;

    /// <summary>The card answered.</summary>
    /// <param name="Bytes">Data and status word as received.</param>
    /// <param name="ElapsedTenthsMs">Time from the end of the command to the answer, in units of 0.1 ms; used by relay resistance only.</param>
    public sealed record CardResponse(ReadOnlyMemory<byte> Bytes, int ElapsedTenthsMs = 0) : ReaderEvent
    {
        /// <summary>Length only.</summary>
        public override string ToString() => $"CardResponse[{Bytes.Length}]";
    }

    /// <summary>The radio failed, or the card left.</summary>
    public sealed record FieldError(CommunicationFault Fault = CommunicationFault.Transmission) : ReaderEvent;

    /// <summary>The effects before a <see cref="ReaderEffect.Proceed"/> are done: go on.</summary>
    public sealed record Proceed : ReaderEvent;

    /// <summary>The terminal stops the transaction.</summary>
    public sealed record Stop : ReaderEvent;

    /// <summary>
    /// The host answered, for a reader that waits with start B or D. Objects 91, 71, 72, 8A of the answer; empty or null for none.
    /// </summary>
    public sealed record OnlineResponse(bool IsApproved, ReadOnlyMemory<byte> IssuerData) : ReaderEvent
    {
        /// <summary>Decision and length only.</summary>
        public override string ToString() => $"OnlineResponse approved={IsApproved} [{IssuerData.Length}]";
    }

    /// <summary>Kernel 2 data exchange: objects from the terminal.</summary>
    public sealed record TerminalData(TlvMap Objects) : ReaderEvent;

    /// <summary>Kernel 2 data exchange: the terminal did not answer in time (DF8127).</summary>
    public sealed record TerminalTimeout : ReaderEvent;
}

/// <summary>What the reader wants done, in order.</summary>
public abstract record ReaderEffect
{
    private protected ReaderEffect()
    {
    }

    /// <summary>Switch the field on and poll for cards.</summary>
    public sealed record FieldOn : ReaderEffect;

    /// <summary>Switch the field off for at least this long, in milliseconds.</summary>
    public sealed record FieldOff(int HoldMs = 0) : ReaderEffect;

    /// <summary>Send a command and give the answer as <see cref="ReaderEvent.CardResponse"/> or <see cref="ReaderEvent.FieldError"/>.</summary>
    public sealed record SendCommand(CommandApdu Command) : ReaderEffect;

    /// <summary>Show a message.</summary>
    public sealed record Show(UiRequest Request) : ReaderEffect;

    /// <summary>Do the effects before this one, then step with <see cref="ReaderEvent.Proceed"/>: the rest needs no card.</summary>
    public sealed record Proceed : ReaderEffect;

    /// <summary>Kernel 2 data exchange: the kernel needs or gives objects.</summary>
    public sealed record ExchangeData(IReadOnlyList<uint> Needed, TlvMap ToSend) : ReaderEffect;

    /// <summary>The final outcome. With start B the reader waits for <see cref="ReaderEvent.OnlineResponse"/> and a second presentment.</summary>
    public sealed record Finish(Outcome Outcome) : ReaderEffect;
}
