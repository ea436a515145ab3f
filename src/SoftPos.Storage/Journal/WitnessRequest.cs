using System.Globalization;
using System.Text;

namespace SoftPos.Storage;

/// <summary>What a log asks a witness (C2SP tlog-witness, <c>add-checkpoint</c>).</summary>
/// <param name="OldSize">Size that the log believes the witness to have seen last.</param>
/// <param name="Proof">Consistency proof from that size to the checkpoint's.</param>
/// <param name="Checkpoint">The signed checkpoint.</param>
public sealed record WitnessRequest(long OldSize, IReadOnlyList<byte[]> Proof, SignedNote Checkpoint)
{
    /// <summary>Lines of a proof; a tree of more entries than that allows is none of this world.</summary>
    public const int MaxProof = 63;

    /// <summary>Longest body: a proof and a note.</summary>
    public const int MaxLength = SignedNote.MaxLength + 4096;

    /// <summary>The request of a journal for its present head.</summary>
    /// <param name="database">Store.</param>
    /// <param name="oldSize">What the witness has seen; 0 for nothing.</param>
    /// <param name="key">Key of the log.</param>
    /// <param name="time">Time of the signature.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The journal is shorter than that.</exception>
    public static async Task<WitnessRequest> OfAsync(Database database, long oldSize, NoteSigner key, DateTimeOffset time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        JournalHead head = database.Journal.Head;
        List<byte[]> proof = await database.Journal.ProveConsistencyAsync(oldSize, head.Size, cancellation).ConfigureAwait(false);
        return SignedNote.TryParse(JournalProof.CheckpointOf(head, key, time), out SignedNote note)
            ? new WitnessRequest(oldSize, proof, note)
            : throw new InvalidOperationException("a checkpoint of our own cannot be read");
    }

    /// <summary>Reads a body.</summary>
    public static bool TryParse(string body, out WitnessRequest request)
    {
        ArgumentNullException.ThrowIfNull(body);
        request = null!;
        int blank = body.IndexOf("\n\n", StringComparison.Ordinal);
        if (body.Length > MaxLength || blank < 0 || !SignedNote.TryParse(body[(blank + 2)..], out SignedNote note))
        {
            return false;
        }

        string[] lines = body[..blank].Split('\n');
        const string Old = "old ";
        if (lines.Length > MaxProof + 1 || !lines[0].StartsWith(Old, StringComparison.Ordinal)
            || !long.TryParse(lines[0][Old.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[0][Old.Length..])
        {
            return false;
        }

        List<byte[]> proof = [];
        foreach (string line in lines.Skip(1))
        {
            byte[] hash = new byte[MerkleTree.HashLength];
            if (!Convert.TryFromBase64String(line, hash, out int length) || length != hash.Length)
            {
                return false;
            }

            proof.Add(hash);
        }

        request = new WitnessRequest(size, proof, note);
        return true;
    }

    /// <summary>The body as it is sent.</summary>
    public override string ToString()
    {
        StringBuilder body = new();
        body.Append(CultureInfo.InvariantCulture, $"old {OldSize}\n");
        foreach (byte[] hash in Proof)
        {
            body.Append(Convert.ToBase64String(hash)).Append('\n');
        }

        return body.Append('\n').Append(Checkpoint).ToString();
    }
}
