using System.Text.Json.Nodes;

namespace SoftPos.Storage.Tests;

public sealed class JournalAuditTests
{
    [Fact]
    public async Task An_untouched_journal_has_no_fault_also_while_it_is_in_use()
    {
        await using Scratch scratch = await FilledAsync(600);
        JournalReport report = JournalAudit.Run(scratch.Path, new JournalHead(300, await scratch.Database.Journal.RootAtAsync(300)));
        Assert.Empty(report.Faults);
        Assert.Equal(scratch.Database.Journal.Head.Root, report.Head.Root);
        Assert.Equal(600, report.Head.Size);
    }

    [Theory]
    [Requirement("MON-03")]
    [InlineData("UPDATE journal SET content = x'7b7d' WHERE idx = 77", 77)]
    [InlineData("UPDATE journal SET subject = 'other' WHERE idx = 300", 300)]
    [InlineData("UPDATE journal SET time = time + 1 WHERE idx = 0", 0)]
    [InlineData("DELETE FROM journal WHERE idx = 599", 599)]
    [InlineData("DELETE FROM journal WHERE idx = 5", 5)]
    [InlineData("UPDATE journal_node SET hash = zeroblob(32) WHERE level = 1 AND idx = 1", 256)]
    [InlineData("UPDATE journal_head SET frontier = zeroblob(length(frontier))", 600)]
    [InlineData("UPDATE journal_head SET size = 599", 599)]
    public async Task A_tampered_journal_says_where(string tampering, long index)
    {
        await using Scratch scratch = await FilledAsync(600);
        await scratch.Database.DisposeAsync();
        DatabaseTests.Execute(scratch, tampering);
        Assert.Equal(index, JournalAudit.Run(scratch.Path).Faults[0].Index);
    }

    [Fact]
    public async Task Entries_that_changed_places_show_in_the_root()
    {
        await using Scratch scratch = await FilledAsync(20);
        await scratch.Database.DisposeAsync();
        DatabaseTests.Execute(
            scratch, "UPDATE journal SET idx = -1 WHERE idx = 3; UPDATE journal SET idx = 3 WHERE idx = 9; UPDATE journal SET idx = 9 WHERE idx = -1");
        Assert.Equal("the head's root does not fit the entries", JournalAudit.Run(scratch.Path).Faults.Single().What);
    }

    [Fact]
    [Requirement("MON-03")]
    public async Task A_journal_that_was_written_anew_is_found_by_a_head_that_was_kept()
    {
        await using Scratch scratch = await FilledAsync(30);
        await using Scratch forged = await FilledAsync(30, "forged");
        JournalHead kept = scratch.Database.Journal.Head;
        Assert.Empty(JournalAudit.Run(forged.Path).Faults);
        Assert.Equal(30, JournalAudit.Run(forged.Path, kept).Faults.Single().Index);
        Assert.Equal(31, JournalAudit.Run(scratch.Path, kept with { Size = 31 }).Faults.Single().Index);
    }

    [Fact]
    public async Task Tiles_and_bundles_give_the_root_of_the_checkpoint_to_one_who_has_nothing_else()
    {
        await using Scratch scratch = await FilledAsync(600);
        JournalTiles tiles = new(scratch.Database);
        MerkleFrontier rebuilt = MerkleFrontier.Empty();
        for (long index = 0; JournalTiles.WidthAt(0, index, 600) is > 0 and int width; index++)
        {
            byte[] hashes = (await tiles.HashTileAsync(0, index, width))!;
            byte[] bundle = (await tiles.EntryBundleAsync(index, width))!;
            for (int i = 0, at = 0; i < width; i++)
            {
                int length = (bundle[at] << 8) | bundle[at + 1];
                byte[] leaf = MerkleTree.LeafHash(bundle.AsSpan(at + 2, length));
                Assert.Equal(hashes[(i * 32)..((i + 1) * 32)], leaf);
                rebuilt.Append(leaf);
                at += 2 + length;
            }
        }

        JournalHead head = scratch.Database.Journal.Head;
        Assert.Equal(head.Root, rebuilt.Root());
        Assert.Equal(64, (await tiles.HashTileAsync(1, 0, 2))!.Length);
        Assert.Null(await tiles.HashTileAsync(1, 0, 3));
        Assert.Null(await tiles.HashTileAsync(0, 3, 1));
        Assert.Equal($"softpos.example/log\n600\n{Convert.ToBase64String(head.Root)}\n", JournalTiles.CheckpointText("softpos.example/log", head));
    }

    [Theory]
    [InlineData(0, 1_234_067L, 256, "tile/0/x001/x234/067")]
    [InlineData(2, 5L, 17, "tile/2/005.p/17")]
    [InlineData(null, 1000L, 256, "tile/entries/x001/000")]
    public void Paths_are_those_of_tlog_tiles(int? level, long index, int width, string path) =>
        Assert.Equal(path, JournalTiles.PathOf(level, index, width));

    [Fact]
    public void Widths_are_those_of_the_worked_sizes()
    {
        Assert.Equal((256, 0, 1), (JournalTiles.WidthAt(0, 0, 256), JournalTiles.WidthAt(0, 1, 256), JournalTiles.WidthAt(1, 0, 256)));
        Assert.Equal((256, 112), (JournalTiles.WidthAt(0, 272, 70_000), JournalTiles.WidthAt(0, 273, 70_000)));
        Assert.Equal((256, 17, 1), (JournalTiles.WidthAt(1, 0, 70_000), JournalTiles.WidthAt(1, 1, 70_000), JournalTiles.WidthAt(2, 0, 70_000)));
    }

    private static async Task<Scratch> FilledAsync(int count, string subject = "x")
    {
        Scratch scratch = await Scratch.OpenAsync();
        Change change = new();
        for (int i = 0; i < count; i++)
        {
            change.Append("test.entry", subject, new JsonObject { ["n"] = i });
        }

        await scratch.Database.CommitAsync(change);
        return scratch;
    }
}
