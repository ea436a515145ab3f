using SoftPos.Lab.Cards;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>The reader of a virtual phone with a virtual card that somebody holds to it at once.</summary>
internal sealed class VirtualCardReader(VirtualCard card, TimeProvider clock) : CardReader
{
    public override string Name => $"virtual reader with {card.Description.Name}";

    internal override ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        card.EnterField();
        return ValueTask.FromResult<CardChannel>(new Channel(card, clock));
    }

    private sealed class Channel(VirtualCard card, TimeProvider clock) : CardChannel
    {
        public override async ValueTask<byte[]?> TransceiveAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
        {
            if (card.Delay > TimeSpan.Zero)
            {
                await Task.Delay(card.Delay, clock, cancellation);
            }

            return card.Transceive(command.Span);
        }

        public override ValueTask WaitForRemovalAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
