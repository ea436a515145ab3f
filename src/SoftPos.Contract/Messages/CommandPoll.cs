using System.Formats.Cbor;

namespace SoftPos.Contract;

/// <summary>What became of a command.</summary>
/// <param name="CommandId">The command.</param>
/// <param name="IsDone">It was done.</param>
/// <param name="Detail">What came of it, or why not; never a secret.</param>
public sealed record CommandAcknowledgement(Guid CommandId, bool IsDone, string Detail);

/// <summary>A signed question of a terminal for its commands, with what became of earlier ones.</summary>
public sealed record CommandPoll
{
    /// <summary>Most acknowledgements in one message: as many as one answer gives commands.</summary>
    public const int MaxAcknowledgements = 16;

    /// <summary>Longest detail: a diagnostics bundle of one terminal.</summary>
    public const int MaxDetail = 8 * 1024;

    /// <summary>Nonce of a heartbeat challenge, 32 bytes.</summary>
    public required byte[] Nonce { get; init; }

    /// <summary>What became of commands.</summary>
    public IReadOnlyList<CommandAcknowledgement> Acknowledgements { get; init; } = [];

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, Nonce);
            writer.WriteInt64(2);
            writer.WriteStartArray(Acknowledgements.Count);
            foreach (CommandAcknowledgement one in Acknowledgements)
            {
                writer.WriteStartArray(3);
                writer.WriteByteString(one.CommandId.ToByteArray(bigEndian: true));
                writer.WriteBoolean(one.IsDone);
                writer.WriteTextString(one.Detail);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        },
        2).Encode();

    /// <summary>Decodes; false for anything malformed or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out CommandPoll poll)
    {
        byte[]? nonce = null;
        List<CommandAcknowledgement>? acknowledgements = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: nonce = reader.ReadByteString(); return true;
                case 2: acknowledgements = ReadAll(reader); return true;
                default: return false;
            }
        });
        bool complete = read && nonce is { Length: Challenge.NonceLength } && acknowledgements is not null;
        poll = complete ? new CommandPoll { Nonce = nonce!, Acknowledgements = acknowledgements! } : null!;
        return complete;
    }

    private static List<CommandAcknowledgement> ReadAll(CborReader reader)
    {
        int? count = reader.ReadStartArray();
        if (count is null or > MaxAcknowledgements)
        {
            throw new CborContentException("acknowledgements");
        }

        List<CommandAcknowledgement> all = new(count.Value);
        for (int i = 0; i < count; i++)
        {
            if (reader.ReadStartArray() is not 3)
            {
                throw new CborContentException("acknowledgement");
            }

            CommandAcknowledgement one = new(CborMap.ReadGuid(reader), reader.ReadBoolean(), reader.ReadTextString());
            reader.ReadEndArray();
            all.Add(one.Detail.Length <= MaxDetail ? one : throw new CborContentException("detail"));
        }

        reader.ReadEndArray();
        return all;
    }
}
