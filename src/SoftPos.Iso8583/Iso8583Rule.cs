namespace SoftPos.Iso8583;

/// <summary>The rule that a message, a value or a field of it broke.</summary>
public enum Iso8583Rule
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>The bytes end inside the value.</summary>
    Truncated,

    /// <summary>The bytes end inside the length prefix.</summary>
    PrefixTruncated,

    /// <summary>The length prefix holds something other than decimal digits in the encoding of the dialect.</summary>
    PrefixNotNumeric,

    /// <summary>The prefix counts half-bytes or characters that do not make whole bytes.</summary>
    PrefixOdd,

    /// <summary>The value is longer than the dialect allows.</summary>
    TooLong,

    /// <summary>The value is shorter than the dialect allows.</summary>
    TooShort,

    /// <summary>A fixed-length value has another length, and the dialect pads nothing here.</summary>
    WrongLength,

    /// <summary>The length cannot be written into the prefix.</summary>
    LengthDoesNotFit,

    /// <summary>A character or nibble outside the field's character set.</summary>
    InvalidCharacter,

    /// <summary>The nibble that fills an odd number of digits is not the one of the dialect.</summary>
    InvalidFill,

    /// <summary>A binary value or bitmap was expected as hexadecimal digits and is not.</summary>
    NotHexadecimal,

    /// <summary>Hexadecimal digits of a binary value do not make whole bytes.</summary>
    OddHexadecimal,

    /// <summary>The bitmap names a field that the dialect does not define.</summary>
    UndefinedField,

    /// <summary>Bytes are left after the last field.</summary>
    TrailingBytes,

    /// <summary>The message type indicator is missing or is not four digits that the dialect allows.</summary>
    MessageType,

    /// <summary>The message is longer than the codec takes.</summary>
    MessageTooLong,

    /// <summary>The inner structure of a field (BER-TLV, parts, tagged entries, inner bitmap) is broken.</summary>
    Structure,

    /// <summary>The same inner element stands twice.</summary>
    Duplicate,

    /// <summary>A field that the message class needs is absent.</summary>
    Missing,

    /// <summary>A field stands in a message class that does not carry it.</summary>
    Unexpected,

    /// <summary>Two fields that must agree do not.</summary>
    Inconsistent,
}
