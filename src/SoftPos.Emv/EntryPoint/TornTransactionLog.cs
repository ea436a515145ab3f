using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>
/// Torn transactions of kernel 2 (Book C-2, 6.8): kept in memory by the reader between activations, bounded in number and age. A record
/// holds a PAN and is zeroed when it goes.
/// </summary>
internal sealed class TornTransactionLog
{
    private readonly List<(DateTime At, TlvMap Record)> _records = [];

    public int Count => _records.Count;

    /// <summary>Every record with its time, oldest first.</summary>
    public IReadOnlyList<(DateTime At, TlvMap Record)> Records => _records;

    /// <summary>Adds a record; the oldest goes when there are more than the bound.</summary>
    public void Add(TlvMap record, DateTime at, int most)
    {
        _records.Add((at, record));
        while (_records.Count > most)
        {
            Remove(_records[0].Record);
        }
    }

    /// <summary>Removes every record older than the lifetime; a clock that went back removes too.</summary>
    public void Purge(DateTime now, int lifetimeSeconds)
    {
        foreach ((DateTime at, TlvMap record) in _records.ToArray())
        {
            if (now - at > TimeSpan.FromSeconds(lifetimeSeconds) || at > now)
            {
                Remove(record);
            }
        }
    }

    /// <summary>Record of the same PAN and sequence number; absent on both sides counts as equal.</summary>
    public TlvMap? Find(byte[]? pan, byte[]? sequence)
    {
        foreach ((_, TlvMap record) in _records)
        {
            if (Same(record[EmvTag.Pan], pan) && Same(record[EmvTag.PanSequenceNumber], sequence))
            {
                return record;
            }
        }

        return null;
    }

    /// <summary>Forgets and zeroes a record.</summary>
    public void Remove(TlvMap record)
    {
        _records.RemoveAll(entry => ReferenceEquals(entry.Record, record));
        record.Clear();
    }

    private static bool Same(byte[]? left, byte[]? right) =>
        left is null ? right is null : right is not null && left.AsSpan().SequenceEqual(right);
}
