using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Simulation.Phones;

/// <summary>A phone's storage in memory: a write is whole and lasts, as the port demands.</summary>
internal sealed class MemoryBlobs : IBlobStore
{
    private readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

    public MemoryBlobs()
    {
    }

    private MemoryBlobs(MemoryBlobs other) => _blobs = new Dictionary<string, byte[]>(other._blobs, StringComparer.Ordinal);

    /// <summary>Everything that rests on the phone, for the search for secrets.</summary>
    public IReadOnlyCollection<byte[]> All => _blobs.Values;

    public MemoryBlobs Copy() => new(this);

    public byte[]? Read(string name) => _blobs.TryGetValue(name, out byte[]? bytes) ? [.. bytes] : null;

    public void Write(string name, ReadOnlySpan<byte> bytes) => _blobs[name] = bytes.ToArray();

    public void Delete(string name) => _blobs.Remove(name);
}

/// <summary>The hardware keys of a phone that was enrolled before the run, and those that it makes in it.</summary>
internal sealed class CopiedKeyRing(LabDeviceKeyRing own, LabDeviceKeyRing? before) : IDeviceKeyRing
{
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    public DeviceKeys Create(string alias, ReadOnlySpan<byte> attestationChallenge)
    {
        _gone.Remove(alias);
        return own.Create(alias, attestationChallenge);
    }

    public DeviceKeys? Open(string alias) => own.Open(alias) ?? (_gone.Contains(alias) ? null : before?.Open(alias));

    public void Delete(string alias)
    {
        own.Delete(alias);
        _gone.Add(alias);
    }
}

/// <summary>A reader on which cards lie that one shop has: each has one counter, whatever phone it taps.</summary>
internal sealed class ShopCards(TimeProvider clock, Action<Span<byte>> random)
{
    private const int CountersOfATap = 4;

    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);

    public VirtualCardReader Reader(string card) => new(card, clock);

    public VirtualCard Take(string card)
    {
        int counter = _counters.GetValueOrDefault(card, 100);
        _counters[card] = counter + CountersOfATap;
        return VirtualCard.Create(card, counter, random) ?? throw new ArgumentException($"the lab has no card named {card}", nameof(card));
    }
}
