namespace SoftPos.Contract;

/// <summary>A terminal asks for new initial keys, or says that it holds the ones that it was given: exactly one of both.</summary>
public sealed record KeyReplacementRequest
{
    /// <summary>Length of an initial key identity.</summary>
    public const int KeyIdLength = 8;

    /// <summary>Nonce of a challenge for this purpose, 32 bytes; null in a confirmation.</summary>
    public byte[]? Nonce { get; init; }

    /// <summary>Identity of the data key that is in use from now on, 8 bytes; null in a question for keys.</summary>
    public byte[]? Confirms { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            if (Nonce is not null)
            {
                writer.Write(1, Nonce);
            }
            else
            {
                writer.Write(2, Confirms);
            }
        },
        1).Encode();

    /// <summary>Decodes; false for anything malformed.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out KeyReplacementRequest request)
    {
        byte[]? nonce = null;
        byte[]? confirms = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: nonce = reader.ReadByteString(); return true;
                case 2: confirms = reader.ReadByteString(); return true;
                default: return false;
            }
        });
        bool complete = read && (nonce, confirms) is ({ Length: Challenge.NonceLength }, null) or (null, { Length: KeyIdLength });
        request = complete ? new KeyReplacementRequest { Nonce = nonce, Confirms = confirms } : null!;
        return complete;
    }
}
