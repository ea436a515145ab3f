using System.Globalization;
using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Iso7816;
using SoftPos.Iso8583;
using SoftPos.Keys;

namespace SoftPos.Payments;

/// <summary>The 0100 of a payment with a card and the reading of its 0110 (ISO 8583:1987).</summary>
internal static class AuthorisationMessage
{
    /// <summary>Tags of an answer's DE 55 that the kernel has use for: authentication data and issuer scripts.</summary>
    private static readonly uint[] IssuerTags = [0x91, 0x71, 0x72];

    /// <summary>
    /// What a void, a completion or an increment needs of the request. Track, PIN and chip data are not among it: they must not outlive the
    /// authorisation (PCI DSS 3.3).
    /// </summary>
    private static readonly int[] Kept = [2, 3, 4, 7, 11, 12, 13, 14, 18, 19, 22, 23, 25, 32, 33, 37, 41, 42, 43, 49, 62];

    /// <summary>DE 62 of the dialect: DE 37 of the payment that a refund or an increment belongs to.</summary>
    internal const int LinkField = 62;

    /// <summary>Amount types of DE 54.</summary>
    private const string CashBackType = "40", SurchargeType = "44";

    /// <summary>DE 60 of the dialect: why a message comes later than its tap.</summary>
    internal const int DeferredField = 60;

    /// <summary>The terminal could not reach its back end at the tap.</summary>
    internal const string Deferred = "DEFERRED";

    /// <summary>DE 25 of a pre-authorisation.</summary>
    internal const string PreAuthorisedRequest = "06";

    /// <summary>Retrieval reference: last digit of the year, day of the year, hour, STAN.</summary>
    public static string RetrievalReference(DateTimeOffset now, string stan) =>
        string.Create(CultureInfo.InvariantCulture, $"{now.Year % 10}{now.DayOfYear:D3}{now.Hour:D2}{stan}");

    /// <summary>STAN of a sequence number: 000001 to 999999, over and over; the day and hour beside it keep it unique.</summary>
    public static string Stan(long number) => (((number - 1) % 999_999) + 1).ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>DE 7, UTC.</summary>
    public static string TransmissionTime(DateTimeOffset now) => now.UtcDateTime.ToString("MMddHHmmss", CultureInfo.InvariantCulture);

    /// <summary>Builds the message; the caller zeroes the bytes.</summary>
    /// <exception cref="Iso8583Exception">A value does not fit the dialect.</exception>
    public static byte[] Encode(
        AdmittedPayment payment, AccountData account, PaymentOptions options, string stan, string reference, DateTimeOffset now,
        byte[]? pinBlock = null)
    {
        Iso8583Message message = new(options.Dialect, "0100");
        try
        {
            message.Set(2, account.Pan);
            message[3] = payment.Request.TransactionType.ToString("D2", CultureInfo.InvariantCulture) + "0000";
            message[4] = payment.Request.AmountMinor.ToString("D12", CultureInfo.InvariantCulture);
            message[7] = TransmissionTime(now);
            message[11] = stan;
            DateTimeOffset tap = payment.TakenAt ?? now;
            message[12] = tap.UtcDateTime.ToString("HHmmss", CultureInfo.InvariantCulture);
            message[13] = tap.UtcDateTime.ToString("MMdd", CultureInfo.InvariantCulture);
            message[14] = account.Expiry;
            message[18] = payment.Merchant.CategoryCode;
            message[19] = payment.Emv.CountryCode;
            message[22] = EntryMode(payment);
            message[23] = account.SequenceNumber?.ToString("D3", CultureInfo.InvariantCulture);
            message[25] = payment.Request.Operation == PaymentOperation.PreAuthorisation ? PreAuthorisedRequest : "00";
            message[32] = options.AcquiringInstitution;
            if (!account.Track2.IsEmpty)
            {
                message.Set(35, account.Track2);
            }

            message[37] = reference;
            message[41] = payment.Terminal.AcquirerTerminalId;
            message[42] = payment.Merchant.CardAcceptorId;
            message[43] = CardAcceptor(payment.Merchant.Name, payment.Merchant.City, payment.Merchant.Country);
            message[49] = payment.Request.Currency;
            if (pinBlock is not null)
            {
                message.Set(52, pinBlock);
            }

            message[54] = AdditionalAmounts(payment.Request);
            message.Set(55, payment.Emv.Encode());
            message[DeferredField] = payment.TakenAt is null ? null : Deferred;
            message[LinkField] = payment.Original?.RetrievalReference;
            return options.Encode(message);
        }
        finally
        {
            message.Clear();
        }
    }

    /// <summary>The request as it may be kept after its approval; the caller zeroes the bytes.</summary>
    public static byte[] Keep(ReadOnlySpan<byte> request, Iso8583Dialect dialect)
    {
        if (!Iso8583View.TryRead(request, dialect, out Iso8583View sent, out Iso8583Fault fault))
        {
            throw new Iso8583Exception(fault);
        }

        Iso8583Message kept = new(dialect, sent.Type);
        try
        {
            kept.Echo(sent, Kept);
            return kept.Encode();
        }
        finally
        {
            kept.Clear();
        }
    }

