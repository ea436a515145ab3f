using SoftPos.Lab.Cards;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>A reader with a virtual card on it: as soon as the field is on, the card is there.</summary>
internal sealed class VirtualCardReader(string name, TimeProvider clock) : CardReader
{
    /// <summary>Time that a person needs to take one of two cards away, short of what a person would really need.</summary>
    private static readonly TimeSpan Untangling = TimeSpan.FromMilliseconds(300);

    private VirtualCard? _card;

    public override string Name => $"virtual card {name}";

    /// <summary>Puts a card on the reader.</summary>
    public void Place(VirtualCard card) => _card = card;

    internal override async ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        VirtualCard card = _card ?? throw new CardReaderException("no virtual card was placed on the reader");
        if (card.Description.Behaviour == "two-cards")
        {
            CollisionChanged?.Invoke(true);
            await Task.Delay(Untangling, clock, cancellation).ConfigureAwait(false);
            CollisionChanged?.Invoke(false);
        }

        card.EnterField();
        return new Channel(card, clock);
    }

    private sealed class Channel(VirtualCard card, TimeProvider clock) : CardChannel
    {
        private bool _hasLeft;

        public override async ValueTask<byte[]?> TransceiveAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
        {
            if (card.Delay > TimeSpan.Zero)
            {
                await Task.Delay(card.Delay, clock, cancellation).ConfigureAwait(false);
            }

            byte[]? answer = _hasLeft ? null : card.Transceive(command.Span);
            _hasLeft |= answer is null;
            return answer;
        }

        public override ValueTask WaitForRemovalAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
