namespace SoftPos.Cryptography;

/// <summary>What is wrong with a key block.</summary>
public enum KeyBlockFaultKind
{
    None,

    /// <summary>Shorter than its parts, or longer than 9999 characters.</summary>
    Length,

    /// <summary>The length field is no number or differs from the length of the text.</summary>
    DeclaredLength,

    /// <summary>Not one of the versions A to E.</summary>
    Version,

    /// <summary>A header field holds a character outside letters and digits.</summary>
    HeaderCharacter,

    /// <summary>The number of optional blocks is no number.</summary>
    OptionalBlockCount,

    /// <summary>An optional block is cut off, has a wrong length or characters that are not printable.</summary>
    OptionalBlock,

    /// <summary>The optional blocks together are not a multiple of the cipher block.</summary>
    OptionalBlockAlignment,

    /// <summary>Payload or MAC is not hexadecimal, or no multiple of the cipher block.</summary>
    Payload,

    /// <summary>The protection key has a length that this version cannot use.</summary>
    ProtectionKey,

    /// <summary>The MAC differs: changed, or under another key. What the payload says is never looked at.</summary>
    NotAuthentic,

    /// <summary>The authentic payload holds a length that does not fit it or the algorithm.</summary>
    KeyLength,
}

/// <summary>A fault of a key block and the character offset at which it was found.</summary>
public readonly record struct KeyBlockFault(KeyBlockFaultKind Kind, int Offset)
{
    public static KeyBlockFault None { get; }
}
