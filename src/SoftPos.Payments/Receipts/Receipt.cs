using System.Globalization;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>Receipt lines: what schemes ask on a contactless receipt, masked.</summary>
internal static class Receipt
{
    public static IReadOnlyList<string> Lines(PaymentRecord payment, MerchantRecord? merchant)
    {
        List<string> lines = [];
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                lines.Add($"{name}: {value}");
            }
        }

        lines.Add(merchant?.Name ?? payment.MerchantId);
        Add("City", merchant is null ? null : $"{merchant.City}, {merchant.Country}");
        Add("Merchant", merchant?.CardAcceptorId);
        Add("Terminal", payment.AcquirerTerminalId);
        Add("Date", (payment.Offline?.TakenAt ?? payment.CreatedAt)
            .UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        AddAmounts(payment, Add);
        Add("Card", payment.MaskedPan);
        Add("Application", payment.ApplicationLabel);
        Add("AID", payment.Aid);
        Add("TVR", payment.VerificationResults);
        Add("Cryptogram", payment.Cryptogram);
        Add("Cardholder verification", payment.CardholderVerification);
        Add("Authorisation", payment.AuthorisationCode);
        Add("Response", payment.ResponseCode);
        Add("RRN", payment.RetrievalReference);
        Add("STAN", payment.Stan);
        lines.Add(ReasonCatalogue.Get(payment.Reason).TextIn("en"));
        return lines;
    }

    private static void AddAmounts(PaymentRecord payment, Action<string, string?> add)
    {
        string Money(long minor) => Receipt.Money(minor, payment.Currency);
        string name = payment.Operation switch
        {
            PaymentOperation.Refund => "Refund",
            PaymentOperation.PreAuthorisation => "Reserved",
            PaymentOperation.Increment => "Reserved in addition",
            _ => "Sale",
        };
        add(name, Money(payment.AmountMinor));
        add("Tip within", payment.TipMinor == 0 ? null : Money(payment.TipMinor));
        add("Surcharge within", payment.SurchargeMinor == 0 ? null : Money(payment.SurchargeMinor));
        add("Cash back within", payment.OtherAmountMinor == 0 ? null : Money(payment.OtherAmountMinor));
        add("Approved", payment.ApprovedMinor is { } approved ? Money(approved) : null);
        add("Remaining", payment.ApprovedMinor is { } part ? Money(payment.AmountMinor - part) : null);
        add("Tip after", payment is { FinalMinor: { } adjusted, Operation: PaymentOperation.Sale } ? Money(adjusted - payment.AmountMinor) : null);
        add("Charged", payment.FinalMinor is { } final ? Money(final) : null);
        add("Original", payment.OriginalReference);
    }

    /// <summary>An amount with its currency.</summary>
    internal static string Money(long minor, string currency) => $"{Amount(minor, currency)} {Currencies.Letters(currency)}";

    /// <summary>Minor units as a decimal number, by the exponent of ISO 4217.</summary>
    internal static string Amount(long minor, string currency)
    {
        int exponent = Currencies.Exponent(currency);
        decimal major = minor / (decimal)Math.Pow(10, exponent);
        return major.ToString("F" + exponent.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
