using System.Globalization;

namespace SoftPos.Payments;

/// <summary>How a payment stands at the acquirer.</summary>
public enum AcquirerState
{
    /// <summary>The cardholder is charged, or gets the refund.</summary>
    Charged,

    /// <summary>Was approved and taken back.</summary>
    Reversed,

    /// <summary>An amount is held and nothing is charged.</summary>
    Held,
}

/// <summary>One payment in the acquirer's file.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Reference">DE 37.</param>
/// <param name="Stan">DE 11.</param>
/// <param name="Terminal">DE 41.</param>
/// <param name="Merchant">DE 42.</param>
/// <param name="IsRefund">Money goes to the cardholder.</param>
/// <param name="AmountMinor">Charged or held amount in minor units.</param>
/// <param name="Currency">ISO 4217 numeric currency.</param>
/// <param name="State">How it stands.</param>
/// <param name="AuthorisationCode">DE 38.</param>
/// <param name="At">When it was authorised.</param>
public sealed record AcquirerRow(
    int Line, string Reference, string Stan, string Terminal, string Merchant, bool IsRefund, long AmountMinor, string Currency, AcquirerState State,
    string AuthorisationCode, DateTimeOffset At);

/// <summary>The acquirer's file of a period, version 1, as <c>docs/reference/acquirer-file.md</c> gives it.</summary>
/// <param name="Acquirer">Acquiring institution.</param>
/// <param name="From">Begin of the period.</param>
/// <param name="To">End of the period, not in it.</param>
/// <param name="Rows">Payments that the acquirer approved within the period.</param>
public sealed record AcquirerFile(string Acquirer, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<AcquirerRow> Rows)
{
    /// <summary>Rows of one file: a merchant acquirer's day fits; what is larger comes in parts.</summary>
    public const int MaxRows = 500_000;

    private const int HeaderCells = 5, RowCells = 11, TrailerCells = 4;

    /// <summary>Reads a file; false with the line and the rule of the first fault. A file without its trailer was torn and is refused.</summary>
    public static bool TryRead(TextReader text, out AcquirerFile? file, out string fault)
    {
        file = null;
        (string Acquirer, DateTimeOffset From, DateTimeOffset To)? header = null;
        List<AcquirerRow> rows = [];
        bool ended = false;
        for (int line = 1; text.ReadLine() is { } content; line++)
        {
            string[] cells = content.TrimEnd('\r').Split(',');
            fault = cells[0] switch
            {
                _ when ended => "nothing stands after the trailer",
                "H" when header is null => TakeHeader(cells, out header),
                "D" when header is not null => TakeRow(cells, line, rows),
                "T" when header is not null => TakeTrailer(cells, rows, out ended),
                _ => "expected one header H, then payments D, then one trailer T",
            };
            if (fault.Length > 0)
            {
                fault = string.Create(CultureInfo.InvariantCulture, $"line {line}: {fault}");
                return false;
            }
        }

        fault = ended ? string.Empty : "the trailer T is missing";
        file = ended ? new AcquirerFile(header!.Value.Acquirer, header.Value.From, header.Value.To, rows) : null;
        return ended;
    }

    private static string TakeHeader(string[] cells, out (string, DateTimeOffset, DateTimeOffset)? header)
    {
        header = null;
        if (cells.Length != HeaderCells || cells[1] != "1")
        {
            return "a header is H,1,acquirer,from,to";
        }

        if (!TryTime(cells[3], out DateTimeOffset from) || !TryTime(cells[4], out DateTimeOffset to) || from >= to)
        {
            return "from and to are times such as 2026-11-24T00:00:00.000Z, in this order";
        }

        header = (cells[2], from, to);
        return string.Empty;
    }

    private static string TakeRow(string[] cells, int line, List<AcquirerRow> rows)
    {
        if (cells.Length != RowCells)
        {
            return $"a payment has {RowCells} cells";
        }

        if (rows.Count >= MaxRows)
        {
            return $"more than {MaxRows} payments";
        }

        bool kind = cells[5] is "sale" or "refund";
        bool amount = long.TryParse(cells[6], NumberStyles.None, CultureInfo.InvariantCulture, out long minor);
        AcquirerState? state = cells[8] switch
        {
            "charged" => AcquirerState.Charged, "reversed" => AcquirerState.Reversed, "held" => AcquirerState.Held, _ => null,
        };
        bool currency = cells[7] is { Length: 3 } code && code.All(char.IsAsciiDigit);
        bool time = TryTime(cells[10], out DateTimeOffset at);
        string? fault = !kind ? "kind is sale or refund" : !amount ? "the amount is in minor units" : !currency ? "the currency has three digits"
            : state is null ? "state is charged, reversed or held" : !time ? "the last cell is a time" : cells[1].Length == 0 ? "the reference is empty" : null;
        if (fault is not null)
        {
            return fault;
        }

        rows.Add(new AcquirerRow(line, cells[1], cells[2], cells[3], cells[4], cells[5] == "refund", minor, cells[7], state!.Value, cells[9], at));
        return string.Empty;
    }

    private static string TakeTrailer(string[] cells, List<AcquirerRow> rows, out bool ended)
    {
        long Sum(bool refunds) => rows.Where(row => row.IsRefund == refunds && row.State == AcquirerState.Charged).Sum(static row => row.AmountMinor);
        string[] expected = [.. new[] { rows.Count, Sum(false), Sum(true) }.Select(static n => n.ToString(CultureInfo.InvariantCulture))];
        ended = cells.Length == TrailerCells && cells.AsSpan(1).SequenceEqual(expected);
        return ended ? string.Empty : $"the trailer does not fit: the payments give T,{string.Join(',', expected)}";
    }

    private static bool TryTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
