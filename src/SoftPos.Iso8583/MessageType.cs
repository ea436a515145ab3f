using System.Globalization;

namespace SoftPos.Iso8583;

/// <summary>
/// Message type indicator: version, class, function, originator; four decimal digits (ISO 8583, 4.1). <c>default</c> is 0000.
/// </summary>
public readonly record struct MessageType
{
    private MessageType(int value) => Value = value;

    /// <summary>The four digits as a number, 0 to 9999.</summary>
    public int Value { get; }

    /// <summary>First digit: 0 for 1987, 1 for 1993, 2 for 2003.</summary>
    public int Version => Value / 1000;

    /// <summary>Second digit: 1 authorisation, 2 financial, 3 file action, 4 reversal, 5 reconciliation, 6 administrative, 7 fee, 8 network.</summary>
    public int Class => Value / 100 % 10;

    /// <summary>
    /// Third digit: 0 request, 1 response, 2 advice, 3 advice response, 4 notification, 5 its acknowledgement, 6 instruction,
    /// 7 its acknowledgement.
    /// </summary>
    public int Function => Value / 10 % 10;

    /// <summary>Fourth digit: 0 acquirer, 2 issuer, 4 other; plus one for a repeat.</summary>
    public int Originator => Value % 10;

    /// <summary>An odd originator digit up to 5 marks a repeat (0401, 0421).</summary>
    public bool IsRepeat => Originator is 1 or 3 or 5;

    /// <summary>An odd function digit marks an answer (0110, 0130, 0410, 0430, 0810).</summary>
    public bool IsResponse => Function % 2 == 1;

    /// <summary>Type of the answer: function plus one, originator without the repeat mark (0101 → 0110, 0421 → 0430).</summary>
    /// <exception cref="InvalidOperationException">This is an answer already.</exception>
    public MessageType Response => IsResponse
        ? throw new InvalidOperationException("an answer has no answer")
        : new(Value + 10 - (IsRepeat ? 1 : 0));

    /// <summary>Type of the repeat (0400 → 0401, 0420 → 0421); a repeat is its own repeat.</summary>
    public MessageType Repeat => IsRepeat || Originator > 4 ? this : new(Value + 1);

    /// <summary>Request, repeat and answer of one exchange fold to the same value: function rounded down to even, no repeat mark.</summary>
    public MessageType Exchange => new(Value - (IsResponse ? 10 : 0) - (IsRepeat ? 1 : 0));

    /// <summary>Takes four decimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MessageType type)
    {
        type = default;
        if (text.Length != 4 || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        type = new((text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0');
        return true;
    }

    /// <summary>Takes four decimal digits.</summary>
    /// <exception cref="FormatException">Not four decimal digits.</exception>
    public static MessageType Parse(string text) =>
        TryParse(text, out MessageType type) ? type : throw new FormatException("expected a message type of four digits");

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D4", CultureInfo.InvariantCulture);
}
