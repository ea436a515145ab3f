using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Storage.Tests;

public sealed class JournalTests
{
    [Fact]
    public async Task Every_entry_of_a_grown_journal_proves_its_inclusion_and_every_size_its_consistency()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Journal journal = scratch.Database.Journal;
        List<byte[]> roots = [journal.Head.Root];
        for (int i = 0; i < 40; i++)
        {
            await scratch.Database.CommitAsync(new Change().Append("test.entry", $"s{i % 3}", new JsonObject { ["n"] = i }));
            roots.Add(journal.Head.Root);
        }

        List<JournalEntry> entries = await journal.RangeAsync(0, 100);
        Assert.Equal(40, entries.Count);
        for (int size = 1; size <= 40; size++)
        {
            Assert.Equal(roots[size], await journal.RootAtAsync(size));
            for (int index = 0; index < size; index++)
            {
                List<byte[]> proof = await journal.ProveInclusionAsync(index, size);
                Assert.True(MerkleTree.VerifyInclusion(index, size, entries[index].LeafHash, proof, roots[size]));
                Assert.False(MerkleTree.VerifyInclusion(index, size, entries[(index + 1) % 40].LeafHash, proof, roots[size]));
            }

            for (int old = 0; old <= size; old++)
            {
                List<byte[]> proof = await journal.ProveConsistencyAsync(old, size);
                Assert.True(MerkleTree.VerifyConsistency(old, size, roots[old], roots[size], proof));
                Assert.Equal(old == size, MerkleTree.VerifyConsistency(old, size, roots[size], roots[size], proof));
            }
        }
    }

    [Fact]
    public async Task Roots_and_proofs_cross_the_stored_levels()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Journal journal = scratch.Database.Journal;
        Change change = new();
        for (int i = 0; i < 1000; i++)
        {
            change.Append("test.entry", "many", new JsonObject { ["n"] = i });
        }

        IReadOnlyList<JournalTrace> traces = (await scratch.Database.CommitAsync(change)).Require();
        JournalHead head = journal.Head;
        Assert.Equal(1000, head.Size);
        Assert.Equal(head.Root, await journal.RootAtAsync(1000));
        foreach (int index in (int[])[0, 255, 256, 511, 700, 767, 768, 999])
        {
            byte[] leaf = Convert.FromHexString(traces[index].LeafHash);
            List<byte[]> proof = await journal.ProveInclusionAsync(index, 1000);
            Assert.True(MerkleTree.VerifyInclusion(index, 1000, leaf, proof, head.Root));
        }

        byte[] old = await journal.RootAtAsync(513);
        List<byte[]> consistency = await journal.ProveConsistencyAsync(513, 1000);
        Assert.True(MerkleTree.VerifyConsistency(513, 1000, old, head.Root, consistency));
    }

    [Fact]
    public async Task The_journal_goes_on_where_it_was_after_a_restart()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        await scratch.Database.CommitAsync(new Change().Append("test.a", "x", new JsonObject()));
        JournalHead before = scratch.Database.Journal.Head;
        await scratch.ReopenAsync();
        JournalHead after = scratch.Database.Journal.Head;
        Assert.Equal(before.Size, after.Size);
        Assert.Equal(before.Root, after.Root);
        IReadOnlyList<JournalTrace> traces = (await scratch.Database.CommitAsync(new Change().Append("test.b", "x", new JsonObject()))).Require();
        Assert.Equal(1, traces[0].Index);
    }

    [Fact]
    public async Task Entries_are_found_by_subject_and_area_and_their_text_gives_the_leaf()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        await scratch.Database.CommitAsync(new Change()
            .Append("payment.received", "p1", new JsonObject { ["amount"] = 5 })
            .Append("evidence.appraised", "t1", new JsonObject())
            .Append("payment.sent", "p1", new JsonObject()));
        Journal journal = scratch.Database.Journal;
        Assert.Equal(["payment.received", "payment.sent"], (await journal.OfSubjectAsync("p1")).Select(e => e.Kind));
        Assert.Equal([2L, 0L], (await journal.NewestAsync("payment", 10)).Select(e => e.Index));
        Assert.Equal([0L], (await journal.NewestAsync("payment", 10, before: 2)).Select(e => e.Index));
        JournalEntry entry = (await journal.RangeAsync(0, 1))[0];
        Assert.Equal("{\"amount\":5}", Encoding.UTF8.GetString(entry.Content!));
        Assert.Equal(entry.LeafHash, MerkleTree.LeafHash(entry.ToText()));
    }

    [Fact]
    public async Task A_subscriber_sees_entries_and_a_slow_one_loses_the_oldest_only()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        using JournalSubscription slow = scratch.Database.Journal.Subscribe(capacity: 2);
        for (int i = 0; i < 5; i++)
        {
            await scratch.Database.CommitAsync(new Change().Append("test.entry", "x", new JsonObject()));
        }

        slow.Dispose();
        List<long> seen = [];
        await foreach (JournalEntry entry in slow.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            seen.Add(entry.Index);
        }

        Assert.Equal([3L, 4L], seen);
    }

    [Theory]
    [InlineData("payment", "x")]
    [InlineData("Payment.sent", "x")]
    [InlineData("payment.sent\n", "x")]
    [InlineData("payment.sent", "a b")]
    [InlineData("payment.sent", "a\nb")]
    [InlineData("payment.sent", "")]
    public void A_kind_or_subject_that_could_forge_a_line_is_refused(string kind, string subject) =>
        Assert.Throws<ArgumentException>(() => new Change().Append(kind, subject, new JsonObject()));
}
