using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace SoftPos.Storage.Tests;

public sealed class LogWitnessTests
{
    private static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(1764000000));

    [Fact]
    public async Task A_checkpoint_that_continues_the_last_is_cosigned_and_verifies()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        using NoteSigner log = Log(), key = Key();
        using LogWitness witness = LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock);
        for (int round = 0; round < 4; round++)
        {
            await WriteAsync(database, 3);
            WitnessRequest request = await AskAsync(database, witness, log);
            WitnessAnswer answer = witness.Take(request.ToString());
            Assert.Equal(200, answer.Status);
            Assert.Equal(database.Journal.Head.Size, witness.Seen(log.Verifier.Name).Size);
            SignedNote cosigned = request.Checkpoint.With(answer.Body);
            Assert.Null(cosigned.MissingOf(log.Verifier, [key.Verifier]));
            Assert.Equal(key.Verifier, request.Checkpoint.MissingOf(log.Verifier, [key.Verifier]));
        }
    }

    [Fact]
    public async Task The_worked_example_of_a_cosignature_is_what_a_witness_gives()
    {
        const string Text = "softpos.example/log\n7\n3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=\n";
        await using Scratch scratch = await Scratch.OpenAsync();
        using NoteSigner log = Log(), key = Key();
        using LogWitness witness = LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock);
        WitnessAnswer answer = witness.Take("old 0\n\n" + Text + "\n" + log.SignatureLine(Text, Clock.GetUtcNow()));
        Assert.Equal(
            "— witness.example/w1 IDJKvgAAAABpJIEA9Pw7GcX5oxJmrtOZQoDx2t3L2C+M8PyzEpf+AAt00oSK2/s4z614UlmJvWISXppXMszDnRaoATvLlz67hcXiDw==\n",
            answer.Body);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public async Task A_fork_is_refused_and_the_witness_says_where(int size)
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database one = scratch.Database;
        await using Database other = await Database.OpenAsync(Path.Combine(scratch.Folder, "fork/softpos.db"), Clock);
        using NoteSigner log = Log(), key = Key();
        using LogWitness witness = LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock);
        await WriteAsync(one, 8);
        Assert.Equal(200, witness.Take((await AskAsync(one, witness, log)).ToString()).Status);

        // Another history of the same log, under the same key: as long, or longer.
        await WriteAsync(other, size, "another");
        WitnessAnswer answer = witness.Take((await AskAsync(other, witness, log)).ToString());
        Assert.Equal(422, answer.Status);
        Assert.Contains("8", answer.Fork, StringComparison.Ordinal);
        Assert.Contains(MerkleTree.Hex(one.Journal.Head.Root), answer.Fork, StringComparison.Ordinal);

        // It goes on with the history that it saw first.
        await WriteAsync(one, 1);
        Assert.Equal(200, witness.Take((await AskAsync(one, witness, log)).ToString()).Status);
    }

    [Fact]
    public async Task What_was_seen_outlives_the_process()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        using NoteSigner log = Log(), key = Key();
        await WriteAsync(database, 5);
        WitnessRequest first = await WitnessRequest.OfAsync(database, 0, log, Clock.GetUtcNow(), CancellationToken.None);
        using (LogWitness witness = LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock))
        {
            Assert.Equal(200, witness.Take(first.ToString()).Status);
            Assert.Throws<StorageException>(() => LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock));
        }

        await WriteAsync(database, 2);
        WitnessRequest later = await WitnessRequest.OfAsync(database, 0, log, Clock.GetUtcNow(), CancellationToken.None);
        using LogWitness again = LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock);
        WitnessAnswer answer = again.Take(later.ToString());
        Assert.Equal((409, "5\n", "text/x.tlog.size"), (answer.Status, answer.Body, answer.MediaType));
        File.WriteAllText(Directory.GetFiles(Path.Combine(scratch.Folder, "witness"), "*.checkpoint").Single(), "nothing");
        Assert.Throws<StorageException>(() => again.Take(later.ToString()));
    }

    [Fact]
    public async Task What_is_not_a_request_of_a_watched_log_is_refused()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        using NoteSigner log = Log(), key = Key(), stranger = NoteSigner.ForLog("other.example/log", new byte[NoteSigner.SeedLength]);
        using NoteSigner thief = NoteSigner.ForLog("softpos.example/log", new byte[NoteSigner.SeedLength]);
        using LogWitness witness = LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock);
        await WriteAsync(database, 4);
        string good = (await AskAsync(database, witness, log)).ToString();
        Assert.Equal(400, witness.Take(string.Empty).Status);
        Assert.Equal(400, witness.Take(good.Replace("old 0", "old 05", StringComparison.Ordinal)).Status);
        Assert.Equal(400, witness.Take(good.Replace("old 0", "old 0\nAAAA", StringComparison.Ordinal)).Status);
        Assert.Equal(400, witness.Take(good.Replace("old 0", "old 5", StringComparison.Ordinal)).Status);
        Assert.Equal(404, witness.Take((await AskAsync(database, witness, stranger)).ToString()).Status);
        Assert.Equal(403, witness.Take((await AskAsync(database, witness, thief)).ToString()).Status);
        Assert.Equal(409, witness.Take(good.Replace("old 0", "old 2", StringComparison.Ordinal)).Status);
        Assert.Equal(200, witness.Take(good).Status);
    }

    [Fact]
    public async Task A_proof_under_a_cosigned_checkpoint_is_taken_only_with_its_cosignature()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        Database database = scratch.Database;
        using NoteSigner log = Log(), key = Key();
        using LogWitness witness = LogWitness.Open(Path.Combine(scratch.Folder, "witness"), key, [log.Verifier], Clock);
        await WriteAsync(database, 4);
        WitnessRequest request = await AskAsync(database, witness, log);
        SignedNote cosigned = request.Checkpoint.With(witness.Take(request.ToString()).Body);
        await WriteAsync(database, 4);
        JournalProof? proof = await JournalProof.OfSubjectAsync(database, "entry", log, Clock.GetUtcNow(), CancellationToken.None, size: 4);
        Assert.Equal(4, proof!.Entries.Count);
        Assert.Null(proof.Verify(log.Verifier));
        Assert.Null(proof.Verify(log.Verifier, [key.Verifier], cosigned));
        Assert.Contains("witness.example/w1", proof.Verify(log.Verifier, [key.Verifier], null), StringComparison.Ordinal);
        JournalProof? later = await JournalProof.OfSubjectAsync(database, "entry", log, Clock.GetUtcNow(), CancellationToken.None);
        Assert.Contains("another one", later!.Verify(log.Verifier, [key.Verifier], cosigned), StringComparison.Ordinal);
    }

    private static NoteSigner Log() => NoteSigner.ForLog("softpos.example/log", Seed(0));

    private static NoteSigner Key() => NoteSigner.ForWitness("witness.example/w1", Seed(32));

    private static byte[] Seed(int first) => [.. Enumerable.Range(first, NoteSigner.SeedLength).Select(static each => (byte)each)];

    private static Task<WitnessRequest> AskAsync(Database database, LogWitness witness, NoteSigner log) =>
        WitnessRequest.OfAsync(database, witness.Seen("softpos.example/log").Size, log, Clock.GetUtcNow(), CancellationToken.None);

    private static async Task WriteAsync(Database database, int count, string subject = "entry")
    {
        for (int i = 0; i < count; i++)
        {
            (await database.CommitAsync(new Change().Append("test.entry", subject, new JsonObject { ["n"] = i }))).Require();
        }
    }
}
