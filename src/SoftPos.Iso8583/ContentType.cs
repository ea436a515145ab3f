namespace SoftPos.Iso8583;

/// <summary>Character set of a field, by the letters of the standard (ISO 8583, 4.2).</summary>
public enum ContentType
{
    /// <summary><c>a</c>: letters and blank.</summary>
    Letters,

    /// <summary><c>n</c>: digits.</summary>
    Digits,

    /// <summary><c>s</c>: printable characters that are neither letter nor digit.</summary>
    Specials,

    /// <summary><c>an</c>: letters, digits, blank.</summary>
    LettersDigits,

    /// <summary><c>as</c>: letters, specials, blank.</summary>
    LettersSpecials,

    /// <summary><c>ns</c>: digits, specials, blank.</summary>
    DigitsSpecials,

    /// <summary><c>ans</c>: everything printable.</summary>
    Printable,

    /// <summary><c>b</c>: bytes.</summary>
    Binary,

    /// <summary><c>z</c>: track code set of ISO 7811 (<c>0</c> to <c>9</c>, <c>: ; &lt; = &gt; ?</c>; <c>D</c> for the separator).</summary>
    Track,

    /// <summary><c>x+n</c>: <c>C</c> or <c>D</c>, then digits.</summary>
    SignedDigits,

    /// <summary><c>any</c>: every character of the encoding, control characters included.</summary>
    Any,

    /// <summary><c>h</c>: hexadecimal digits that are a text, not bytes (an odd number is possible).</summary>
    HexDigits,
}

/// <summary>How a value stands on the wire.</summary>
public enum WireEncoding
{
    /// <summary>One ASCII byte a character.</summary>
    Ascii,

    /// <summary>One ISO 8859-1 byte a character.</summary>
    Latin1,

    /// <summary>EBCDIC code page 037.</summary>
    Ebcdic037,

    /// <summary>EBCDIC code page 500.</summary>
    Ebcdic500,

    /// <summary>EBCDIC code page 1047.</summary>
    Ebcdic1047,

    /// <summary>Two digits a byte (BCD).</summary>
    Packed,

    /// <summary>The bytes themselves.</summary>
    Raw,

    /// <summary>Two ASCII hexadecimal digits a byte.</summary>
    HexAscii,

    /// <summary>Two EBCDIC hexadecimal digits a byte.</summary>
    HexEbcdic,
}

/// <summary>How sensitive a field is, and so how <c>ToString</c>, inspection and the tools show it.</summary>
public enum Sensitivity
{
    /// <summary>Shown as it is.</summary>
    None,

    /// <summary>A PAN: at most first six and last four digits are shown.</summary>
    Pan,

    /// <summary>Track data, PIN block, keys: only the length is shown.</summary>
    Secret,

    /// <summary>BER-TLV card data: objects with account data are starred, in one-line forms the whole.</summary>
    CardData,
}
