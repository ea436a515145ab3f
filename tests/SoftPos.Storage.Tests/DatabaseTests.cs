using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage.Tests;

public sealed class DatabaseTests
{
    [Fact]
    public async Task A_second_opening_of_the_same_folder_is_refused_until_the_first_closes()
    {
        Scratch scratch = await Scratch.OpenAsync();
        StorageException fault = await Assert.ThrowsAsync<StorageException>(async () => await Database.OpenAsync(scratch.Path, scratch.Clock));
        Assert.Equal(StorageFailure.InUse, fault.Failure);
        await scratch.ReopenAsync();
        await scratch.DisposeAsync();
    }

    [Fact]
    public async Task Many_callers_share_few_transactions_and_all_their_changes_are_there_after_a_restart()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Task<Commit>[] commits = [.. Enumerable.Range(0, 2000).Select(n => scratch.Database.CommitAsync(
            new Change().Append("test.entry", $"n{n}", new JsonObject()).PutSetting($"n{n}", [1])))];
        Commit[] results = await Task.WhenAll(commits);
        Assert.Equal(2000, results.Select(r => r.Require()[0].Index).Distinct().Count());
        Assert.True(scratch.Database.Committed.Transactions < 1000, "changes that wait together must share a transaction");
        await scratch.ReopenAsync();
        Assert.Equal(2000, scratch.Database.Journal.Head.Size);
        Assert.NotNull(await scratch.Database.Settings.FindAsync("n1999"));
    }

    [Fact]
    public async Task A_change_that_breaks_the_schema_fails_alone_and_leaves_nothing()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        await database.CommitAsync(new Change().AddActivationCode("AAAA", "m", DateTimeOffset.MaxValue));
        Task<Commit>[] commits = [.. Enumerable.Range(0, 50).Select(n => database.CommitAsync(n == 25
            ? new Change().PutSetting("bad", [1]).AddActivationCode("AAAA", "m", DateTimeOffset.MaxValue).Append("test.bad", "x", new JsonObject())
            : new Change().PutSetting($"good{n}", [1]).Append("test.good", "x", new JsonObject())))];
        StorageException fault = await Assert.ThrowsAsync<StorageException>(() => Task.WhenAll(commits));
        Assert.Equal(StorageFailure.Constraint, fault.Failure);
        Assert.Equal(49, commits.Count(c => c.IsCompletedSuccessfully));
        Assert.Equal(49, database.Journal.Head.Size);
        Assert.Equal(database.Journal.Head.Root, await database.Journal.RootAtAsync(49));
        Assert.Null(await database.Settings.FindAsync("bad"));
        Assert.NotNull(await database.Settings.FindAsync("good26"));
    }

    [Fact]
    public async Task Cancelling_gives_up_the_wait_and_not_the_rows()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        using CancellationTokenSource source = new();
        Task<Commit> commit = scratch.Database.CommitAsync(new Change().PutSetting("kept", [1]), source.Token);
        await source.CancelAsync();
        await Record.ExceptionAsync(() => commit);
        await scratch.Database.CommitAsync(new Change().PutSetting("after", [1]));
        Assert.NotNull(await scratch.Database.Settings.FindAsync("kept"));
    }

    [Fact]
    public async Task A_closed_store_refuses_with_a_declared_failure()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        await scratch.Database.DisposeAsync();
        StorageException fault = await Assert.ThrowsAsync<StorageException>(() => scratch.Database.CommitAsync(new Change().PutSetting("x", [1])));
        Assert.Equal(StorageFailure.Closed, fault.Failure);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_or_of_another_kind_is_refused()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        await scratch.Database.DisposeAsync();
        Execute(scratch, "PRAGMA user_version=9999");
        StorageException newer = await Assert.ThrowsAsync<StorageException>(async () => await Database.OpenAsync(scratch.Path, scratch.Clock));
        Assert.Equal(StorageFailure.TooNew, newer.Failure);
        string other = Path.Combine(scratch.Folder, "other.db");
        await File.WriteAllBytesAsync(other, [.. Enumerable.Repeat((byte)'x', 8192)]);
        StorageException foreign = await Assert.ThrowsAsync<StorageException>(async () => await Database.OpenAsync(other, scratch.Clock));
        Assert.Equal(StorageFailure.Corrupt, foreign.Failure);
    }

    [Fact]
    public async Task A_journal_that_lost_its_last_row_is_not_opened()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        await scratch.Database.CommitAsync(new Change().Append("test.entry", "x", new JsonObject()).Append("test.entry", "x", new JsonObject()));
        await scratch.Database.DisposeAsync();
        Execute(scratch, "DELETE FROM journal WHERE idx = 1");
        StorageException fault = await Assert.ThrowsAsync<StorageException>(async () => await Database.OpenAsync(scratch.Path, scratch.Clock));
        Assert.Equal(StorageFailure.Corrupt, fault.Failure);
    }

    internal static void Execute(Scratch scratch, string sql)
    {
        using SqliteConnection connection = new($"Data Source={scratch.Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A constant of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
