using System.Security.Cryptography;
using SoftPos.Lab.Cards;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Lab.PhonePage;

/// <summary>
/// The antenna of a phone that a person holds cards to: it waits until one is tapped. Within a payment a card of one name is one card, so
/// that a second presentment meets what the first left.
/// </summary>
/// <param name="counters">Folder of the cards' counters.</param>
/// <param name="clock">Clock of the lab.</param>
/// <param name="randomness">Randomness of the cards.</param>
/// <param name="changed">Is told when a card is wanted, and when it is not any more.</param>
internal sealed class TappedReader(string counters, TimeProvider clock, RandomNumberGenerator randomness, Action<bool> changed) : CardReader
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, VirtualCard> _cards = new(StringComparer.Ordinal);
    private TaskCompletionSource<VirtualCard>? _waiting;

    public override string Name => "antenna of the page";

    /// <summary>A new payment: every card comes to it afresh.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _cards.Clear();
        }
    }

    /// <summary>Holds a card of the catalogue to the antenna; without an effect while none is wanted, as on any phone.</summary>
    public async Task TapAsync(string name, CancellationToken cancellation)
    {
        VirtualCard? card;
        lock (_lock)
        {
            if (_waiting is null)
            {
                return;
            }

            _cards.TryGetValue(name, out card);
        }

        if (card is null)
        {
            int counter = await new CardCounterFile(counters, name, clock).ReserveAsync(cancellation).ConfigureAwait(false);
            card = VirtualCard.Create(name, counter, bytes => randomness.GetBytes(bytes))
                ?? throw new ArgumentException($"the lab has no card named {name}", nameof(name));
        }

        lock (_lock)
        {
            _cards[name] = card;
            _waiting?.TrySetResult(card);
        }
    }

    internal override async ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<VirtualCard> tapped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting = tapped;
        }

        changed(true);
        try
        {
            VirtualCard card = await tapped.Task.WaitAsync(cancellation).ConfigureAwait(false);
            VirtualCardReader field = new(card.Description.Name, clock) { CollisionChanged = CollisionChanged };
            field.Place(card);
            return await field.WaitForCardAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _waiting = null;
            }

            changed(false);
        }
    }
}
