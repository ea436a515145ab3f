using System.Collections.Concurrent;
using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>A request that was admitted, with all that the rest needs.</summary>
internal sealed record AdmittedPayment(
    PaymentRequest Request, byte[] RequestHash, EmvData Emv, TerminalRecord Terminal, MerchantRecord Merchant, ResultToken? Token)
{
    /// <summary>Time of the tap, where that was before the request came; null for now.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>The payment that a linked refund gives back.</summary>
    public PaymentRecord? Original { get; init; }
}

/// <summary>Decides whether a signed request may become a payment. Touches no key but public ones.</summary>
internal sealed class Admission : IDisposable
{
    /// <summary>The kernels' word for "online PIN".</summary>
    private const string PinAsked = "OnlinePin";

    private readonly PaymentOptions _options;
    private readonly TimeProvider _clock;
    private readonly byte[] _monitoringKey;
    private readonly ConcurrentBag<ECDsa> _verifiers = [];

    public Admission(PaymentOptions options, ReadOnlySpan<byte> monitoringKey, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _monitoringKey = monitoringKey.ToArray();
        _verifiers.Add(NewVerifier());
    }

    /// <summary>Verifies an envelope by the terminal's own key.</summary>
    public static PaymentRefusal? Authenticate(DecodedMessage message, TerminalRecord? terminal)
    {
        if (terminal is null || terminal.State == TerminalState.Retired)
        {
            return new PaymentRefusal(ReasonCodes.TerminalUnknown, "no such terminal");
        }

        return message.Verify(terminal.DeviceKey)
            ? null
            : new PaymentRefusal(ReasonCodes.SignatureInvalid, "the signature does not verify under the terminal's key");
    }

    /// <summary>Checks everything that can be checked without a secret key.</summary>
    public PaymentRefusal? Check(
        PaymentRequest request, byte[] requestHash, TerminalRecord terminal, MerchantRecord? merchant, out AdmittedPayment? admitted)
    {
        admitted = null;
        ResultToken? token = null;
        PaymentRefusal? refusal = CheckTerminal(terminal, merchant)
            ?? CheckKey(request, terminal, merchant!, _clock.GetUtcNow())
            ?? CheckToken(request.ResultToken, terminal, out token)
            ?? CheckPin(request, terminal, token!)
            ?? CheckOperation(request, merchant!)
            ?? CheckLimit(request.AmountMinor, terminal, token!, merchant!);
        if (refusal is not null)
        {
            return refusal;
        }

        EmvData? emv = EmvData.Read(request, out refusal);
        if (emv is not null)
        {
            admitted = new AdmittedPayment(request, requestHash, emv, terminal, merchant!, token!);
        }

        return refusal;
    }

    /// <summary>Checks a request without a card.</summary>
    public PaymentRefusal? Check(PaymentFollowUpRequest request, TerminalRecord terminal, MerchantRecord? merchant)
    {
        ResultToken? token = null;
        return CheckTerminal(terminal, merchant)
            ?? CheckToken(request.ResultToken, terminal, out token)
            ?? CheckLimit(request.AmountMinor, terminal, token!, merchant!);
    }

    public void Dispose()
    {
        while (_verifiers.TryTake(out ECDsa? verifier))
        {
            verifier.Dispose();
        }
    }

    private PaymentRefusal? CheckToken(byte[] bytes, TerminalRecord terminal, out ResultToken? token)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        if (!VerifyToken(bytes, out token))
        {
            return new PaymentRefusal(ReasonCodes.ResultTokenInvalid, "the token is malformed or not of this monitoring service");
        }

        bool bound = token!.TerminalId == terminal.TerminalId
            && CryptographicOperations.FixedTimeEquals(token.DeviceKeyHash, SHA256.HashData(terminal.DeviceKey));
        bool meant = token.Audience == ResultToken.Payments && token.Purpose is (ChallengePurpose.Tap or ChallengePurpose.Pin);
        if (!bound || !meant || token.ExpiresAt - token.IssuedAt > _options.TokenLife || token.IssuedAt > now + _options.ClockSkew)
        {
            return new PaymentRefusal(ReasonCodes.ResultTokenInvalid, bound ? "the token is not for this purpose or time" : "the token is of another terminal");
        }

        if (token.ExpiresAt <= now)
        {
            return new PaymentRefusal(ReasonCodes.ResultTokenExpired, "the token is too old");
        }

