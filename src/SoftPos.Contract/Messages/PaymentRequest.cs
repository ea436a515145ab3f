using System.Formats.Cbor;

namespace SoftPos.Contract;

/// <summary>
/// One payment: what the merchant asked, what the card answered, and the account data sealed under an AES DUKPT data key. Signed by the
/// device key. The PAN in clear is never in it.
/// </summary>
public sealed record PaymentRequest
{
    /// <summary>Largest DE 55 content (ISO 8583 LLL binary field).</summary>
    public const int MaxEmvData = 255;

    /// <summary>Largest sealed account data.</summary>
    public const int MaxSealed = 512;

    /// <summary>UUIDv7 made by the terminal: the payment's identity and its idempotency key.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>Attestation result for this tap.</summary>
    public required byte[] ResultToken { get; init; }

    /// <summary>Amount in minor units, 9F02.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>ISO 4217 numeric currency, 3 digits, 5F2A.</summary>
    public required string Currency { get; init; }

    /// <summary>The two digits of 9C as a number: 0 purchase, 9 purchase with cash back, 20 refund.</summary>
    public required byte TransactionType { get; init; }

    /// <summary>What the merchant does.</summary>
    public PaymentOperation Operation { get; init; }

    /// <summary>Payment that a refund gives back; null for any other operation and for an unlinked refund.</summary>
    public Guid? OriginalPaymentId { get; init; }

    /// <summary>Cash back within the amount, 9F03, in minor units.</summary>
    public long OtherAmountMinor { get; init; }

    /// <summary>Tip within the amount, in minor units.</summary>
    public long TipMinor { get; init; }

    /// <summary>Surcharge within the amount, in minor units.</summary>
    public long SurchargeMinor { get; init; }

    /// <summary>The merchant can take an approval of a part and ask the rest otherwise.</summary>
    public bool AcceptsPartialApproval { get; init; }

    /// <summary>12-byte key serial number of the key that sealed the account data.</summary>
    public required byte[] DataKsn { get; init; }

    /// <summary>Account data (BER-TLV 57, 5A, 5F24, 5F34) sealed; associated data is the payment identity.</summary>
    public required byte[] SealedAccountData { get; init; }

    /// <summary>BER-TLV for DE 55; without 57, 5A and 5F20.</summary>
    public required byte[] EmvData { get; init; }

    /// <summary>First six and last four digits, the rest as asterisks.</summary>
    public required string MaskedPan { get; init; }

    /// <summary>Application identifier, 5 to 16 bytes.</summary>
    public required byte[] Aid { get; init; }

    /// <summary>Application label or preferred name.</summary>
    public required string ApplicationLabel { get; init; }

    /// <summary>Kernel identifier.</summary>
    public required int KernelId { get; init; }

    /// <summary>Cardholder verification, as the kernel's outcome names it.</summary>
    public required string CardholderVerification { get; init; }

    /// <summary>12-byte key serial number of the PIN key; null without a PIN.</summary>
    public byte[]? PinKsn { get; init; }

    /// <summary>Enciphered PIN block of format 4, 16 bytes; null without a PIN. Never kept.</summary>
    public byte[]? PinBlock { get; init; }

    /// <summary>Time of the phone at the tap.</summary>
    public required DateTimeOffset DeviceTime { get; init; }

