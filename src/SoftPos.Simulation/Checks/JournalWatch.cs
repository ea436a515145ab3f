using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Simulation.Checks;

/// <summary>Follows the journal after every step: it only grows, says nothing secret, and tells of no payment what cannot be.</summary>
internal sealed class JournalWatch(World world)
{
    /// <summary>Longest time from a good verdict to the admission under it, with what the clocks of two rooms may differ by.</summary>
    private static readonly TimeSpan OldestVerdict = TimeSpan.FromSeconds(65);

    private readonly Dictionary<Guid, (DateTimeOffset Received, Guid Terminal)> _received = [];
    private readonly HashSet<string> _approved = [], _sent = [];
    private readonly HashSet<Guid> _suspended = [];
    private JournalHead _head = new(0, MerkleTree.EmptyRoot.ToArray());

    /// <summary>Entries seen.</summary>
    public long Size => _head.Size;

    /// <summary>Terminals that an operator suspended, durably, and has not begun to restore.</summary>
    public ISet<Guid> Suspended => _suspended;

    /// <summary>A payment was admitted under a verdict that was given at a time.</summary>
    public void Admitted(Guid payment, DateTimeOffset verdictAt, Guid terminal)
    {
        if (!_received.TryGetValue(payment, out (DateTimeOffset Received, Guid Terminal) taken))
        {
            // Its entries are read after the step; a payment that is answered has been received in this very step at the latest.
            FollowAsync().GetAwaiter().GetResult();
            taken = _received.GetValueOrDefault(payment);
        }

        if (taken.Terminal != terminal)
        {
            throw new InvariantException(Invariant.StaleVerdict, $"payment {payment} was admitted under another terminal's verdict");
        }

        if (taken.Received - verdictAt > OldestVerdict)
        {
            throw new InvariantException(Invariant.StaleVerdict, $"payment {payment} was admitted {(taken.Received - verdictAt).TotalSeconds:N0} s after its verdict");
        }
    }

    /// <summary>Reads what is new.</summary>
    public async Task FollowAsync()
    {
        Database database = world.Node.Database;
        JournalHead head = database.Journal.Head;
        if (head.Size == _head.Size && head.Root.AsSpan().SequenceEqual(_head.Root))
        {
            return;
        }

        if (head.Size < _head.Size)
        {
            throw new InvariantException(Invariant.Grows, $"it had {_head.Size} entries and has {head.Size}");
        }

        List<byte[]> proof = await database.Journal.ProveConsistencyAsync(_head.Size, head.Size).ConfigureAwait(false);
        if (!MerkleTree.VerifyConsistency(_head.Size, head.Size, _head.Root, head.Root, proof))
        {
            throw new InvariantException(Invariant.Grows, $"the log of {head.Size} entries does not continue that of {_head.Size}");
        }

        for (long next = _head.Size; next < head.Size;)
        {
            List<JournalEntry> page = await database.Journal.RangeAsync(next, Storage.Journal.MaxPage).ConfigureAwait(false);
            page.ForEach(Take);
            next = page[^1].Index + 1;
        }

        _head = head;
    }

    private void Take(JournalEntry entry)
    {
        if (entry.Content is { } content && world.Canaries.Find(content) is { } secret)
        {
            throw new InvariantException(Invariant.NoSecret, $"{secret} in entry {entry.Index} ({entry.Kind})");
        }

        if (entry.Content is { Length: > Change.MaxContent })
        {
            throw new InvariantException(Invariant.Bounds, $"entry {entry.Index} ({entry.Kind}) has {entry.Content.Length} bytes");
        }

        world.Count(entry.Kind);
        switch (entry.Kind)
        {
            case "payment.received":
                Received(entry);
                break;
            case "payment.sent" when !_sent.Add(entry.Subject):
                throw new InvariantException(Invariant.OneApproval, $"payment {entry.Subject} was sent twice");
            case "payment.approved" when !_approved.Add(entry.Subject):
                throw new InvariantException(Invariant.OneApproval, $"payment {entry.Subject} was approved twice");
        }
    }

    private void Received(JournalEntry entry)
    {
        Guid terminal = Guid.Parse(JsonNode.Parse(Encoding.UTF8.GetString(entry.Content!))!["terminal"]!.GetValue<string>());
        _received[Guid.Parse(entry.Subject)] = (entry.Time, terminal);
    }
}
