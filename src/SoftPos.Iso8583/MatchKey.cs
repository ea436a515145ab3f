namespace SoftPos.Iso8583;

/// <summary>
/// What pairs an answer with its request: the exchange (request, repeat and answer fold together) and the fields of the dialect for that
/// message class, usually 7, 11 and 41, for network messages 7 and 11 because many hosts do not echo 41 there.
/// </summary>
public readonly record struct MatchKey
{
    private readonly string? _text;

    private MatchKey(string text) => _text = text;

    /// <summary>Key of a message that was read.</summary>
    public static MatchKey Of(Iso8583View message)
    {
        Iso8583Dialect dialect = message.Dialect;
        IReadOnlyList<int> fields = dialect.MatchFields(message.Type.Class);
        string[] parts = new string[fields.Count + 1];
        parts[0] = message.Type.Exchange.ToString();
        for (int i = 0; i < fields.Count; i++)
        {
            parts[i + 1] = message.Text(fields[i]) ?? string.Empty;
        }

        return new MatchKey(string.Join('|', parts));
    }

    /// <summary>Key of a message that is being built.</summary>
    public static MatchKey Of(Iso8583Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        IEnumerable<string> parts = message.Dialect.MatchFields(message.Type.Class).Select(field => message[field] ?? string.Empty);
        return new MatchKey(string.Join('|', parts.Prepend(message.Type.Exchange.ToString())));
    }

    /// <summary>Exchange and values; none of them is sensitive.</summary>
    public override string ToString() => _text ?? string.Empty;
}
