using SoftPos.Lab.Cards;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>A reader with a virtual card on it: as soon as the field is on, the card is there.</summary>
internal sealed class VirtualCardReader(VirtualCard card, TimeProvider clock, Action<int> counterUsed) : CardReader
{
    public override string Name => $"virtual card {card.Description.Name}";

    internal override ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        card.EnterField();
        return ValueTask.FromResult<CardChannel>(new Channel(card, clock, counterUsed));
    }

    private sealed class Channel(VirtualCard card, TimeProvider clock, Action<int> counterUsed) : CardChannel
    {
        private bool _hasLeft;

        public override async ValueTask<byte[]?> TransceiveAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
        {
            if (card.Delay > TimeSpan.Zero)
            {
                await Task.Delay(card.Delay, clock, cancellation).ConfigureAwait(false);
            }

            int before = card.Counter;
            byte[]? answer = _hasLeft ? null : card.Transceive(command.Span);
            _hasLeft |= answer is null;
            if (card.Counter != before)
            {
                // Before the answer is out: a card never shows the same counter twice.
                counterUsed(card.Counter);
            }

            return answer;
        }

        public override ValueTask WaitForRemovalAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
