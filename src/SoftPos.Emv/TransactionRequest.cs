using SoftPos.Iso7816;

namespace SoftPos.Emv;

/// <summary>What the merchant does; selects the configuration set and the value of 9C.</summary>
public enum TransactionKind
{
    /// <summary>Goods or services (9C = 00).</summary>
    Purchase,

    /// <summary>Purchase with cash back; the amount includes it (9C = 09).</summary>
    PurchaseWithCashback,

    /// <summary>Cash over the counter (9C = 01).</summary>
    CashAdvance,

    /// <summary>Credit to the cardholder (9C = 20).</summary>
    Refund,
}

/// <summary>One transaction as it is asked for; amounts in minor units of the currency.</summary>
/// <param name="Kind">What the merchant does.</param>
/// <param name="AmountMinor">Amount, at most twelve digits; with cash back included.</param>
/// <param name="Date">Local transaction date (9A).</param>
/// <param name="Time">Local transaction time (9F21).</param>
public sealed record TransactionRequest(TransactionKind Kind, long AmountMinor, DateOnly Date, TimeOnly Time)
{
    /// <summary>Cash back part (9F03).</summary>
    public long OtherAmountMinor { get; init; }

    /// <summary>Currency as ISO 4217 number, such as 978; null takes the currency of the configuration.</summary>
    public int? CurrencyCode { get; init; }

    /// <summary>Transaction sequence counter (9F41), up to eight digits.</summary>
    public int SequenceCounter { get; init; } = 1;

    /// <summary>More terminal data objects for this transaction, such as 9F7C for Mastercard; they win over the configuration.</summary>
    public TlvMap? TerminalObjects { get; init; }

    internal byte TypeCode => Kind switch
    {
        TransactionKind.PurchaseWithCashback => 0x09,
        TransactionKind.CashAdvance => 0x01,
        TransactionKind.Refund => 0x20,
        _ => 0x00,
    };
}
