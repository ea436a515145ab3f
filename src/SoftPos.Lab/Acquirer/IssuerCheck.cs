using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SoftPos.Cryptography;
using SoftPos.Iso7816;
using SoftPos.Iso8583;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Acquirer;

/// <summary>What the issuer found: the card, and why it declines before the amount is looked at.</summary>
/// <param name="Card">The card, when the number is known.</param>
/// <param name="Code">DE 39 of a decline, or null when the checks passed.</param>
/// <param name="Reason">For the ledger.</param>
internal sealed record IssuerFinding(LabIssuedCard? Card, string? Code, string Reason)
{
    /// <summary>What answers the cryptogram; null without one that verified.</summary>
    public CryptogramAnswer? Answer { get; init; }
}

/// <summary>Makes tag 91 for a cryptogram that verified. The key is zeroed with <see cref="Dispose"/>.</summary>
internal sealed class CryptogramAnswer(CryptogramVersion version, byte[] key, byte[] cryptogram) : IDisposable
{
    /// <summary>Card status update "issuer approves" (byte 2, bit 8) with "reset counters" (bits 2-1 = 10); zeros decline.</summary>
    private static readonly byte[] ApprovingUpdate = [0x00, 0x82, 0x00, 0x00];

    /// <summary>DE 55 of the answer: 91 and 8A.</summary>
    public byte[] ToIssuerData(string code, bool approved)
    {
        byte[] responseCode = Encoding.ASCII.GetBytes(code);
        byte[] data;
        if (version.Arpc is ArpcMethod.One)
        {
            // M/Chip takes a binary code in the ARPC, Visa the characters of DE 39.
            byte[] covered = version.Scheme is CardScheme.Mastercard ? [0x00, approved ? (byte)0x10 : (byte)0x00] : responseCode;
            data = new byte[IssuerResponse.MethodOneLength + 2];
            IssuerResponse.ComputeMethodOne(key, cryptogram, covered, data.AsSpan(0, IssuerResponse.MethodOneLength));
            covered.CopyTo(data, IssuerResponse.MethodOneLength);
        }
        else
        {
            byte[] update = approved ? ApprovingUpdate : new byte[4];
            data = new byte[IssuerResponse.MethodTwoLength + 4];
            IssuerResponse.ComputeMethodTwo(key, cryptogram, update, [], data.AsSpan(0, IssuerResponse.MethodTwoLength));
            update.CopyTo(data, IssuerResponse.MethodTwoLength);
        }

        return new TlvWriter().Write(0x91, data).Write(0x8A, responseCode).ToArray();
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}

/// <summary>
/// The issuer's checks of an authorisation, in the order in which a host makes them: card, validity, agreement of message and card data,
/// brand, cryptogram, counter, PIN.
/// </summary>
internal sealed class IssuerCheck(CardCounters counters, byte[]? pinKey)
{
    /// <summary>Wrong PINs in a row before the issuer takes no more; the right one before that starts anew.</summary>
    private const int PinTries = 3;

    /// <summary>
    /// Results that a reader with kernel 8 has before the cryptogram; those it adds afterwards (its own authentication of the card, the
    /// card's results, the verification) reach the issuer beside the cryptogram, not under it.
    /// </summary>
    private static readonly byte[] ResultsBeforeCryptogram = [0x80, 0x00, 0x00, 0x80, 0xFF];

    private readonly Dictionary<string, int> _wrongPins = [];

