namespace SoftPos.Iso7816;

/// <summary>What is wrong with a BER-TLV or DOL encoding.</summary>
public enum TlvFaultKind
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The data ends inside a tag.</summary>
    TagTruncated,

    /// <summary>A tag has more than four bytes.</summary>
    TagTooLong,

    /// <summary>The data ends before or inside a length.</summary>
    LengthTruncated,

    /// <summary>The length is indefinite (80), which EMV does not know.</summary>
    LengthIndefinite,

    /// <summary>The length has more than three bytes after the first.</summary>
    LengthTooLong,

    /// <summary>The data ends inside a value.</summary>
    ValueTruncated,

    /// <summary>Templates are nested deeper than the limit.</summary>
    TooDeep,

    /// <summary>There are more objects than the limit.</summary>
    TooMany,
}

/// <summary>A fault of an encoding, with the offset of the byte where reading stopped making sense.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Offset">Offset in bytes from the start of the outermost data.</param>
public readonly record struct TlvFault(TlvFaultKind Kind, int Offset)
{
    /// <summary>No fault.</summary>
    public static TlvFault None => default;

    /// <summary>True when there is a fault.</summary>
    public bool IsFault => Kind is not TlvFaultKind.None;

    /// <summary>The fault in words, without any of the data.</summary>
    public string Text => Kind switch
    {
        TlvFaultKind.None => "no fault",
        TlvFaultKind.TagTruncated => "the data ends inside a tag",
        TlvFaultKind.TagTooLong => "tag longer than 4 bytes",
        TlvFaultKind.LengthTruncated => "the data ends where a length is expected",
        TlvFaultKind.LengthIndefinite => "indefinite length (80) is not allowed in EMV",
        TlvFaultKind.LengthTooLong => "length field longer than 4 bytes",
        TlvFaultKind.ValueTruncated => "the value is longer than the data that is left",
        TlvFaultKind.TooDeep => "templates nested too deep",
        TlvFaultKind.TooMany => "too many data objects",
        _ => Kind.ToString(),
    };
}
