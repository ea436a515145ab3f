using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>Remembers the last finished exchanges, so that an answer without a waiter can be told late, duplicate or unsolicited.</summary>
internal sealed class RecentKeys(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<MatchKey> _order = new();
    private readonly Dictionary<MatchKey, bool> _answered = [];

    public void Add(MatchKey key, bool answered)
    {
        lock (_lock)
        {
            if (_answered.TryAdd(key, answered))
            {
                _order.Enqueue(key);
            }
            else
            {
                _answered[key] = answered;
            }

            while (_order.Count > capacity)
            {
                _answered.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>Sorts an answer that nobody waits for; a late one counts as answered from now on.</summary>
    public UnmatchedKind Sort(MatchKey key)
    {
        lock (_lock)
        {
            if (!_answered.TryGetValue(key, out bool answered))
            {
                return UnmatchedKind.Unsolicited;
            }

            _answered[key] = true;
            return answered ? UnmatchedKind.Duplicate : UnmatchedKind.Late;
        }
    }
}