    public IssuerFinding Check(Iso8583View request, DateTimeOffset now)
    {
        string? pan = PanOf(request);
        if (pan is null || LabIssuer.Find(pan) is not { } card)
        {
            return new IssuerFinding(null, "14", "card not known");
        }

        string expiry = request.Text(14) ?? TrackExpiry(request) ?? card.ExpiryYearMonth;
        if (expiry != card.ExpiryYearMonth || string.CompareOrdinal(expiry, now.ToString("yyMM", CultureInfo.InvariantCulture)) < 0)
        {
            return new IssuerFinding(card, "54", expiry == card.ExpiryYearMonth ? "card expired" : "expiry is not that of the card");
        }

        bool isRefund = request.Text(3)?[..2] == "20";
        byte[]? cardData = request.Content(55);
        if (cardData is null)
        {
            return isRefund ? new IssuerFinding(card, null, "refund") : new IssuerFinding(card, "57", "no chip data");
        }

        if (!TlvMap.TryParse(cardData, out TlvMap? data, out _))
        {
            return new IssuerFinding(card, "30", "DE 55 cannot be read");
        }

        IssuerFinding finding = CheckData(request, card, data);
        data.Clear();
        return finding.Code is null ? CheckPin(request, finding, pan) : finding;
    }

    private static string? PanOf(Iso8583View request) => request.Text(2) ?? request.Text(35)?.Split('=', 'D')[0];

    private static string? TrackExpiry(Iso8583View request) =>
        request.Text(35)?.Split('=', 'D') is [_, { Length: >= 4 } rest, ..] ? rest[..4] : null;

    private IssuerFinding CheckData(Iso8583View request, LabIssuedCard card, TlvMap data)
    {
        string? amount = HexOf(data, 0x9F02);
        if (amount != request.Text(4) || HexOf(data, 0x5F2A) != "0" + request.Text(49))
        {
            return new IssuerFinding(card, "13", amount == request.Text(4) ? "currency is not the one of the card" : "amount is not the one of the card");
        }

        string? aid = HexOf(data, 0x84) ?? HexOf(data, 0x9F06);
        if (aid is not null && !aid.StartsWith(LabScheme.Of(card.Scheme).Rid, StringComparison.Ordinal))
        {
            return new IssuerFinding(card, "59", "application of another brand");
        }

        if (Input(data) is not { IssuerApplicationData.Length: >= 7 } input
            || data[0x9F26]?.ToArray() is not { Length: ApplicationCryptogram.Length } cryptogram)
        {
            return new IssuerFinding(card, "30", "DE 55 lacks an element of the cryptogram");
        }

        return Problem(card, data, input) is { } problem ? problem : CheckCryptogram(card, input, cryptogram);
    }

    private static IssuerFinding? Problem(LabIssuedCard card, TlvMap data, CryptogramInput input)
    {
        ReadOnlySpan<byte> iad = input.IssuerApplicationData.Span;
        // A refund is the host's decision: there the card's refusal is as good as its request (Kernel 3, 5.4.3.2). A reader with kernel 8 may
        // go online with a TC of the card (C-8, 2930.18).
        bool isRefund = data[0x9C] is { Length: 1 } type && type[0] == 0x20;
        if (data[0x9F27] is { Length: 1 } information && (information[0] & 0xC0) != 0x80 && !isRefund
            && !(card.Scheme == "ccd" && (information[0] & 0xC0) == 0x40))
        {
            return new IssuerFinding(card, "05", "no request cryptogram (ARQC)");
        }

        return DeviceClaim.Problem(card, data, iad) is { } claim ? new IssuerFinding(card, "59", claim) : null;
    }

