namespace SoftPos.Emv.EntryPoint;

/// <summary>
/// Drives a <see cref="ContactlessReader"/> over a card that answers at once: for tools, tests and the lab. A terminal drives the reader
/// itself, because its radio, display and timers take their time.
/// </summary>
public static class ReaderRun
{
    /// <summary>Most steps of a run: activations times commands, with GET RESPONSE between.</summary>
    private const int MaxSteps = 20_000;

    /// <summary>Runs until the final outcome.</summary>
    /// <param name="reader">Reader that was started.</param>
    /// <param name="effects">What its start gave.</param>
    /// <param name="transceive">Sends a command and gives the answer; null when the card is gone.</param>
    /// <param name="cardArrives">Called when the field goes on; false when no card comes any more, which stops the reader.</param>
    /// <param name="seen">Called with each effect in order, or null.</param>
    /// <param name="elapsedTenthsMs">Time that each answer of the card is said to take, in units of 0.1 ms.</param>
    public static Outcome ToOutcome(
        ContactlessReader reader,
        IReadOnlyList<ReaderEffect> effects,
        Func<ReadOnlyMemory<byte>, byte[]?> transceive,
        Func<bool> cardArrives,
        Action<ReaderEffect>? seen = null,
        int elapsedTenthsMs = 0) => ToOutcome(effects, reader.Step, transceive, cardArrives, seen, elapsedTenthsMs);

    /// <summary>Runs a reader by its step function until the final outcome; otherwise as the other.</summary>
    public static Outcome ToOutcome(
        IReadOnlyList<ReaderEffect> effects,
        Func<ReaderEvent, IReadOnlyList<ReaderEffect>> takeEvent,
        Func<ReadOnlyMemory<byte>, byte[]?> transceive,
        Func<bool> cardArrives,
        Action<ReaderEffect>? seen = null,
        int elapsedTenthsMs = 0)
    {
        for (int step = 0; step < MaxSteps; step++)
        {
            ReaderEvent? next = null;
            foreach (ReaderEffect effect in effects)
            {
                seen?.Invoke(effect);
                switch (effect)
                {
                    case ReaderEffect.Finish finish:
                        return finish.Outcome;
                    case ReaderEffect.FieldOn:
                        next = cardArrives() ? new ReaderEvent.CardDetected() : new ReaderEvent.Stop();
                        break;
                    case ReaderEffect.Proceed:
                        next = new ReaderEvent.Proceed();
                        break;
                    case ReaderEffect.ExchangeData:
                        next = new ReaderEvent.TerminalTimeout();
                        break;
                    case ReaderEffect.SendCommand send:
                        next = transceive(send.Command.ToArray()) is { } answer
                            ? new ReaderEvent.CardResponse(answer, elapsedTenthsMs)
                            : new ReaderEvent.FieldError();
                        break;
                }
            }

            effects = takeEvent(next ?? throw new InvalidOperationException("the reader waits for nothing"));
        }

        throw new InvalidOperationException("the reader does not come to an end");
    }
}
