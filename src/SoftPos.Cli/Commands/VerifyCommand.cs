using System.CommandLine;
using SoftPos.Storage;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos verify</c>: checks a proof or a whole database, offline.</summary>
internal static class VerifyCommand
{
    private const int FaultCode = 3;

    public static Command Create()
    {
        Argument<string> what = new("what") { Description = "A proof (JSON, from /log/v1/proof/PAYMENT or softpos proof) or a database file (softpos.db)." };
        Option<string?> key = new("--key")
        {
            Description = "Verifier key of the log, name+id+base64, kept from an earlier day; or a file that holds it. Needed for a proof.",
        };
        Option<string?> checkpoint = new("--checkpoint") { Description = "A checkpoint kept from an earlier day; the database must still contain it." };
        Option<string[]> witness = new("--witness")
        {
            Description = "Verifier key of a witness, or a file that holds it; the checkpoint must be cosigned by it. Again for more.",
        };
        Command command = new("verify", "Check a receipt's proof or a whole journal, offline.") { what, key, checkpoint, witness };
        command.SetAction(parsed => Run(parsed.GetValue(what)!, parsed.GetValue(key), parsed.GetValue(checkpoint), parsed.GetValue(witness) ?? []));
        return command;
    }

    private static int Run(string path, string? key, string? checkpoint, string[] witnessKeys)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"{path}: no such file", 2);
        }

        NoteVerifier? log = key is null ? null : KeyOf(key);
        NoteVerifier[] witnesses = [.. witnessKeys.Select(static each => KeyOf(each, "--witness"))];
        return IsDatabase(path) ? VerifyDatabase(path, log, checkpoint, witnesses) : VerifyProof(path, log, checkpoint, witnesses);
    }

    private static int VerifyProof(string path, NoteVerifier? log, string? checkpoint, NoteVerifier[] witnesses)
    {
        if (log is null)
        {
            throw new CommandException("--key: a proof is worth what the log's key is worth; give the key that you kept (GET /log/v1/key)", 2);
        }

        if (!JournalProof.TryParse(ReadText(path), out JournalProof proof))
        {
            throw new CommandException($"{path}: not a proof: expected JSON with checkpoint and entries", 2);
        }

        if (proof.Verify(log, witnesses, checkpoint is null ? null : NoteOf(checkpoint)) is { } fault)
        {
            Console.Out.WriteLine($"NOT AS WRITTEN  {fault}");
            return FaultCode;
        }

        foreach (ProvenEntry entry in proof.Entries)
        {
            Console.Out.WriteLine($"holds  {entry.Index,8}  {DateTimeOffset.FromUnixTimeMilliseconds(entry.TimeMs):u}  {entry.Kind,-28}{entry.Subject}");
            if (entry.Content is { } content)
            {
                Console.Out.WriteLine($"                 says {content}");
            }
        }

        return 0;
    }

    private static int VerifyDatabase(string path, NoteVerifier? log, string? checkpoint, NoteVerifier[] witnesses)
    {
        if (checkpoint is null && witnesses.Length > 0)
        {
            throw new CommandException("--witness: a witness cosigns a checkpoint; give it with --checkpoint", 2);
        }

        JournalHead? trusted = checkpoint is null ? null : HeadOf(checkpoint, log, witnesses);
        JournalReport report;
        try
        {
            report = JournalAudit.Run(path, trusted);
        }
        catch (StorageException fault)
        {
            throw new CommandException($"{path}: {fault.Message}", 2);
        }

        foreach (JournalFault fault in report.Faults)
        {
            Console.Out.WriteLine($"NOT AS WRITTEN  entry {fault.Index}: {fault.What}");
        }

        Console.Out.WriteLine($"{report.Head.Size} entries, root {MerkleTree.Hex(report.Head.Root)}: "
            + (report.Faults.Count == 0 ? trusted is null ? "all as they were written" : "all as they were written, and grown from the checkpoint" : "changed"));
        return report.Faults.Count == 0 ? 0 : FaultCode;
    }

    private static JournalHead HeadOf(string path, NoteVerifier? log, NoteVerifier[] witnesses)
    {
        if (log is null)
        {
            throw new CommandException("--key: a checkpoint is checked under the log's key", 2);
        }

        SignedNote note = NoteOf(path);
        if (!note.TryReadCheckpoint(out string origin, out JournalHead head))
        {
            throw new CommandException($"--checkpoint {path}: not a checkpoint", 2);
        }

        NoteVerifier? missing = origin == log.Name ? note.MissingOf(log, witnesses) : log;
        return missing is null ? head : throw new CommandException($"--checkpoint {path}: not signed by {missing.Name}", FaultCode);
    }

    private static SignedNote NoteOf(string path) =>
        !File.Exists(path) ? throw new CommandException($"--checkpoint {path}: no such file", 2)
        : SignedNote.TryParse(ReadText(path), out SignedNote note) ? note
        : throw new CommandException($"--checkpoint {path}: not a checkpoint", 2);

    /// <summary>A verifier key, given itself or as a file.</summary>
    internal static NoteVerifier KeyOf(string key, string option = "--key")
    {
        string text = File.Exists(key) ? ReadText(key) : key;
        return NoteVerifier.TryParse(text, out NoteVerifier verifier)
            ? verifier
            : throw new CommandException($"{option}: expected name+id+base64, or a file that holds it", 2);
    }

    private static string ReadText(string path) => new FileInfo(path).Length <= JournalProof.MaxLength
        ? File.ReadAllText(path)
        : throw new CommandException($"{path}: larger than {JournalProof.MaxLength} bytes", 2);

    private static bool IsDatabase(string path)
    {
        Span<byte> head = stackalloc byte[16];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head[..15].SequenceEqual("SQLite format 3"u8);
    }
}
