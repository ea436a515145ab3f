namespace SoftPos.Contract;

/// <summary>
/// A signed message with which a merchant asks a person to look at a refusal again. It carries no time of the phone: one whose clock is wrong
/// is refused for that, and may appeal too. The envelope tells a repetition, and the identity makes it harmless.
/// </summary>
public sealed record AppealRequest
{
    /// <summary>Content type.</summary>
    public const string ContentType = "application/softpos-appeal+cbor";

    /// <summary>Longest text in characters: a few sentences for a person to read.</summary>
    public const int MaxText = 500;

    /// <summary>Identity, made by the terminal; the same one is the same appeal.</summary>
    public required Guid AppealId { get; init; }

    /// <summary>What the merchant says, in any language; line breaks are the only control characters.</summary>
    public required string Text { get; init; }

    /// <summary>Whether a text can be sent: not blank, not too long, nothing that a screen would not show as it is.</summary>
    public static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= MaxText
        && text.All(static letter => letter == '\n' || !char.IsControl(letter));

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, AppealId);
            writer.Write(2, Text);
        },
        2).Encode();

    /// <summary>Decodes; false for anything malformed or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out AppealRequest request)
    {
        Guid? id = null;
        string? text = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: id = CborMap.ReadGuid(reader); return true;
                case 2: text = reader.ReadTextString(); return true;
                default: return false;
            }
        });
        bool good = read && id is not null && IsText(text);
        request = good ? new AppealRequest { AppealId = id!.Value, Text = text! } : null!;
        return good;
    }
}

/// <summary>Answer to an appeal: it is held, and a person will look at it.</summary>
public sealed record AppealAnswer
{
    /// <summary>Number by which the operator finds it.</summary>
    public required long Number { get; init; }
}