        return token.Verdict switch
        {
            Verdict.Trusted or Verdict.Limited => null,
            Verdict.Denied => new PaymentRefusal(ReasonCodes.AttestationDenied, "the token's verdict is denied"),
            _ => new PaymentRefusal(ReasonCodes.NotAttested, "the token has no verdict"),
        };
    }

    /// <summary>The trust status as it stands now goes before the token: a kill takes effect under an unexpired token.</summary>
    private static PaymentRefusal? CheckTerminal(TerminalRecord terminal, MerchantRecord? merchant)
    {
        if (terminal.State != TerminalState.Active)
        {
            return terminal.State == TerminalState.Suspended
                ? new PaymentRefusal(ReasonCodes.TerminalSuspended, "the terminal is suspended")
                : new PaymentRefusal(ReasonCodes.AttestationDenied, "the terminal's enrolment was refused");
        }

        if (terminal.Verdict is Verdict.Denied or Verdict.Unknown)
        {
            return terminal.Verdict == Verdict.Denied
                ? new PaymentRefusal(ReasonCodes.AttestationDenied, "the terminal's last verdict is denied")
                : new PaymentRefusal(ReasonCodes.NotAttested, "the terminal has no verdict");
        }

        return merchant is null || merchant.MerchantId != terminal.MerchantId
            ? new PaymentRefusal(ReasonCodes.TerminalMerchantMismatch, "the terminal has no merchant")
            : null;
    }

    private PaymentRefusal? CheckKey(PaymentRequest request, TerminalRecord terminal, MerchantRecord merchant, DateTimeOffset now)
    {
        if (request.Currency != merchant.Currency)
        {
            return new PaymentRefusal(ReasonCodes.RequestMalformed, $"currency: the merchant's is {merchant.Currency}");
        }

        if (_options.Currencies.Count > 0 && !_options.Currencies.Contains(request.Currency))
        {
            string taken = string.Join(", ", _options.Currencies);
            return new PaymentRefusal(ReasonCodes.CurrencyNotSupported, $"currency: the acquirer's link takes {taken}");
        }

        // X9.24-3: the first 8 bytes name the initial key. It must be one that this terminal was given, and not too long ago.
        return terminal.DeliveredAt(request.DataKsn.AsSpan(0, 8)) is not { } delivered
            ? new PaymentRefusal(ReasonCodes.KsnRefused, "the key serial number is not of this terminal's key")
            : now - delivered > KeyPeriod.Longest
                ? new PaymentRefusal(ReasonCodes.KeysExpired, $"the initial key is older than {KeyPeriod.Longest.TotalDays} days")
                : null;
    }

    /// <summary>
    /// A PIN is there exactly when the card asked for one, under this terminal's PIN key, with a result of the attestation that belongs to
    /// PIN entry (ATT-03).
    /// </summary>
    private PaymentRefusal? CheckPin(PaymentRequest request, TerminalRecord terminal, ResultToken token)
    {
        bool isAsked = request.CardholderVerification == PinAsked;
        if (request.PinBlock is null)
        {
            return isAsked ? new PaymentRefusal(ReasonCodes.PinRequired, "pinBlock: the card asked for an online PIN") : null;
        }

        if (!isAsked || _options.Pin is null)
        {
            return new PaymentRefusal(ReasonCodes.PinRequired, isAsked ? "pinBlock: this acquirer takes no PIN" : "pinBlock: the card asked for none");
        }

        if (token.Purpose != ChallengePurpose.Pin)
        {
            return new PaymentRefusal(ReasonCodes.NotAttested, "resultToken: a PIN needs a result for PIN entry");
        }

        return terminal.HoldsPinKey(request.PinKsn.AsSpan(0, 8))
            ? null
            : new PaymentRefusal(ReasonCodes.KsnRefused, "pinKsn: the key serial number is not of this terminal's PIN key");
    }

    /// <summary>What the request says of itself must hold together, and the merchant must be permitted to do it.</summary>
    private PaymentRefusal? CheckOperation(PaymentRequest request, MerchantRecord merchant)
    {
        bool isRefund = request.Operation == PaymentOperation.Refund;
        byte type = isRefund ? (byte)20 : request.OtherAmountMinor > 0 ? (byte)9 : (byte)0;
        bool hasParts = request.OtherAmountMinor > 0 || request.TipMinor > 0 || request.SurchargeMinor > 0
            || request.AcceptsPartialApproval;
        long goods = request.AmountMinor - request.OtherAmountMinor - request.TipMinor - request.SurchargeMinor;
        string? fault = request switch
        {
            { AmountMinor: 0 } => "amountMinor: a payment has an amount",
            _ when request.TransactionType != type => $"transactionType: {type} belongs to this operation",
            _ when hasParts && request.Operation != PaymentOperation.Sale =>
                "operation: tip, cash back, surcharge and approval of a part belong to a sale",
            _ when goods <= 0 && request.AmountMinor > 0 => "amountMinor: tip, cash back and surcharge are parts of it",
            { OriginalPaymentId: not null } when !isRefund => "originalPaymentId: belongs to a refund",
            _ => null,
        };
        if (fault is not null)
        {
            return new PaymentRefusal(ReasonCodes.RequestMalformed, fault);
        }

        if (request.SurchargeMinor > Surcharge.Highest(merchant, goods, _options))
        {
            return new PaymentRefusal(ReasonCodes.SurchargeNotAllowed,
                $"surchargeMinor: at most {Surcharge.Highest(merchant, goods, _options)} on {goods}");
        }

        return isRefund && request.OriginalPaymentId is null && !merchant.AllowsUnlinkedRefunds
            ? new PaymentRefusal(ReasonCodes.RefundNotPermitted, "the merchant may refund only a payment that the request names")
            : null;
    }

    private PaymentRefusal? CheckLimit(long amountMinor, TerminalRecord terminal, ResultToken token, MerchantRecord merchant)
    {
        if (amountMinor > (merchant.Limits?.MaxAmountMinor ?? long.MaxValue))
        {
            return new PaymentRefusal(ReasonCodes.AmountAboveLimit, $"amountMinor: at most {merchant.Limits!.MaxAmountMinor} for this merchant");
        }

        bool limited = token.Verdict == Verdict.Limited || terminal.Verdict == Verdict.Limited;
        return limited && amountMinor > _options.LimitedAmountMinor
            ? new PaymentRefusal(ReasonCodes.AmountAboveLimit, "the amount is above the limit of this terminal's present verdict")
            : null;
    }

    private bool VerifyToken(byte[] token, out ResultToken? result)
    {
        // An ECDsa object is for one thread at a time.
        if (!_verifiers.TryTake(out ECDsa? verifier))
        {
            verifier = NewVerifier();
        }

        bool verified = ResultToken.TryVerify(token, verifier, out result!);
        _verifiers.Add(verifier);
        return verified;
    }

    private ECDsa NewVerifier()
    {
        ECDsa verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(_monitoringKey, out _);
        return verifier;
    }
}
