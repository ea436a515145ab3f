using System.Globalization;
using SoftPos.Contract;
using SoftPos.Iso7816;

namespace SoftPos.Payments;

/// <summary>What the card agreed to: the terminal's BER-TLV for DE 55, checked against what the merchant asked.</summary>
internal sealed class EmvData
{
    private const uint Amount = 0x9F02, OtherAmount = 0x9F03, Currency = 0x5F2A, TransactionType = 0x9C, Cryptogram = 0x9F26, VerificationResults = 0x95, Country = 0x9F1A;

    /// <summary>Account data and what is derived from it: must come sealed, never here.</summary>
    private static readonly uint[] Forbidden = [0x57, 0x5A, 0x5F20, 0x5F24, 0x56, 0x9F6B, 0x9F1F, 0x9F20, 0x99];

    /// <summary>Tags that go to the acquirer, in the order of card-to-acquirer tables (ISO 8583 practice, DE 55).</summary>
    private static readonly uint[] Sent =
    [
        0x9F26, 0x9F27, 0x9F10, 0x9F37, 0x9F36, 0x95, 0x9A, 0x9C, 0x9F02, 0x9F03, 0x5F2A, 0x82, 0x9F1A, 0x9F33, 0x9F34, 0x9F35, 0x9F1E, 0x84, 0x9F06,
        0x9F09, 0x5F34, 0x9F6E, 0x9F7C, 0x9F66, 0x9F6C, 0x9F24, 0x9F41, 0x9F71, 0x9F50, 0x9F63, 0x9F74,
    ];

    private readonly TlvMap _map;

    private EmvData(TlvMap map) => _map = map;

    /// <summary>95 as upper-case hex, or empty.</summary>
    public string VerificationResultsText => Hex(VerificationResults);

    /// <summary>9F26 as upper-case hex, or empty.</summary>
    public string CryptogramText => Hex(Cryptogram);

    /// <summary>Value of a tag, or null.</summary>
    public byte[]? this[uint tag] => _map[tag];

    /// <summary>A cryptogram is there: EMV mode, else magnetic-stripe mode.</summary>
    public bool HasCryptogram => _map.Contains(Cryptogram);

    /// <summary>9F1A, the last three digits, or null.</summary>
    public string? CountryCode => _map[Country] is { Length: 2 } code ? Convert.ToHexString(code)[1..] : null;

    /// <summary>Reads and checks against the request; a refusal when it does not hold together.</summary>
    public static EmvData? Read(PaymentRequest request, out PaymentRefusal? refusal)
    {
        refusal = null;
        if (!TlvMap.TryParse(request.EmvData, out TlvMap? map, out TlvFault fault))
        {
            refusal = new PaymentRefusal(ReasonCodes.RequestMalformed, $"emvData, offset {fault.Offset}: {fault.Text}");
            return null;
        }

        if (Array.Find(Forbidden, map.Contains) is var forbidden and not 0)
        {
            refusal = new PaymentRefusal(ReasonCodes.RequestMalformed, $"emvData: {TlvTag.Text(forbidden)} must come sealed");
            return null;
        }

        // What was shown, what the card signed and what the acquirer gets are one number (9F02 = DE 4, 5F2A = DE 49).
        bool amount = Digits(map, Amount, 6) == request.AmountMinor.ToString("D12", CultureInfo.InvariantCulture);
        bool currency = Digits(map, Currency, 2) == "0" + request.Currency;
        bool other = Digits(map, OtherAmount, 6) == request.OtherAmountMinor.ToString("D12", CultureInfo.InvariantCulture)
            || (request.OtherAmountMinor == 0 && !map.Contains(OtherAmount));
        bool type = Digits(map, TransactionType, 1) == request.TransactionType.ToString("D2", CultureInfo.InvariantCulture);
        string? wrong = !amount ? "9F02" : !currency ? "5F2A" : !type ? "9C" : !other ? "9F03" : null;
        if (wrong is not null)
        {
            refusal = new PaymentRefusal(ReasonCodes.AmountMismatch, $"emvData: {wrong} is not what the request says");
            return null;
        }

        return new EmvData(map);
    }

    /// <summary>Content of DE 55: each tag once, definite lengths, fixed order.</summary>
    public byte[] Encode() => _map.Encode(Sent);

    private static string? Digits(TlvMap map, uint tag, int length) =>
        map[tag] is { } value && value.Length == length ? Convert.ToHexString(value) : null;

    private string Hex(uint tag) => _map[tag] is { } value ? Convert.ToHexString(value) : string.Empty;
}
