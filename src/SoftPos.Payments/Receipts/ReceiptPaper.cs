using System.Globalization;
using System.Text;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>Whose copy of a receipt it is.</summary>
public enum ReceiptCopy
{
    /// <summary>The cardholder's.</summary>
    Customer,

    /// <summary>The merchant's: also shows what disputes are settled with.</summary>
    Merchant,
}

/// <summary>A line of a receipt.</summary>
/// <param name="Name">Label, in the receipt's language.</param>
/// <param name="Value">Value.</param>
public sealed record ReceiptLine(string Name, string Value);

/// <summary>A receipt as it is printed: masked, in one language, with the address of its page.</summary>
public sealed record ReceiptPaper
{
    /// <summary>Characters of a line on narrow paper.</summary>
    private const int Width = 40;

    /// <summary>Language tag.</summary>
    public required string Language { get; init; }

    /// <summary>Written from right to left.</summary>
    public bool RightToLeft => Language == "ar";

    /// <summary>Name of the merchant.</summary>
    public required string Title { get; init; }

    /// <summary>Lines below the name: store, place, what the merchant puts there.</summary>
    public required IReadOnlyList<string> Head { get; init; }

    /// <summary>Which copy it is.</summary>
    public required string Copy { get; init; }

    /// <summary>Kind and amount.</summary>
    public required ReceiptLine Amount { get; init; }

    /// <summary>The other facts.</summary>
    public required IReadOnlyList<ReceiptLine> Lines { get; init; }

    /// <summary>How it ended, for people.</summary>
    public required string Outcome { get; init; }

    /// <summary>Line at the end.</summary>
    public string? Footer { get; init; }

    /// <summary>Accent colour, <c>#rrggbb</c>.</summary>
    public string? Colour { get; init; }

    /// <summary>Page of the receipt, for the QR code.</summary>
    public required Uri Page { get; init; }

    /// <summary>Makes the receipt of a payment.</summary>
    public static async Task<ReceiptPaper> OfAsync(
        Database database, PaymentRecord payment, ReceiptCopy copy, string language, Uri page, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        MerchantRecord? merchant = await database.Merchants.FindAsync(payment.MerchantId, cancellation).ConfigureAwait(false);
        string? storeId = await database.MerchantParts.StoreOfTerminalAsync(payment.TerminalId, cancellation).ConfigureAwait(false);
        Store? store = storeId is null ? null : await database.MerchantParts.FindStoreAsync(payment.MerchantId, storeId, cancellation).ConfigureAwait(false);
        return Of(payment, merchant, store, copy, language, page);
    }

    /// <summary>Makes the receipt of a payment from what was read.</summary>
    public static ReceiptPaper Of(PaymentRecord payment, MerchantRecord? merchant, Store? store, ReceiptCopy copy, string language, Uri page)
    {
        ArgumentNullException.ThrowIfNull(payment);
        string Word(string name) => ReceiptWords.In(language, name);
        return new ReceiptPaper
        {
            Language = language,
            Title = merchant?.Name ?? payment.MerchantId,
            Head = [.. new[] { store?.Name, store?.Address ?? (merchant is null ? null : $"{merchant.City}, {merchant.Country}"), merchant?.Branding?.Header }
                .OfType<string>()],
            Copy = Word(copy == ReceiptCopy.Merchant ? "merchantCopy" : "customerCopy"),
            Amount = new ReceiptLine(Word(KindOf(payment)), Receipt.Money(payment.StandingMinor, payment.Currency)),
            Lines = [.. LinesOf(payment, merchant, copy).Where(static l => !string.IsNullOrEmpty(l.Value)).Select(l => new ReceiptLine(Word(l.Name), l.Value!))],
            Outcome = ReasonCatalogue.Get(payment.Reason).TextIn(language),
            Footer = merchant?.Branding?.Footer,
            Colour = merchant?.Branding?.Colour,
            Page = page,
        };
    }

    /// <summary>The receipt for a printer with a fixed pitch.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        void Middle(string line) => text.Append(line.Length < Width ? new string(' ', (Width - line.Length) / 2) : string.Empty).Append(line).Append('\n');
        void Pair(ReceiptLine line)
        {
            int gap = Width - line.Name.Length - line.Value.Length;
            text.Append(line.Name).Append(gap > 0 ? new string(' ', gap) : "\n" + new string(' ', Math.Max(0, Width - line.Value.Length))).Append(line.Value).Append('\n');
        }

        Middle(Title);
        foreach (string line in Head)
        {
            Middle(line);
        }

        Middle(Copy);
        text.Append('\n');
        Pair(Amount);
        foreach (ReceiptLine line in Lines)
        {
            Pair(line);
        }

        text.Append('\n').Append(Outcome).Append('\n');
        if (Footer is not null)
        {
            text.Append('\n');
            Middle(Footer);
        }

        return text.Append('\n').Append(Page).Append('\n').ToString();
    }

    private static IEnumerable<(string Name, string? Value)> LinesOf(PaymentRecord payment, MerchantRecord? merchant, ReceiptCopy copy)
    {
        string? Money(long? minor) => minor is null or 0 ? null : Receipt.Money(minor.Value, payment.Currency);
        yield return ("asked", payment.StandingMinor == payment.AmountMinor ? null : Money(payment.AmountMinor));
        yield return ("tip", Money(payment.TipMinor));
        yield return ("surcharge", Money(payment.SurchargeMinor));
        yield return ("cashback", Money(payment.OtherAmountMinor));
        yield return ("date", (payment.Offline?.TakenAt ?? payment.CreatedAt)
            .UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        yield return ("card", payment.MaskedPan);
        yield return ("application", payment.ApplicationLabel);
        yield return ("authorisation", payment.AuthorisationCode);
        yield return ("reference", payment.RetrievalReference);
        yield return ("terminal", payment.AcquirerTerminalId);
        yield return ("merchant", merchant?.CardAcceptorId);
        yield return ("aid", payment.Aid);
        if (copy == ReceiptCopy.Merchant)
        {
            yield return ("tvr", payment.VerificationResults);
            yield return ("cryptogram", payment.Cryptogram);
            yield return ("verification", payment.CardholderVerification);
            yield return ("response", payment.ResponseCode);
            yield return ("stan", payment.Stan);
            yield return ("original", payment.OriginalReference);
        }
    }

    private static string KindOf(PaymentRecord payment) => payment.Operation switch
    {
        PaymentOperation.Refund => "refund",
        PaymentOperation.PreAuthorisation or PaymentOperation.Increment => payment.State == PaymentState.Completed ? "sale" : "reserved",
        _ => "sale",
    };
}
