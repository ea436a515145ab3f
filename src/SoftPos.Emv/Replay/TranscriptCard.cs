namespace SoftPos.Emv.Replay;

/// <summary>Plays the card's part of a transcript. A command that was recorded with other data is answered and counted as a deviation.</summary>
public sealed class TranscriptCard(Transcript transcript, ushort notFound = 0x6D00)
{
    private const int HeaderLength = 4;
    private readonly List<string> _deviations = [];
    private int _position;

    /// <summary>What was asked otherwise than recorded: header of the command and what became of it; never its data.</summary>
    public IReadOnlyList<string> Deviations => _deviations;

    /// <summary>Exchanges that the reader asked for, in its order, as indexes into the transcript; -1 for none.</summary>
    public List<int> Used { get; } = [];

    /// <summary>Answers a command.</summary>
    public byte[] Transceive(ReadOnlySpan<byte> command)
    {
        int found = Find(command, exact: true);
        if (found < 0)
        {
            found = Find(command, exact: false);
            string header = Convert.ToHexString(command[..Math.Min(HeaderLength, command.Length)]);
            _deviations.Add(found < 0 ? $"{header}: not recorded" : $"{header}: recorded with other data");
        }

        Used.Add(found);
        if (found < 0)
        {
            return [(byte)(notFound >> 8), (byte)(notFound & 0xFF)];
        }

        _position = found + 1;
        return transcript.Exchanges[found].Response;
    }

    private int Find(ReadOnlySpan<byte> command, bool exact)
    {
        // From where the conversation stands, then from its start: a reader may select again.
        for (int step = 0; step < transcript.Exchanges.Count; step++)
        {
            int at = (_position + step) % transcript.Exchanges.Count;
            byte[] recorded = transcript.Exchanges[at].Command;
            bool same = exact
                ? recorded.AsSpan().SequenceEqual(command)
                : (recorded.Length == 0 && step == 0) || (recorded.Length >= HeaderLength && command.StartsWith(recorded.AsSpan(0, HeaderLength)));
            if (same)
            {
                return at;
            }
        }

        return -1;
    }
}
