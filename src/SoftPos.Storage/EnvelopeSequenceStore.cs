using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>How an envelope stands to those that came before from the same terminal.</summary>
public enum EnvelopeSight
{
    /// <summary>It is the first under its number, and the number is now taken.</summary>
    Taken,

    /// <summary>It came before; or its number is so old that nobody can tell. Counted.</summary>
    Replayed,

    /// <summary>Another envelope came under its number: two hold the terminal's state. Counted.</summary>
    Forked,
}

/// <summary>What is remembered of a terminal's envelopes.</summary>
/// <param name="Window">Numbers that were seen.</param>
/// <param name="Refused">Envelopes that were refused because of their number, ever.</param>
public sealed record EnvelopeMemory(SequenceWindow Window, long Refused);

/// <summary>
/// The numbers of terminals' envelopes, durable before the request is acted upon. One transaction looks and takes, so that of copies that
/// come at once, to whatever node, one is the first.
/// </summary>
public sealed class EnvelopeSequenceStore
{
    /// <summary>So much of an envelope's hash is kept for each number of the window: enough to tell a copy from another envelope.</summary>
    public const int TagLength = 8;

    private readonly Database _database;

    internal EnvelopeSequenceStore(Database database) => _database = database;

    /// <summary>Takes an envelope's number, or counts the refusal.</summary>
    /// <param name="terminalId">Whose envelope it is; proven.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="hash">SHA-256 of the envelope.</param>
    public async Task<EnvelopeSight> TakeAsync(Guid terminalId, long sequence, byte[] hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        EnvelopeSight sight = EnvelopeSight.Replayed;
        Change change = new Change().Write((session, _) => sight = Take(session, terminalId, sequence, hash.AsSpan(0, TagLength)));

        // Whoever gave up waiting must not leave open whether the number was taken.
        await _database.CommitAsync(change, CancellationToken.None).ConfigureAwait(false);
        return sight;
    }

    /// <summary>What is remembered of a terminal; null before its first envelope.</summary>
    public async ValueTask<EnvelopeMemory?> FindAsync(Guid terminalId, CancellationToken cancellation = default) =>
        (await _database.ReadAsync(session => Find(session, terminalId), cancellation).ConfigureAwait(false)) is { } row
            ? new EnvelopeMemory(row.Window, row.Refused)
            : null;

    private static EnvelopeSight Take(Session session, Guid terminalId, long sequence, ReadOnlySpan<byte> tag)
    {
        Row row = Find(session, terminalId) ?? new Row(default, new byte[SequenceWindow.Width * TagLength], 0);
        Span<byte> kept = row.Tags.AsSpan((int)(sequence % SequenceWindow.Width) * TagLength, TagLength);
        if (row.Window.Look(sequence) is SequenceSight.Seen)
        {
            bool isInside = row.Window.Highest - sequence < SequenceWindow.Width;
            bool isFork = isInside && !kept.SequenceEqual(tag);
            session.Execute("UPDATE envelope_sequence SET refused = refused + 1 WHERE terminal_id = $1", terminalId.ToColumn());
            return isFork ? EnvelopeSight.Forked : EnvelopeSight.Replayed;
        }

        SequenceWindow after = row.Window.After(sequence);
        tag.CopyTo(kept);
        session.Execute(
            "INSERT INTO envelope_sequence(terminal_id, highest, seen, tags, refused) VALUES($1, $2, $3, $4, 0) "
            + "ON CONFLICT(terminal_id) DO UPDATE SET highest = $2, seen = $3, tags = $4",
            terminalId.ToColumn(),
            after.Highest,
            unchecked((long)after.Seen),
            row.Tags);
        return EnvelopeSight.Taken;
    }

    private static Row? Find(Session session, Guid terminalId) => session.First(
        "SELECT highest, seen, tags, refused FROM envelope_sequence WHERE terminal_id = $1",
        static r => new Row(new SequenceWindow(r.GetInt64(0), unchecked((ulong)r.GetInt64(1))), r.Blob(2), r.GetInt64(3)),
        terminalId.ToColumn());

    private sealed record Row(SequenceWindow Window, byte[] Tags, long Refused);
}
