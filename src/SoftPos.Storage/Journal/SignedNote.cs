using System.Buffers.Binary;
using System.Globalization;

namespace SoftPos.Storage;

/// <summary>A note with its signatures (C2SP signed-note).</summary>
/// <param name="Text">Text, ending in a line feed; what is signed.</param>
/// <param name="Lines">Signature lines as they stand.</param>
public sealed record SignedNote(string Text, IReadOnlyList<string> Lines)
{
    /// <summary>Longest note that is read: a checkpoint is three lines.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Signatures beyond this make a note unreadable.</summary>
    public const int MaxSignatures = 64;

    private const string Mark = "\u2014 ";

    /// <summary>The note as it is sent.</summary>
    public override string ToString() => Text + "\n" + string.Concat(Lines.Select(static line => line + "\n"));

    /// <summary>Reads a note; signatures are not checked yet.</summary>
    public static bool TryParse(string note, out SignedNote signed)
    {
        ArgumentNullException.ThrowIfNull(note);
        signed = null!;
        int blank = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (note.Length > MaxLength || blank < 0 || blank + 2 >= note.Length || !note.EndsWith('\n') || note.Any(static letter => letter < ' ' && letter != '\n'))
        {
            return false;
        }

        string[] lines = note[(blank + 2)..^1].Split('\n');
        if (lines.Length > MaxSignatures || lines.Any(static line => !line.StartsWith(Mark, StringComparison.Ordinal) || line.Split(' ').Length != 3))
        {
            return false;
        }

        signed = new SignedNote(note[..(blank + 1)], lines);
        return true;
    }

    /// <summary>The keys of these that signed. A known key with a bad signature makes the whole note worthless: then nobody has signed.</summary>
    public IReadOnlyList<NoteVerifier> SignedBy(IReadOnlyList<NoteVerifier> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        List<NoteVerifier> signers = [];
        foreach (string line in Lines)
        {
            string[] parts = line.Split(' ');
            byte[] bytes = new byte[128];
            if (!Convert.TryFromBase64String(parts[2], bytes, out int length) || length < sizeof(uint))
            {
                return [];
            }

            uint id = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            NoteVerifier? key = known.FirstOrDefault(each => each.Name == parts[1] && each.KeyId == id);
            if (key is null)
            {
                continue;
            }

            if (!key.Verify(Text, bytes.AsSpan(sizeof(uint), length - sizeof(uint))))
            {
                return [];
            }

            signers.Add(key);
        }

        return signers;
    }

    /// <summary>The first of the log and its witnesses that has not signed; null when all have. One bad signature of theirs, and nobody has.</summary>
    public NoteVerifier? MissingOf(NoteVerifier log, IReadOnlyList<NoteVerifier> witnesses)
    {
        ArgumentNullException.ThrowIfNull(witnesses);
        NoteVerifier[] all = [log, .. witnesses];
        IReadOnlyList<NoteVerifier> signers = SignedBy(all);
        return all.FirstOrDefault(each => !signers.Contains(each));
    }

    /// <summary>The note with another signature line.</summary>
    /// <param name="line">The line, ended by a line feed, as a witness gives it.</param>
    public SignedNote With(string line) => this with { Lines = [.. Lines, line.TrimEnd('\n')] };

    /// <summary>Origin and head of a checkpoint's text; false when it is none (C2SP tlog-checkpoint).</summary>
    public bool TryReadCheckpoint(out string origin, out JournalHead head)
    {
        string[] lines = Text.Split('\n');
        byte[] root = new byte[MerkleTree.HashLength];
        if (lines.Length < 4 || lines[0].Length == 0 || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            || (lines[1].Length > 1 && lines[1][0] == '0') || !Convert.TryFromBase64String(lines[2], root, out int length) || length != root.Length)
        {
            (origin, head) = (string.Empty, null!);
            return false;
        }

        (origin, head) = (lines[0], new JournalHead(size, root));
        return true;
    }
}
