using System.Collections.Concurrent;

namespace SoftPos.Attestation.Certificates;

/// <summary>
/// A bounded memory of what is in use, in two generations: when the young one is full it becomes the old one, and what is asked for again
/// moves over. A flood of strangers cannot grow it, nor push out everything that is in use at once.
/// </summary>
internal sealed class RecentMap<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private readonly int _generationSize;
    private ConcurrentDictionary<TKey, TValue> _young = new();
    private ConcurrentDictionary<TKey, TValue> _old = new();

    /// <param name="capacity">Most entries kept, at least 2.</param>
    public RecentMap(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _generationSize = capacity / 2;
    }

    public int Count => _young.Count + _old.Count;

    public TValue? Find(TKey key)
    {
        if (_young.TryGetValue(key, out TValue? found))
        {
            return found;
        }

        if (_old.TryGetValue(key, out found))
        {
            Set(key, found);
        }

        return found;
    }

    public void Set(TKey key, TValue value)
    {
        if (_young.Count >= _generationSize)
        {
            _old = _young;
            _young = new ConcurrentDictionary<TKey, TValue>();
        }

        _young[key] = value;
    }
}
