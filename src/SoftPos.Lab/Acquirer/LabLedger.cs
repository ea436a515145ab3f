using System.Text.Json;

namespace SoftPos.Lab.Acquirer;

/// <summary>
/// Everything that the lab acquirer saw and decided, for tests and for the console of the lab. With a file it outlives its process: one JSON
/// line an entry, written before the answer leaves.
/// </summary>
public sealed class LabLedger : IDisposable
{
    /// <summary>Entries kept in memory: an hour of soak at 250 sales a second; older ones stay in the file.</summary>
    private const int MaxEntries = 1_000_000;

    private readonly Lock _lock = new();
    private readonly Queue<LedgerEntry> _entries = new();
    private readonly Dictionary<string, LedgerOriginal> _originals = [];
    private readonly HashSet<string> _reversedUnseen = [];
    private readonly Dictionary<string, List<LedgerOriginal>> _linked = [];
    private readonly StreamWriter? _file;
    private long _next = 1;

    /// <summary>Opens a ledger; with a path it continues what the file holds. A torn last line, left by a killed process, is cut off.</summary>
    public LabLedger(string? path = null)
    {
        if (path is null)
        {
            return;
        }

        FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        long end = ReadBack(stream);
        stream.SetLength(end);
        stream.Position = end;
        _file = new StreamWriter(stream) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Reads the file of a ledger that another process may be writing; nothing is written.</summary>
    public static LabLedger Read(string path)
    {
        LabLedger ledger = new();
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        ledger.ReadBack(stream);
        return ledger;
    }

    /// <summary>Entries in the order of arrival.</summary>
    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Authorisations by their keys, in the order of arrival.</summary>
    public IReadOnlyList<LedgerOriginal> Originals
    {
        get
        {
            lock (_lock)
            {
                return [.. _originals.Values];
            }
        }
    }

    /// <summary>Number that the next entry gets.</summary>
    internal long NextNumber
    {
        get
        {
            lock (_lock)
            {
                return _next;
            }
        }
    }

    /// <summary>The authorisation with a retrieval reference (DE 37), or null.</summary>
    public LedgerOriginal? FindByReference(string reference)
    {
        lock (_lock)
        {
            return _originals.Values.FirstOrDefault(original => original.First.Reference == reference);
        }
    }

    /// <summary>The authorisation with a key, or null.</summary>
    public LedgerOriginal? Find(string key)
    {
        lock (_lock)
        {
            return _originals.GetValueOrDefault(key);
        }
    }

    /// <summary>Authorisations that name another by its retrieval reference: its refunds and increments.</summary>
    public IReadOnlyList<LedgerOriginal> LinkedTo(string reference)
    {
        lock (_lock)
        {
            return _linked.TryGetValue(reference, out List<LedgerOriginal>? linked) ? [.. linked] : [];
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Whether a reversal of it came before the message itself.</summary>
    internal bool WasReversedUnseen(string key)
    {
        lock (_lock)
        {
            return _reversedUnseen.Contains(key);
        }
    }

    /// <summary>Writes an entry down and takes its effect.</summary>
    internal void Add(LedgerEntry entry)
    {
        lock (_lock)
        {
            _file?.WriteLine(JsonSerializer.Serialize(entry, LedgerJson.Default.LedgerEntry));
            Take(entry);
        }
    }

    private void Take(LedgerEntry entry)
    {
        _next = entry.Number + 1;
        _entries.Enqueue(entry);
        if (_entries.Count > MaxEntries)
        {
            _originals.Remove(_entries.Dequeue().Original);
        }

        LedgerOriginal? original = _originals.GetValueOrDefault(entry.Original);
        switch (entry.Type[1])
        {
            case '1' or '2' when entry.Type[2] == '2':
                if (original is not null && entry.Code == "00")
                {
                    original.AdvisedMinor = entry.AmountMinor;
                    original.AdviceStan = entry.Stan;
                }

                break;
            case '1' or '2' when original is null:
                LedgerOriginal made = new(entry.Original, entry);
                _originals.Add(entry.Original, made);
                if (entry.Link is { } link)
                {
                    _linked.TryAdd(link, []);
                    _linked[link].Add(made);
                }

                break;
            case '1' or '2':
                original.Messages++;
                break;
            case '4' when original is null:
                _reversedUnseen.Add(entry.Original);
                break;
            case '4':
                original.ReversalMessages++;
                original.Stans.Add(entry.Stan);
                original.ReversedAt ??= entry.Code == "00" ? entry.At : null;
                break;
        }
    }

    private long ReadBack(FileStream stream)
    {
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        int end = 0;
        while (bytes.AsSpan(end).IndexOf((byte)'\n') is >= 0 and int length)
        {
            if (JsonSerializer.Deserialize(bytes.AsSpan(end, length), LedgerJson.Default.LedgerEntry) is { } entry)
            {
                Take(entry);
            }

            end += length + 1;
        }

        return end;
    }
}
