using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Storage;

/// <summary>What a witness answers.</summary>
/// <param name="Status">Status of C2SP tlog-witness: 200, 400, 403, 404, 409, 422.</param>
/// <param name="Body">Cosignature lines with 200, the size seen with 409, else what is wrong.</param>
/// <param name="Fork">Where the log was forked, in words, when it was; else null.</param>
public sealed record WitnessAnswer(int Status, string Body, string? Fork = null)
{
    /// <summary>Media type of the body.</summary>
    public string MediaType => Status == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8";
}

/// <summary>
/// A witness of other logs (C2SP tlog-witness): cosigns a checkpoint only when it continues the last one that it cosigned, and has that on the
/// disk before it answers. So a log cannot show two histories to two of those who trust the witness. One process at a time holds its folder.
/// </summary>
public sealed class LogWitness : IDisposable
{
    private readonly string _folder;
    private readonly NoteSigner _signer;
    private readonly IReadOnlyList<NoteVerifier> _logs;
    private readonly TimeProvider _clock;
    private readonly FileStream _lock;
    private readonly Lock _gate = new();

    private LogWitness(string folder, NoteSigner signer, IReadOnlyList<NoteVerifier> logs, TimeProvider clock, FileStream processLock)
    {
        (_folder, _signer, _logs, _clock, _lock) = (folder, signer, logs, clock, processLock);
    }

    /// <summary>Opens a witness.</summary>
    /// <param name="folder">Folder of what it has seen; made when it is not there.</param>
    /// <param name="signer">Its key, <see cref="NoteSigner.ForWitness"/>; stays the caller's.</param>
    /// <param name="logs">Keys of the logs that it watches.</param>
    /// <param name="clock">Clock of the time that it states.</param>
    /// <exception cref="StorageException">Another process holds the folder.</exception>
    public static LogWitness Open(string folder, NoteSigner signer, IReadOnlyList<NoteVerifier> logs, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        try
        {
            FileStream held = new(Path.Combine(folder, "witness.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new LogWitness(folder, signer, logs, clock, held);
        }
        catch (IOException fault)
        {
            throw new StorageException(StorageFailure.InUse, $"another process uses {folder}", fault);
        }
    }

    /// <summary>The last checkpoint of a log that was cosigned; size 0 before the first.</summary>
    public JournalHead Seen(string origin)
    {
        string path = PathOf(origin);
        if (!File.Exists(path))
        {
            return new JournalHead(0, MerkleTree.EmptyRoot);
        }

        // What cannot be read must not count as nothing seen: then a fork would pass.
        return SignedNote.TryParse(File.ReadAllText(path), out SignedNote note) && note.TryReadCheckpoint(out string read, out JournalHead head) && read == origin
            ? head
            : throw new StorageException(StorageFailure.Corrupt, $"{path} is not the checkpoint that was written there");
    }

    /// <summary>Takes a request.</summary>
    public WitnessAnswer Take(string body)
    {
        if (!WitnessRequest.TryParse(body, out WitnessRequest request) || !request.Checkpoint.TryReadCheckpoint(out string origin, out JournalHead head))
        {
            return new WitnessAnswer(400, "expected 'old SIZE', proof lines, a blank line and a checkpoint\n");
        }

        if (_logs.FirstOrDefault(each => each.Name == origin) is not { } log)
        {
            return new WitnessAnswer(404, "this witness does not watch that log\n");
        }

        if (request.Checkpoint.SignedBy([log]).Count == 0)
        {
            return new WitnessAnswer(403, "the checkpoint is not signed by the log's key\n");
        }

        lock (_gate)
        {
            return Judge(request, origin, head);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private WitnessAnswer Judge(WitnessRequest request, string origin, JournalHead head)
    {
        if (request.OldSize > head.Size)
        {
            return new WitnessAnswer(400, "the old size is above the checkpoint's\n");
        }

        JournalHead seen = Seen(origin);
        if (request.OldSize != seen.Size)
        {
            return new WitnessAnswer(409, seen.Size.ToString(CultureInfo.InvariantCulture) + "\n");
        }

        if (!MerkleTree.VerifyConsistency(seen.Size, head.Size, seen.Root, head.Root, request.Proof))
        {
            string where = seen.Size == head.Size
                ? $"two roots of {origin} at {head.Size} entries: seen {MerkleTree.Hex(seen.Root)}, shown {MerkleTree.Hex(head.Root)}"
                : $"{origin} at {head.Size} entries does not continue the {seen.Size} entries with root {MerkleTree.Hex(seen.Root)} that were seen: "
                    + $"an entry below {seen.Size} is another now, or the proof is wrong";
            return new WitnessAnswer(422, where + "\n", where);
        }

        string line = _signer.SignatureLine(request.Checkpoint.Text, _clock.GetUtcNow());
        Keep(origin, request.Checkpoint + line);
        return new WitnessAnswer(200, line);
    }

    private void Keep(string origin, string note)
    {
        string path = PathOf(origin), beside = path + ".new";
        using (FileStream file = new(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(Encoding.UTF8.GetBytes(note));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    private string PathOf(string origin) =>
        Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin))) + ".checkpoint");
}
