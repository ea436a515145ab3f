using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoftPos.Storage;

/// <summary>One entry with the way from it to a signed root: enough to check it without the journal and without us.</summary>
public sealed record ProvenEntry
{
    /// <summary>Index in the journal.</summary>
    public required long Index { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long TimeMs { get; init; }

    /// <summary>Kind, such as <c>payment.approved</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>SHA-256 of the content; the content itself is part of a receipt's proof only.</summary>
    public required byte[] ContentHash { get; init; }

    /// <summary>The content, where the receiver of the proof may know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    /// <summary>Inclusion proof (RFC 6962, 2.1.1).</summary>
    public required IReadOnlyList<byte[]> Proof { get; init; }
}

/// <summary>Entries and the checkpoint that they are proven under. What a receipt or a block notice carries.</summary>
public sealed record JournalProof
{
    /// <summary>Most entries of one proof.</summary>
    public const int MaxEntries = 1000;

    /// <summary>Longest file that is read.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>The checkpoint with its signatures.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The entries.</summary>
    public required IReadOnlyList<ProvenEntry> Entries { get; init; }

    /// <summary>Proves all entries of a subject under the journal's present head.</summary>
    /// <returns>Null when the journal has none.</returns>
    /// <param name="database">Store.</param>
    /// <param name="subject">What the entries are about.</param>
    /// <param name="key">Key of the log.</param>
    /// <param name="time">Time of the signature.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <param name="withContent">Kinds whose content the receiver may know; none by default.</param>
    /// <param name="size">Size of an earlier checkpoint, such as one that a witness cosigned; null for the present head. Later entries are left out.</param>
    public static async Task<JournalProof?> OfSubjectAsync(
        Database database, string subject, NoteSigner key, DateTimeOffset time, CancellationToken cancellation, Func<string, bool>? withContent = null,
        long? size = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(key);
        List<JournalEntry> entries = await database.Journal.OfSubjectAsync(subject, MaxEntries, cancellation).ConfigureAwait(false);

        // The head is read after the entries, so that it holds them all.
        JournalHead head = database.Journal.Head;
        if (size is { } earlier)
        {
            if (earlier < 0 || earlier > head.Size)
            {
                return null;
            }

            head = new JournalHead(earlier, await database.Journal.RootAtAsync(earlier, cancellation).ConfigureAwait(false));
            entries.RemoveAll(entry => entry.Index >= earlier);
        }

        if (entries.Count == 0)
        {
            return null;
        }

        List<ProvenEntry> proven = [];
        foreach (JournalEntry entry in entries)
        {
            proven.Add(new ProvenEntry
            {
                Index = entry.Index,
                TimeMs = entry.Time.ToUnixTimeMilliseconds(),
                Kind = entry.Kind,
                Subject = entry.Subject,
                ContentHash = entry.ContentHash,
                Content = entry.Content is { } content && withContent?.Invoke(entry.Kind) == true ? Encoding.UTF8.GetString(content) : null,
                Proof = await database.Journal.ProveInclusionAsync(entry.Index, head.Size, cancellation).ConfigureAwait(false),
            });
        }

        return new JournalProof { Checkpoint = CheckpointOf(head, key, time), Entries = proven };
    }

    /// <summary>A checkpoint of the head, signed.</summary>
    public static string CheckpointOf(JournalHead head, NoteSigner key, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(key);
        string text = JournalTiles.CheckpointText(key.Verifier.Name, head);
        return text + "\n" + key.SignatureLine(text, time);
    }

    /// <summary>Reads the JSON form.</summary>
    public static bool TryParse(string json, out JournalProof proof)
    {
        ArgumentNullException.ThrowIfNull(json);
        proof = null!;
        try
        {
            if (json.Length <= MaxLength && JsonSerializer.Deserialize(json, JournalProofJson.Default.JournalProof) is { Entries.Count: > 0 and <= MaxEntries } read
                && read.Entries.All(static entry => entry is { Proof: { Count: <= MerkleTree.MaxProof } path, ContentHash: not null, Kind: not null, Subject: not null }
                    && path.All(static hash => hash is not null)))
            {
                proof = read;
                return true;
            }
        }
        catch (JsonException)
        {
            // No proof, whatever else it is.
        }

        return false;
    }

    /// <summary>The JSON form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JournalProofJson.Default.JournalProof);

    /// <summary>Checks signature and every entry.</summary>
    /// <param name="log">The log's key, kept from an earlier day or another source.</param>
    /// <returns>What does not hold; null when all does.</returns>
    public string? Verify(NoteVerifier log) => Verify(log, [], null);

    /// <summary>Checks signatures and every entry, and that witnesses have seen this history.</summary>
    /// <param name="log">The log's key, kept from an earlier day or another source.</param>
    /// <param name="witnesses">Keys of witnesses; each must have cosigned.</param>
    /// <param name="cosigned">The checkpoint with the cosignatures, where the proof's own has none: it must be the same one.</param>
    /// <returns>What does not hold; null when all does.</returns>
    public string? Verify(NoteVerifier log, IReadOnlyList<NoteVerifier> witnesses, SignedNote? cosigned)
    {
        ArgumentNullException.ThrowIfNull(witnesses);
        ArgumentNullException.ThrowIfNull(log);
        if (!SignedNote.TryParse(Checkpoint, out SignedNote note) || !note.TryReadCheckpoint(out string origin, out JournalHead head))
        {
            return "the checkpoint cannot be read";
        }

        if (origin != log.Name || note.SignedBy([log]).Count == 0)
        {
            return $"the checkpoint of {origin} is not signed by the key {log.Name}";
        }

        if (cosigned is not null && cosigned.Text != note.Text)
        {
            return "the cosigned checkpoint is another one than the proof's";
        }

        if ((cosigned ?? note).MissingOf(log, witnesses) is { } missing)
        {
            return $"the checkpoint is not cosigned by {missing.Name}";
        }

        foreach (ProvenEntry entry in Entries)
        {
            if (entry.ContentHash.Length != SHA256.HashSizeInBytes || entry.Index < 0 || entry.Index >= head.Size)
            {
                return $"entry {entry.Index} cannot be in a journal of {head.Size} entries";
            }

            if (entry.Content is { } content && !SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan().SequenceEqual(entry.ContentHash))
            {
                return $"the content of entry {entry.Index} ({entry.Kind}) is not the one that was written";
            }

            byte[] leaf = MerkleTree.LeafHash(MerkleTree.EntryText(entry.TimeMs, entry.Kind, entry.Subject, entry.ContentHash));
            if (!MerkleTree.VerifyInclusion(entry.Index, head.Size, leaf, entry.Proof, head.Root))
            {
                return $"entry {entry.Index} ({entry.Kind}) is not in the journal as it stands here: it was changed, or its proof was";
            }
        }

        return null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(JournalProof))]
internal sealed partial class JournalProofJson : JsonSerializerContext;
