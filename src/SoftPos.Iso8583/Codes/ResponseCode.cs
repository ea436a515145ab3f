namespace SoftPos.Iso8583;

/// <summary>What an answer to a request means for the payment.</summary>
public enum AnswerClass
{
    /// <summary>Approved.</summary>
    Approved,

    /// <summary>Approved for a lower amount (DE 4 of the answer).</summary>
    PartlyApproved,

    /// <summary>Declined.</summary>
    Declined,

    /// <summary>The outcome is not known: reverse.</summary>
    Unknown,

    /// <summary>A reversal, reconciliation, file or network message was accepted.</summary>
    Accepted,
}

/// <summary>What to do beside the class.</summary>
public enum AnswerHint
{
    /// <summary>Nothing more.</summary>
    None,

    /// <summary>Worth another try later.</summary>
    RetryLater,

    /// <summary>Ask for the PIN and send again.</summary>
    AskPin,

    /// <summary>Contactless: ask for the PIN on a single tap, or for another interface.</summary>
    AskPinOrInsert,

    /// <summary>The merchant may call the issuer.</summary>
    Call,

    /// <summary>Approved with a note: signature or identification.</summary>
    Identify,

    /// <summary>Never tell the reason to the cardholder or the shop (lost, stolen, pick up).</summary>
    NeutralText,

    /// <summary>The merchant's set-up at the acquirer is wrong.</summary>
    OperatorFault,

    /// <summary>Our message or our keys are wrong: raise an alarm.</summary>
    Alert,

    /// <summary>Compare with our own journal before doing anything.</summary>
    CompareJournal,
}

/// <summary>How a reversal was answered.</summary>
public enum ReversalAnswer
{
    /// <summary>Done, or done before: it ends here.</summary>
    Acknowledged,

    /// <summary>The host does not know the original: it ends here where the acquirer's rules say so.</summary>
    OriginalUnknown,

    /// <summary>Repeat it.</summary>
    NotAcknowledged,
}

/// <summary>
/// One value of DE 39: two characters in 1987, three digits in 1993, four in 2003. A code that the table does not know is declined for a
/// request and not acknowledged for a reversal.
/// </summary>
/// <param name="Code">The value of DE 39.</param>
/// <param name="Class">Meaning for the payment.</param>
/// <param name="Hint">What else to do.</param>
/// <param name="Meaning">For operators; never shown to a cardholder.</param>
public sealed record ResponseCode(string Code, AnswerClass Class, AnswerHint Hint, string Meaning)
{
    private static readonly Dictionary<string, ResponseCode> Table = Read();

    /// <summary>Every code of a version (0 for 1987, 1 for 1993), in the order of the table.</summary>
    public static IReadOnlyList<ResponseCode> All(int version) => [.. Table.Values.Where(code => code.Code.Length == version + 2)];

    /// <summary>Looks a value up; never fails.</summary>
    public static ResponseCode Of(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return Table.TryGetValue(code, out ResponseCode? known)
            ? known
            : code.Length is 3 or 4 && !code.AsSpan().ContainsAnyExceptInRange('0', '9')
                ? OfFirstDigit(code)
                : new ResponseCode(code, AnswerClass.Declined, AnswerHint.None, "unknown code");
    }

    /// <summary>How DE 39 of a reversal's answer is to be taken.</summary>
    public static ReversalAnswer OfReversal(string code) => code switch
    {
        "00" or "000" or "400" or "0000" or "4000" => ReversalAnswer.Acknowledged,
        "25" or "914" => ReversalAnswer.OriginalUnknown,
        _ => ReversalAnswer.NotAcknowledged,
    };

    private static ResponseCode OfFirstDigit(string code) => code[0] switch
    {
        '0' => new(code, AnswerClass.Approved, AnswerHint.None, "approved"),
        '2' => new(code, AnswerClass.Declined, AnswerHint.NeutralText, "declined, pick up"),
        '4' or '5' or '8' => new(code, AnswerClass.Accepted, AnswerHint.None, "accepted"),
        _ => new(code, AnswerClass.Declined, AnswerHint.None, "declined"),
    };

    private static Dictionary<string, ResponseCode> Read()
    {
        using Stream stream = typeof(ResponseCode).Assembly.GetManifestResourceStream("SoftPos.Iso8583.Codes.response-codes.tsv")!;
        using StreamReader reader = new(stream);
        Dictionary<string, ResponseCode> codes = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                string[] cells = line.Split('\t');
                codes.Add(cells[0], new ResponseCode(cells[0], Enum.Parse<AnswerClass>(cells[1]), Enum.Parse<AnswerHint>(cells[2]), cells[3]));
            }
        }

        return codes;
    }
}
