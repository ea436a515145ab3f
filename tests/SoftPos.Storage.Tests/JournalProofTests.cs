using System.Text.Json.Nodes;

namespace SoftPos.Storage.Tests;

public sealed class JournalProofTests
{
    private const string LogKey = "softpos.example/log+80ed9c92+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    private const string Text = "softpos.example/log\n7\n3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=\n";
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1764000000);

    /// <summary>Seed and values of the worked example in the project's fact sheet on C2SP notes.</summary>
    [Fact]
    public void The_worked_example_gives_its_key_and_signatures()
    {
        using NoteSigner log = NoteSigner.ForLog("softpos.example/log", Seed(0));
        using NoteSigner witness = NoteSigner.ForWitness("witness.example/w1", Seed(32));
        Assert.Equal(LogKey, log.Verifier.ToString());
        Assert.Equal(
            "— softpos.example/log gO2ckl2GC3jlZy9s9zZM1LLJFekCETe5YH3cy1JkE9Z/Pxj7qK1FcR5xBW21zo79z9OyNkG7YtWoTsfF6lhZ/5docQA=\n",
            log.SignatureLine(Text, Time));
        Assert.Equal(0x20324abeu, witness.Verifier.KeyId);
        Assert.Equal(
            "— witness.example/w1 IDJKvgAAAABpJIEA9Pw7GcX5oxJmrtOZQoDx2t3L2C+M8PyzEpf+AAt00oSK2/s4z614UlmJvWISXppXMszDnRaoATvLlz67hcXiDw==\n",
            witness.SignatureLine(Text, Time));
    }

    [Fact]
    public void A_note_of_two_signers_is_read_and_an_unknown_one_is_passed_over()
    {
        using NoteSigner log = NoteSigner.ForLog("softpos.example/log", Seed(0));
        using NoteSigner witness = NoteSigner.ForWitness("witness.example/w1", Seed(32));
        string note = Text + "\n" + log.SignatureLine(Text, Time) + witness.SignatureLine(Text, Time);
        Assert.True(SignedNote.TryParse(note, out SignedNote read));
        Assert.Equal(note, read.ToString());
        Assert.Equal([log.Verifier.KeyId, witness.Verifier.KeyId], read.SignedBy([log.Verifier, witness.Verifier]).Select(key => key.KeyId));
        Assert.Equal([log.Verifier.KeyId], read.SignedBy([log.Verifier]).Select(key => key.KeyId));
        Assert.True(read.TryReadCheckpoint(out string origin, out JournalHead head));
        Assert.Equal(("softpos.example/log", 7L), (origin, head.Size));
    }

    [Fact]
    public void A_known_key_with_a_bad_signature_makes_the_note_worthless()
    {
        using NoteSigner log = NoteSigner.ForLog("softpos.example/log", Seed(0));
        using NoteSigner witness = NoteSigner.ForWitness("witness.example/w1", Seed(32));
        string changed = Text.Replace("\n7\n", "\n8\n", StringComparison.Ordinal);
        Assert.True(SignedNote.TryParse(changed + "\n" + log.SignatureLine(Text, Time) + witness.SignatureLine(changed, Time), out SignedNote note));
        Assert.Empty(note.SignedBy([witness.Verifier, log.Verifier]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\n7\nx\n")]
    [InlineData("a\n\n")]
    [InlineData("a\n\n- b c\n")]
    [InlineData("a\n\n— b\n")]
    [InlineData("a\t\n\n— b AAAA\n")]
    [InlineData("a\n\n— b AAAA")]
    public void What_is_no_note_is_not_read(string text) => Assert.False(SignedNote.TryParse(text, out _));

    [Theory]
    [InlineData("softpos.example/log+80ed9c93+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")]
    [InlineData("softpos.example/log+80ed9c92+AwOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")]
    [InlineData("softpos.example/log+80ed9c92")]
    [InlineData("soft pos+80ed9c92+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")]
    public void What_is_no_key_is_not_read(string text) => Assert.False(NoteVerifier.TryParse(text, out _));

    [Fact]
    [Requirement("MON-03")]
    public async Task A_proof_holds_without_the_journal_and_nothing_in_it_can_be_changed()
    {
        await using Scratch scratch = await Scratch.OpenAsync();
        for (int i = 0; i < 20; i++)
        {
            (await scratch.Database.CommitAsync(
                new Change().Append("payment.approved", $"p{i % 4}", new JsonObject { ["n"] = i }), TestContext.Current.CancellationToken)).Require();
        }

        using NoteSigner key = NoteSigner.ForLog("softpos.example/log", Seed(0));
        JournalProof proof = (await JournalProof.OfSubjectAsync(scratch.Database, "p1", key, Time, TestContext.Current.CancellationToken))!;
        string json = proof.ToJson();
        Assert.True(JournalProof.TryParse(json, out JournalProof read));
        Assert.Equal(5, read.Entries.Count);
        Assert.Null(read.Verify(key.Verifier));
        Assert.Null(await JournalProof.OfSubjectAsync(scratch.Database, "nobody", key, Time, TestContext.Current.CancellationToken));

        ProvenEntry first = read.Entries[0];
        ProvenEntry[] changed =
        [
            first with { Kind = "payment.declined" }, first with { Subject = "p2" }, first with { TimeMs = first.TimeMs + 1 },
            first with { Index = first.Index + 1 }, first with { ContentHash = new byte[32] }, first with { Proof = [.. first.Proof.Skip(1)] },
            first with { Index = -1 }, first with { ContentHash = [] },
        ];
        Assert.All(changed, entry => Assert.NotNull((read with { Entries = [entry] }).Verify(key.Verifier)));
        using NoteSigner other = NoteSigner.ForLog("softpos.example/log", Seed(64));
        Assert.NotNull(read.Verify(other.Verifier));
        Assert.NotNull((read with { Checkpoint = JournalProof.CheckpointOf(new JournalHead(20, new byte[32]), key, Time) }).Verify(key.Verifier));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"checkpoint":"x","entries":[]}""")]
    [InlineData("""{"checkpoint":"x","entries":[null]}""")]
    [InlineData("""{"checkpoint":"x","entries":[{"index":0,"timeMs":0,"kind":"a","subject":"b","contentHash":"AA==","proof":[null]}]}""")]
    public void What_is_no_proof_is_not_read(string json) => Assert.False(JournalProof.TryParse(json, out _));

    private static byte[] Seed(int first) => [.. Enumerable.Range(first, 32).Select(value => (byte)value)];
}