    /// <summary>Version of the reader configuration that the card was read under; 0 for the one that the terminal was built with.</summary>
    public long ReaderConfiguration { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, PaymentId);
            writer.Write(2, ResultToken);
            writer.Write(3, AmountMinor);
            writer.Write(4, Currency);
            writer.Write(5, (long)TransactionType);
            writer.Write(6, DataKsn);
            writer.Write(7, SealedAccountData);
            writer.Write(8, EmvData);
            writer.Write(9, MaskedPan);
            writer.Write(10, Aid);
            writer.Write(11, ApplicationLabel);
            writer.Write(12, (long)KernelId);
            writer.Write(13, CardholderVerification);
            writer.Write(14, DeviceTime);
            WriteOptional(writer);
        },
        14 + OptionalCount).Encode();

    /// <summary>What is not said is not written: the bytes of a plain sale are those of the first version.</summary>
    private int OptionalCount => (Operation == PaymentOperation.Sale ? 0 : 1) + (OriginalPaymentId is null ? 0 : 1)
        + (OtherAmountMinor == 0 ? 0 : 1) + (TipMinor == 0 ? 0 : 1) + (AcceptsPartialApproval ? 1 : 0) + (PinKsn is null ? 0 : 1) + (PinBlock is null ? 0 : 1)
        + (SurchargeMinor == 0 ? 0 : 1) + (ReaderConfiguration == 0 ? 0 : 1);

    private void WriteOptional(CborWriter writer)
    {
        if (Operation != PaymentOperation.Sale)
        {
            writer.Write(20, (long)Operation);
        }

        if (OriginalPaymentId is { } original)
        {
            writer.Write(21, original);
        }

        if (OtherAmountMinor != 0)
        {
            writer.Write(22, OtherAmountMinor);
        }

        if (TipMinor != 0)
        {
            writer.Write(23, TipMinor);
        }

        if (AcceptsPartialApproval)
        {
            writer.Write(24, 1L);
        }

        if (PinKsn is not null)
        {
            writer.Write(25, PinKsn);
        }

        if (PinBlock is not null)
        {
            writer.Write(26, PinBlock);
        }

        if (SurchargeMinor != 0)
        {
            writer.Write(SurchargeField, SurchargeMinor);
        }

        if (ReaderConfiguration != 0)
        {
            writer.Write(ReaderConfigurationField, ReaderConfiguration);
        }
    }

    /// <summary>Decodes; false for anything malformed, incomplete or over its bounds, naming the first field at fault.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out PaymentRequest request, out string fault)
    {
        PaymentReader fields = new();
        request = null!;
        fault = CborMap.TryRead(payload, fields.Read) ? fields.Fault : "payload";
        if (fault.Length != 0)
        {
            return false;
        }

        request = fields.ToRequest();
        return true;
    }

    private const long SurchargeField = 27, ReaderConfigurationField = 40;

    private sealed class PaymentReader
    {
        private readonly Dictionary<long, object> _values = [];

        public string Fault
        {
            get
            {
                (string Name, bool Good)[] checks =
                [
                    ("paymentId", Get<Guid>(1) is { Version: 7 }),
                    ("resultToken", Bytes(2, 1, Contract.ResultToken.MaxLength)),
                    ("amountMinor", Get<long?>(3) is >= 0 and <= 999_999_999_999),
                    ("currency", Get<string>(4) is { Length: 3 } currency && currency.All(char.IsAsciiDigit)),
                    ("transactionType", Get<long?>(5) is >= 0 and <= 99),
                    ("dataKsn", Bytes(6, 12, 12)),
                    ("sealedAccountData", Bytes(7, 1, MaxSealed)),
                    ("emvData", Bytes(8, 1, MaxEmvData)),
                    ("maskedPan", Get<string>(9) is { Length: >= 8 and <= 19 } pan && pan.Count(char.IsAsciiDigit) <= 10),
                    ("aid", Bytes(10, 5, 16)),
                    ("applicationLabel", Get<string>(11) is { Length: <= 32 }),
                    ("kernelId", Get<long?>(12) is >= 0 and <= 255),
                    ("cardholderVerification", Get<string>(13) is { Length: <= 32 }),
                    ("deviceTime", Get<DateTimeOffset?>(14) is not null),
                    ("operation", (Get<long?>(20) ?? 0) is >= 0 and <= (long)PaymentOperation.Refund),
                    ("otherAmountMinor", Part(22)),
                    ("tipMinor", Part(23)),
                    ("surchargeMinor", Part(SurchargeField)),
                    ("acceptsPartialApproval", (Get<long?>(24) ?? 0) is 0 or 1),
                    ("pinKsn", Get<byte[]>(25) is null or { Length: 12 }),
                    ("pinBlock", Get<byte[]>(26) is null or { Length: 16 } && Get<byte[]>(25) is null == Get<byte[]>(26) is null),
                    ("readerConfiguration", (Get<long?>(ReaderConfigurationField) ?? 0) >= 0),
                ];
                return Array.Find(checks, check => !check.Good).Name ?? string.Empty;
            }
        }

        public bool Read(long key, CborReader reader)
        {
            switch (key)
            {
                case 1 or 21: _values[key] = CborMap.ReadGuid(reader); return true;
                case 2 or 6 or 7 or 8 or 10 or 25 or 26: _values[key] = reader.ReadByteString(); return true;
                case 3 or 5 or 12 or 20 or 22 or 23 or 24 or SurchargeField or ReaderConfigurationField:
                    _values[key] = reader.ReadInt64(); return true;
                case 4 or 9 or 11 or 13: _values[key] = reader.ReadTextString(); return true;
                case 14: _values[key] = CborMap.ReadTime(reader); return true;
                default: return false;
            }
        }

        public PaymentRequest ToRequest() => new()
        {
            PaymentId = Get<Guid>(1),
            ResultToken = Get<byte[]>(2)!,
            AmountMinor = Get<long>(3),
            Currency = Get<string>(4)!,
            TransactionType = (byte)Get<long>(5),
            DataKsn = Get<byte[]>(6)!,
            SealedAccountData = Get<byte[]>(7)!,
            EmvData = Get<byte[]>(8)!,
            MaskedPan = Get<string>(9)!,
            Aid = Get<byte[]>(10)!,
            ApplicationLabel = Get<string>(11)!,
            KernelId = (int)Get<long>(12),
            CardholderVerification = Get<string>(13)!,
            DeviceTime = Get<DateTimeOffset>(14),
            Operation = (PaymentOperation)(Get<long?>(20) ?? 0),
            OriginalPaymentId = Get<Guid?>(21),
            OtherAmountMinor = Get<long?>(22) ?? 0,
            TipMinor = Get<long?>(23) ?? 0,
            SurchargeMinor = Get<long?>(SurchargeField) ?? 0,
            AcceptsPartialApproval = Get<long?>(24) == 1,
            PinKsn = Get<byte[]>(25),
            PinBlock = Get<byte[]>(26),
            ReaderConfiguration = Get<long?>(ReaderConfigurationField) ?? 0,
        };

        /// <summary>A part of the amount is no more than the whole.</summary>
        private bool Part(long key) => (Get<long?>(key) ?? 0) is >= 0 and var part && part <= (Get<long?>(3) ?? 0);

        private T? Get<T>(long key) => _values.TryGetValue(key, out object? value) ? (T)value : default;

        private bool Bytes(long key, int least, int most) => Get<byte[]>(key) is { } bytes && bytes.Length >= least && bytes.Length <= most;
    }
}