    /// <summary>
    /// The 0100 that holds more on a pre-authorisation, from what is kept of it: no card was read, so it has no chip data. The caller zeroes the
    /// bytes.
    /// </summary>
    /// <exception cref="Iso8583Exception">The kept bytes do not read, or a value does not fit the dialect.</exception>
    public static byte[] EncodeIncrement(
        ReadOnlySpan<byte> original, long amountMinor, string originalReference, PaymentOptions options, string stan, string reference, DateTimeOffset now)
    {
        if (!Iso8583View.TryRead(original, options.Dialect, out Iso8583View held, out Iso8583Fault fault))
        {
            throw new Iso8583Exception(fault);
        }

        Iso8583Message message = new(options.Dialect, "0100");
        try
        {
            message.Echo(held, 2, 3, 14, 18, 19, 22, 23, 25, 32, 41, 42, 43, 49);
            message[4] = amountMinor.ToString("D12", CultureInfo.InvariantCulture);
            message[7] = TransmissionTime(now);
            message[11] = stan;
            message[12] = now.UtcDateTime.ToString("HHmmss", CultureInfo.InvariantCulture);
            message[13] = now.UtcDateTime.ToString("MMdd", CultureInfo.InvariantCulture);
            message[37] = reference;
            message[LinkField] = originalReference;
            return options.Encode(message);
        }
        finally
        {
            message.Clear();
        }
    }

    /// <summary>Reads an answer and holds it against the request; null when the bytes are no answer to an authorisation.</summary>
    public static AuthorisationAnswer? Read(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> request, PaymentOptions options)
    {
        if (!Iso8583View.TryRead(request, options.Dialect, out Iso8583View sent, out _)
            || !options.TryRead(answer, out Iso8583View came)
            || came.Type != sent.Type.Response
            || came.Text(39) is not { } code)
        {
            return null;
        }

        AnswerClass meaning = ResponseCode.Of(code).Class;
        int? contradiction = Contradiction(sent, came, meaning);
        return new AuthorisationAnswer(
            contradiction is null ? meaning : AnswerClass.Unknown,
            code,
            came.Text(38)?.Trim(),
            IssuerData(came.Content(55)),
            contradiction,
            long.TryParse(came.Text(4), NumberStyles.None, CultureInfo.InvariantCulture, out long amount) ? amount : null);
    }

    /// <summary>DE 43: name 23, city 13, space, country 2 … in 40 printable characters.</summary>
    internal static string CardAcceptor(string name, string city, string country)
    {
        static string Fit(string text, int length) => new string([.. text.Select(static c => c is >= ' ' and <= '~' ? c : '?').Take(length)]).PadRight(length);
        return $"{Fit(name, 23)}{Fit(city, 13)}{Fit(country, 4)}";
    }

    /// <summary>
    /// DE 54: groups of default account, amount type, currency, debit, amount. 40 is cash back; 44 the surcharge in the lab's dialect,
    /// for which acquirers have codes of their own. Null without either.
    /// </summary>
    private static string? AdditionalAmounts(PaymentRequest request)
    {
        string Group(string type, long minor) =>
            minor == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"00{type}{request.Currency}D{minor:D12}");
        string groups = Group(CashBackType, request.OtherAmountMinor) + Group(SurchargeType, request.SurchargeMinor);
        return groups.Length == 0 ? null : groups;
    }

    private static string EntryMode(AdmittedPayment payment)
    {
        // 07 contactless EMV, 91 contactless magnetic stripe; 1 PIN possible, 2 no PIN entry.
        string entry = payment.Emv.HasCryptogram ? "07" : "91";
        bool pin = payment.Request.CardholderVerification.Contains("PIN", StringComparison.OrdinalIgnoreCase);
        return entry + (pin ? "1" : "2");
    }

    private static int? Contradiction(Iso8583View sent, Iso8583View came, AnswerClass meaning)
    {
        foreach (int field in (ReadOnlySpan<int>)[4, 11, 37, 41, 42, 49])
        {
            bool lowerIsMeant = field == 4 && meaning == AnswerClass.PartlyApproved;
            if (came.Has(field) && !lowerIsMeant && came.Text(field) != sent.Text(field))
            {
                return field;
            }
        }

        return null;
    }

    private static byte[]? IssuerData(byte[]? field)
    {
        if (field is null)
        {
            return null;
        }

        TlvWriter kept = new();
        for (TlvReader reader = new(field); reader.TryRead(out TlvObject item);)
        {
            if (IssuerTags.AsSpan().Contains(item.Tag))
            {
                kept.Write(item.Tag, item.Value);
            }
        }

        byte[] data = kept.ToArray();
        CryptographicOperations.ZeroMemory(field);
        return data.Length == 0 ? null : data;
    }
}
