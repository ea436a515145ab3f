using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>A torn transaction that a kernel keeps.</summary>
/// <param name="Kernel">Kernel whose record it is; no other one reads it.</param>
/// <param name="At">When it was torn, by the clock of the terminal.</param>
/// <param name="Record">Its objects.</param>
internal readonly record struct TornTransaction(int Kernel, DateTime At, TlvMap Record);

/// <summary>
/// Torn transactions of kernels 2 and 5 (Book C-2, 6.8; kernel 5 alike): kept in memory by the reader between activations, bounded in
/// number and age, each kernel's apart. A record holds account data and is zeroed when it goes.
/// </summary>
internal sealed class TornTransactionLog
{
    /// <summary>Objects in which a torn record must equal the transaction of now: another sale is another sale.</summary>
    private static readonly uint[] Identity = [EmvTag.Amount, EmvTag.AmountOther, EmvTag.CurrencyCode, EmvTag.TransactionType];

    private readonly List<TornTransaction> _records = [];

    public int Count => _records.Count;

    /// <summary>Every record with its time, oldest first.</summary>
    public IReadOnlyList<TornTransaction> Records => _records;

    /// <summary>True when the record is of the sale that goes on now.</summary>
    public static bool IsOfSale(TlvMap record, IKernelObjects data) =>
        Array.TrueForAll(Identity, tag => record[tag] is { } then && then.AsSpan().SequenceEqual(data[tag]));

    /// <summary>Adds a record; the kernel's oldest goes when it has more than the bound.</summary>
    public void Add(int kernel, TlvMap record, DateTime at, int most)
    {
        _records.Add(new TornTransaction(kernel, at, record));
        while (_records.Count(one => one.Kernel == kernel) > most)
        {
            Remove(_records.First(one => one.Kernel == kernel).Record);
        }
    }

    /// <summary>Removes every record of the kernel older than the lifetime; a clock that went back removes too.</summary>
    public void Purge(int kernel, DateTime now, int lifetimeSeconds)
    {
        foreach (TornTransaction one in _records.Where(one => one.Kernel == kernel).ToArray())
        {
            if (now - one.At > TimeSpan.FromSeconds(lifetimeSeconds) || one.At > now)
            {
                Remove(one.Record);
            }
        }
    }

    /// <summary>Oldest record of the kernel that the test takes, or null.</summary>
    public TlvMap? Find(int kernel, Func<TlvMap, bool> isWanted) =>
        _records.Where(one => one.Kernel == kernel).Select(one => one.Record).FirstOrDefault(isWanted);

    /// <summary>Forgets and zeroes a record.</summary>
    public void Remove(TlvMap record)
    {
        _records.RemoveAll(entry => ReferenceEquals(entry.Record, record));
        record.Clear();
    }
}
