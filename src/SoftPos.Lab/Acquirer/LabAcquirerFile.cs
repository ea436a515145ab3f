using System.Globalization;

namespace SoftPos.Lab.Acquirer;

/// <summary>The acquirer's file of a period from the lab's ledger, version 1, as <c>docs/reference/acquirer-file.md</c> gives it.</summary>
public static class LabAcquirerFile
{
    /// <summary>Writes what was approved in the period: charged, reversed or held.</summary>
    /// <param name="originals">Authorisations of the ledger.</param>
    /// <param name="acquirer">Acquiring institution.</param>
    /// <param name="from">Begin of the period.</param>
    /// <param name="to">End of the period, not in it.</param>
    /// <param name="output">Where to.</param>
    public static void Write(IEnumerable<LedgerOriginal> originals, string acquirer, DateTimeOffset from, DateTimeOffset to, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        LedgerOriginal[] rows = [.. originals.Where(original => original.IsApproved && original.First.At >= from && original.First.At < to)];
        output.Write($"H,1,{acquirer},{Time(from)},{Time(to)}\n");
        foreach (LedgerOriginal row in rows)
        {
            string[] cells =
            [
                "D", row.First.Reference ?? string.Empty, row.First.Stan, row.First.Terminal ?? string.Empty, row.First.Merchant ?? string.Empty,
                row.IsRefund ? "refund" : "sale", Number(AmountOf(row)), row.First.Currency ?? string.Empty, StateOf(row), row.First.ApprovalCode ?? string.Empty,
                Time(row.First.At),
            ];
            output.Write(string.Join(',', cells) + "\n");
        }

        long Sum(bool refunds) => rows.Where(row => row.IsRefund == refunds).Sum(static row => row.ChargedMinor);
        output.Write($"T,{Number(rows.Length)},{Number(Sum(false))},{Number(Sum(true))}\n");
    }

    private static string StateOf(LedgerOriginal row) => row.ReversedAt is not null ? "reversed"
        : row.IsIncrement || (row.IsPreAuthorisation && row.AdvisedMinor is null) ? "held" : "charged";

    private static long AmountOf(LedgerOriginal row) =>
        StateOf(row) == "charged" ? row.ChargedMinor : row.First.ApprovedMinor ?? row.First.AmountMinor;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
