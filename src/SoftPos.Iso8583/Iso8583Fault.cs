using System.Globalization;

namespace SoftPos.Iso8583;

/// <summary>
/// One fault of a message: where and which rule. Never carries a value, because the value may be a PAN, a track or a PIN block.
/// </summary>
/// <param name="Field">The field: <c>header</c>, <c>mti</c>, <c>bitmap</c>, a number, or a path such as <c>55.9F26</c> or <c>127.25</c>.</param>
/// <param name="Offset">Byte offset in the message (decode) or in the given value (encode).</param>
/// <param name="Rule">The broken rule.</param>
/// <param name="Expected">What the rule asks for, in units of the field (characters, digits or bytes).</param>
/// <param name="Actual">What was there, in the same units.</param>
public readonly record struct Iso8583Fault(string Field, int Offset, Iso8583Rule Rule, int Expected = 0, int Actual = 0)
{
    /// <summary>The fault in words: field, offset and rule.</summary>
    public string Message => string.Create(CultureInfo.InvariantCulture, $"field {Field} at offset {Offset}: {RuleText}");

    private string RuleText => Rule switch
    {
        Iso8583Rule.Truncated => $"expected {Expected}, {Actual} left",
        Iso8583Rule.PrefixTruncated => $"length prefix of {Expected} bytes expected, {Actual} left",
        Iso8583Rule.PrefixNotNumeric => "length prefix is not decimal in the encoding of the dialect",
        Iso8583Rule.PrefixOdd => $"length prefix counts {Actual}, which does not make whole bytes",
        Iso8583Rule.TooLong => $"length {Actual} exceeds the maximum of {Expected}",
        Iso8583Rule.TooShort => $"length {Actual} is below the minimum of {Expected}",
        Iso8583Rule.WrongLength => $"length {Actual}, expected exactly {Expected}",
        Iso8583Rule.LengthDoesNotFit => $"length {Actual} does not fit into the length prefix (largest {Expected})",
        Iso8583Rule.InvalidCharacter => "character outside the character set of the field",
        Iso8583Rule.InvalidFill => "the filling nibble is not the one of the dialect",
        Iso8583Rule.NotHexadecimal => "expected hexadecimal digits",
        Iso8583Rule.OddHexadecimal => "expected an even number of hexadecimal digits",
        Iso8583Rule.UndefinedField => "the dialect does not define this field",
        Iso8583Rule.TrailingBytes => $"{Actual} bytes are left after the last field",
        Iso8583Rule.MessageType => "expected a message type of four digits",
        Iso8583Rule.MessageTooLong => $"message of {Actual} bytes, at most {Expected} are taken",
        Iso8583Rule.Structure => "the inner structure is broken",
        Iso8583Rule.Duplicate => "stands twice",
        Iso8583Rule.Missing => "missing in this message type",
        Iso8583Rule.Unexpected => "not expected in this message type",
        Iso8583Rule.Inconsistent => "does not agree with another field",
        _ => "no fault",
    };

    /// <inheritdoc/>
    public override string ToString() => Message;
}

/// <summary>A value given to a message breaks a rule of its dialect. The text names field and rule, never the value.</summary>
public sealed class Iso8583Exception(Iso8583Fault fault) : FormatException(fault.Message)
{
    /// <summary>The broken rule and where.</summary>
    public Iso8583Fault Fault { get; } = fault;
}
