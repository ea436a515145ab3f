using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>A batch for bookkeepers: as CSV, and as JSON with the names of an account statement of ISO 20022 (camt.053).</summary>
public static class SettlementExport
{
    private const string Header = "batch,merchant,payment,time,kind,amount,currency,card,reference,authorisation,terminal";

    /// <summary>Writes a line for each payment, refunds below zero; the last line is the sum of each currency.</summary>
    public static async Task WriteCsvAsync(BatchRecord batch, IAsyncEnumerable<PaymentRecord> payments, TextWriter output)
    {
        await output.WriteAsync(Header + "\n").ConfigureAwait(false);
        await foreach (PaymentRecord payment in payments.ConfigureAwait(false))
        {
            string[] cells =
            [
                batch.BatchId, batch.MerchantId, payment.PaymentId.ToString(), Time(payment.CreatedAt), KindOf(payment), Amount(payment), payment.Currency,
                payment.MaskedPan, payment.RetrievalReference ?? string.Empty, payment.AuthorisationCode ?? string.Empty, payment.AcquirerTerminalId,
            ];
            await output.WriteAsync(string.Join(',', cells.Select(Quoted)) + "\n").ConfigureAwait(false);
        }

        foreach (BatchTotal total in batch.Totals)
        {
            string net = Receipt.Amount(total.NetMinor, total.Currency);
            await output.WriteAsync($"{Quoted(batch.BatchId)},{Quoted(batch.MerchantId)},total,{Time(batch.ClosedAt)},net,{net},{total.Currency},,,,\n")
                .ConfigureAwait(false);
        }
    }

    /// <summary>The batch as one JSON object.</summary>
    public static async Task<JsonObject> ToJsonAsync(BatchRecord batch, IAsyncEnumerable<PaymentRecord> payments)
    {
        JsonArray entries = [];
        await foreach (PaymentRecord payment in payments.ConfigureAwait(false))
        {
            entries.Add(new JsonObject
            {
                ["NtryRef"] = payment.PaymentId.ToString(),
                ["Amt"] = new JsonObject { ["Ccy"] = payment.Currency, ["Value"] = Receipt.Amount(payment.StandingMinor, payment.Currency) },
                ["CdtDbtInd"] = payment.Operation == PaymentOperation.Refund ? "DBIT" : "CRDT",
                ["Sts"] = "BOOK",
                ["BookgDt"] = Time(batch.ClosedAt),
                ["AcctSvcrRef"] = payment.RetrievalReference,
                ["CardTx"] = new JsonObject
                {
                    ["PlainCardData"] = payment.MaskedPan, ["AuthstnCd"] = payment.AuthorisationCode, ["POI"] = payment.AcquirerTerminalId,
                    ["TxDtTm"] = Time(payment.CreatedAt), ["Kind"] = KindOf(payment),
                },
            });
        }

        return new JsonObject
        {
            ["Stmt"] = new JsonObject
            {
                ["Id"] = batch.BatchId,
                ["ElctrncSeqNb"] = batch.Number,
                ["CreDtTm"] = Time(batch.ClosedAt),
                ["Acct"] = new JsonObject { ["Id"] = batch.MerchantId, ["Svcr"] = batch.Acquirer },
                ["TxsSummry"] = new JsonArray([.. batch.Totals.Select(static total => (JsonNode)new JsonObject
                {
                    ["Ccy"] = total.Currency,
                    ["TtlCdtNtries"] = new JsonObject { ["NbOfNtries"] = total.SaleCount, ["Sum"] = Receipt.Amount(total.SaleMinor, total.Currency) },
                    ["TtlDbtNtries"] = new JsonObject { ["NbOfNtries"] = total.RefundCount, ["Sum"] = Receipt.Amount(total.RefundMinor, total.Currency) },
                    ["TtlNetNtryAmt"] = Receipt.Amount(total.NetMinor, total.Currency),
                })]),
                ["Ntry"] = entries,
            },
        };
    }

    private static string KindOf(PaymentRecord payment) => payment.Operation switch
    {
        PaymentOperation.Refund => "refund",
        PaymentOperation.PreAuthorisation => "completion",
        _ => "sale",
    };

    private static string Amount(PaymentRecord payment) =>
        Receipt.Amount(payment.Operation == PaymentOperation.Refund ? -payment.StandingMinor : payment.StandingMinor, payment.Currency);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe before it, negative amounts apart.</summary>
    private static string Quoted(string cell)
    {
        bool formula = cell is ['=' or '@' or '+', ..] || (cell is ['-', var next, ..] && !char.IsAsciiDigit(next));
        string safe = formula ? "'" + cell : cell;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
