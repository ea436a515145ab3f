namespace SoftPos.Lab.Acquirer;

/// <summary>
/// Transaction counters that the issuer has seen of each card. A counter is taken once; one below the highest only when it lies in a gap
/// that was left (messages overtake each other), never below the first that was seen.
/// </summary>
/// <param name="reorderWindow">How many counters a message may be overtaken by.</param>
internal sealed class CardCounters(int reorderWindow)
{
    private readonly Dictionary<string, State> _cards = [];

    /// <summary>Takes the counter of a card; false when it was used before or goes back.</summary>
    public bool TryTake(string card, ushort counter)
    {
        if (!_cards.TryGetValue(card, out State? state))
        {
            _cards.Add(card, new State { First = counter, Highest = counter, Recent = [counter] });
            return true;
        }

        bool overtaken = counter > state.First && counter + reorderWindow > state.Highest && !state.Recent.Contains(counter);
        if (counter <= state.Highest && !overtaken)
        {
            return false;
        }

        state.Highest = Math.Max(state.Highest, counter);
        state.Recent.Add(counter);
        state.Recent.RemoveWhere(seen => seen + reorderWindow <= state.Highest);
        return true;
    }

    private sealed class State
    {
        public required ushort First { get; init; }

        public required ushort Highest { get; set; }

        public required HashSet<ushort> Recent { get; init; }
    }
}