    private IssuerFinding CheckCryptogram(LabIssuedCard card, CryptogramInput input, byte[] cryptogram)
    {
        CardScheme scheme = LabScheme.Of(card.Scheme).Scheme;
        if (scheme is CardScheme.CommonCore)
        {
            byte[] results = [.. input.TerminalVerificationResults.ToArray().Zip(ResultsBeforeCryptogram, (found, before) => (byte)(found & before))];
            input = input with { TerminalVerificationResults = results };
        }

        if (!CryptogramVersion.TryIdentify(scheme, input.IssuerApplicationData.Span, out CryptogramVersion version) || version.Number != card.CvnByte)
        {
            return new IssuerFinding(card, "88", "cryptogram version is not that of the card");
        }

        byte[] issuerKey = LabIssuer.MasterKeyForCryptograms();
        byte[] cardKey = new byte[16];
        byte[] answerKey = new byte[16];
        EmvMasterKeyOption option = card.Derivation is LabKeyDerivation.OptionB ? EmvMasterKeyOption.B : EmvMasterKeyOption.A;
        EmvMasterKey.Derive(option, issuerKey, card.Pan, card.Sequence, cardKey);
        bool genuine = ApplicationCryptogram.Verify(version, cardKey, input, cryptogram);
        if (version.ArpcUnderSessionKey)
        {
            ApplicationCryptogram.DeriveKey(version, cardKey, input.TransactionCounter, input.UnpredictableNumber.Span, answerKey);
        }
        else
        {
            cardKey.CopyTo(answerKey, 0);
        }

        CryptographicOperations.ZeroMemory(issuerKey);
        CryptographicOperations.ZeroMemory(cardKey);
        if (!genuine)
        {
            CryptographicOperations.ZeroMemory(answerKey);
            return new IssuerFinding(card, "82", "cryptogram is wrong");
        }

        CryptogramAnswer answer = new(version, answerKey, cryptogram);

        // Only a genuine cryptogram moves the counter: else anyone could lock a card out.
        return counters.TryTake(card.Name, input.TransactionCounter)
            ? new IssuerFinding(card, null, "cryptogram verified") { Answer = answer }
            : new IssuerFinding(card, "59", "transaction counter used before or going back") { Answer = answer };
    }

    private IssuerFinding CheckPin(Iso8583View request, IssuerFinding finding, string pan)
    {
        if (!request.Has(52))
        {
            return finding;
        }

        if (pinKey is null)
        {
            return finding with { Code = "81", Reason = "no PIN key is shared" };
        }

        byte[] block = new byte[PinBlock.Length];
        Tdes.DecryptEcb(pinKey, request.Content(52), block);
        Span<char> pin = stackalloc char[PinBlock.LongestPin];
        bool readable = PinBlock.TryDecode(PinBlockFormat.Iso0, block, pan, pin, out int length)
            || PinBlock.TryDecode(PinBlockFormat.Iso3, block, pan, pin, out length);
        bool right = readable && pin[..length].SequenceEqual(LabIssuer.Pin);
        pin.Clear();
        CryptographicOperations.ZeroMemory(block);
        return readable ? Count(finding, right) : finding with { Code = "81", Reason = "PIN block cannot be read" };
    }

    /// <summary>The issuer alone counts tries.</summary>
    private IssuerFinding Count(IssuerFinding finding, bool right)
    {
        string card = finding.Card!.Name;
        int wrong = _wrongPins.GetValueOrDefault(card);
        if (wrong >= PinTries)
        {
            return finding with { Code = "75", Reason = "PIN tries exceeded" };
        }

        _wrongPins[card] = right ? 0 : wrong + 1;
        return right ? finding with { Reason = finding.Reason + ", PIN right" } : finding with { Code = "55", Reason = "PIN wrong" };
    }

    private static CryptogramInput? Input(TlvMap data)
    {
        uint[] tags = [0x9F02, 0x9F03, 0x9F1A, 0x95, 0x5F2A, 0x9A, 0x9C, 0x9F37, 0x82, 0x9F36, 0x9F10];
        if (tags.Any(tag => data[tag] is null))
        {
            return null;
        }

        // Copies: the map is zeroed when the check ends.
        byte[][] values = [.. tags.Select(tag => data[tag]!.ToArray())];
        return new CryptogramInput
        {
            AmountAuthorised = values[0],
            AmountOther = values[1],
            TerminalCountryCode = values[2],
            TerminalVerificationResults = values[3],
            TransactionCurrencyCode = values[4],
            TransactionDate = values[5],
            TransactionType = values[6],
            UnpredictableNumber = values[7],
            ApplicationInterchangeProfile = values[8],
            ApplicationTransactionCounter = values[9],
            IssuerApplicationData = values[10],
        };
    }

    private static string? HexOf(TlvMap data, uint tag) => data[tag] is { } value ? Convert.ToHexString(value) : null;
}
