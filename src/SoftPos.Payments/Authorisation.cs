using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Iso7816;
using SoftPos.Iso8583;
using SoftPos.Keys;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>Takes an admitted payment from received to its first answer.</summary>
internal sealed class Authorisation(
    Database database, IKeyRoom keys, IAcquirer acquirer, PaymentSteps steps, PaymentOptions options, TimeProvider clock)
{
    /// <summary>Makes the payment durable and takes its key serial number, before any key is touched.</summary>
    public async Task<(ChangeRefusal Refusal, PaymentRecord Record, JournalTrace? Trace)> ReceiveAsync(AdmittedPayment admitted)
    {
        PaymentRequest request = admitted.Request;
        DateTimeOffset now = steps.Now;
        PaymentRecord record = new()
        {
            PaymentId = request.PaymentId,
            TerminalId = admitted.Terminal.TerminalId,
            MerchantId = admitted.Merchant.MerchantId,
            State = PaymentState.Received,
            Reason = ReasonCodes.Internal,
            RequestHash = admitted.RequestHash,
            AmountMinor = request.AmountMinor,
            Currency = request.Currency,
            TransactionType = request.TransactionType,
            Operation = request.Operation,
            OriginalPaymentId = request.OriginalPaymentId,
            OriginalReference = admitted.Original?.RetrievalReference,
            OtherAmountMinor = request.OtherAmountMinor,
            TipMinor = request.TipMinor,
            SurchargeMinor = request.SurchargeMinor,
            AcceptsPartialApproval = request.AcceptsPartialApproval,
            MaskedPan = request.MaskedPan,
            Aid = Convert.ToHexString(request.Aid),
            ApplicationLabel = request.ApplicationLabel,
            VerificationResults = admitted.Emv.VerificationResultsText,
            Cryptogram = admitted.Emv.CryptogramText,
            CardholderVerification = request.CardholderVerification,
            AcquirerTerminalId = admitted.Terminal.AcquirerTerminalId,
            CreatedAt = now,
            ChangedAt = now,
        };
        Change change = new Change().Add(record).TakeKeySerial(request.DataKsn).TakeOrder(record);
        if (request.PinKsn is not null)
        {
            change.TakeKeySerial(request.PinKsn);
        }

        Limit(change, record, admitted.Merchant.Limits);
        change.Append("payment.received", record.PaymentId, new JsonObject
        {
            ["operation"] = record.Operation.ToString(),
            ["terminal"] = record.TerminalId.ToString(),
            ["merchant"] = record.MerchantId,
            ["amountMinor"] = record.AmountMinor,
            ["currency"] = record.Currency,
            ["maskedPan"] = record.MaskedPan,
            ["aid"] = record.Aid,
            ["kernel"] = request.KernelId,
            ["readerConfiguration"] = request.ReaderConfiguration,
            ["requestHash"] = Convert.ToHexStringLower(record.RequestHash),
            ["token"] = Convert.ToHexStringLower(admitted.Token!.TokenId),
            ["policy"] = Convert.ToHexStringLower(admitted.Token.PolicyHash),
        });
        Commit commit = await database.CommitAsync(change).ConfigureAwait(false);
        return (commit.Refusal, record, commit.Done ? commit.Traces[0] : null);
    }

    /// <summary>Makes an increment durable: more is to be held on a pre-authorisation that stands.</summary>
    public async Task<(ChangeRefusal Refusal, PaymentRecord Record, JournalTrace? Trace)> ReceiveIncrementAsync(
        PaymentFollowUpRequest request, byte[] requestHash, PaymentRecord original, TerminalRecord terminal, MerchantRecord merchant)
    {
        DateTimeOffset now = steps.Now;
        PaymentRecord record = new()
        {
            PaymentId = request.RequestId,
            TerminalId = terminal.TerminalId,
            MerchantId = original.MerchantId,
            State = PaymentState.Received,
            Reason = ReasonCodes.Internal,
            RequestHash = requestHash,
            AmountMinor = request.AmountMinor,
            Currency = original.Currency,
            TransactionType = original.TransactionType,
            Operation = PaymentOperation.Increment,
            OriginalPaymentId = original.PaymentId,
            OriginalReference = original.RetrievalReference,
            MaskedPan = original.MaskedPan,
            Aid = original.Aid,
            ApplicationLabel = original.ApplicationLabel,
            AcquirerTerminalId = original.AcquirerTerminalId,
            CreatedAt = now,
            ChangedAt = now,
        };
        Change change = new Change().Add(record).RequireHeld(original.PaymentId);
        Limit(change, record, merchant.Limits);
        change.Append("payment.received", record.PaymentId, new JsonObject
        {
            ["operation"] = record.Operation.ToString(),
            ["terminal"] = record.TerminalId.ToString(),
            ["merchant"] = record.MerchantId,
            ["amountMinor"] = record.AmountMinor,
            ["currency"] = record.Currency,
            ["original"] = original.PaymentId.ToString(),
            ["requestHash"] = Convert.ToHexStringLower(requestHash),
        });
        Commit commit = await database.CommitAsync(change).ConfigureAwait(false);
        return (commit.Refusal, record, commit.Done ? commit.Traces[0] : null);
    }

    /// <summary>Goes on from received; returns the bytes of the answer, durable.</summary>
    public Task<byte[]> AuthoriseAsync(AdmittedPayment admitted, PaymentRecord received, JournalTrace trace) =>
        RunAsync(new PaymentSteps.Standing(received, null, admitted.Merchant, [trace]), () => PrepareAsync(admitted));

    /// <summary>Asks the bank about a sale that was taken offline.</summary>
    public Task AuthoriseDeferredAsync(AdmittedPayment admitted, PaymentSteps.Standing standing) =>
        // No terminal waits on this connection: a step without an answer is no fault here.
        RunAsync(standing with { Answer = standing.Answer ?? [] }, () => PrepareAsync(admitted));

    /// <summary>Goes on with an increment; returns the bytes of the answer, durable.</summary>
    public Task<byte[]> AuthoriseIncrementAsync(StoredPayment original, MerchantRecord merchant, PaymentRecord received, JournalTrace trace) =>
        RunAsync(new PaymentSteps.Standing(received, null, merchant, [trace]), () => PrepareIncrementAsync(original, received));

    private async Task<byte[]> RunAsync(
        PaymentSteps.Standing standing, Func<Task<(byte[]? Message, byte[]? Sealed, PaymentEvent Next)>> prepare)
    {
        (byte[]? message, byte[]? sealedBytes, PaymentEvent next) = await prepare().ConfigureAwait(false);
        if (message is null)
        {
            return await AnswerAsync(standing, next).ConfigureAwait(false);
        }

        try
        {
            standing = await steps.TakeAsync(standing, next, sealedBytes).ConfigureAwait(false) ?? throw Overtaken(standing.Record);
            PaymentEvent outcome = await ExchangeAsync(message).ConfigureAwait(false);
            return outcome is PaymentEvent.Answered { Answer.Class: AnswerClass.Approved or AnswerClass.PartlyApproved } answered
                ? await ApproveAsync(standing, answered, message).ConfigureAwait(false)
                : await AnswerAsync(standing, outcome).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(message);
        }
    }

    /// <summary>Settles a payment that an earlier process left open.</summary>
    public async Task<bool> RecoverAsync(StoredPayment stored)
    {
        PaymentSteps.Standing standing = await steps.StandAsync(stored).ConfigureAwait(false);
        return await steps.TakeAsync(standing, new PaymentEvent.Restarted()).ConfigureAwait(false) is not null;
    }

    private static InvalidOperationException Overtaken(PaymentRecord payment) =>
        new($"payment {payment.PaymentId} was moved on by another");

    private async Task<byte[]> AnswerAsync(PaymentSteps.Standing standing, PaymentEvent what, byte[]? sealedBytes = null) =>
        (await steps.TakeAsync(standing, what, sealedBytes).ConfigureAwait(false))?.Answer ?? throw Overtaken(standing.Record);

    /// <summary>
    /// Takes an approval. With it the exact bytes of the request give way to what may be kept: no track, no chip data (PCI DSS 3.3). Where that
    /// cannot be sealed nothing is kept, and the payment can be refunded but not voided; a part is then taken back as a whole.
    /// </summary>
    private async Task<byte[]> ApproveAsync(PaymentSteps.Standing standing, PaymentEvent.Answered answered, byte[] message)
    {
        byte[]? kept = null;
        byte[] keptSealed = [];
        try
        {
            kept = AuthorisationMessage.Keep(message, options.Dialect);
            keptSealed = await keys
                .SealForStorageAsync(kept, PaymentSteps.BoundTo(standing.Record.PaymentId), CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A dead keys room must not lose an approval.
        catch (Exception) when (answered.Answer.Class == AnswerClass.Approved)
        {
            // Nothing is kept.
        }
        catch (Exception)
#pragma warning restore CA1031
        {
            return await AnswerAsync(standing, new PaymentEvent.NoAnswer()).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(kept);
        }

        return await AnswerAsync(standing, answered, keptSealed).ConfigureAwait(false);
    }

    /// <summary>What a payment must leave room for, checked where it becomes durable.</summary>
    private void Limit(Change change, PaymentRecord record, MerchantLimits? own)
    {
        if (record is { Operation: PaymentOperation.Refund, OriginalPaymentId: { } original })
        {
            change.RequireRefundRoom(original, record.AmountMinor);
        }

        if (options.Velocity is { } velocity)
        {
            change.RequireVelocity(record.TerminalId, record.AmountMinor, velocity);
        }

        if (own is { MaxPaymentsPerHour: not null } or { MaxSumPerHourMinor: not null })
        {
            VelocityLimit hourly = new(TimeSpan.FromHours(1), own.MaxPaymentsPerHour, own.MaxSumPerHourMinor);
            change.RequireVelocity(record.TerminalId, record.AmountMinor, hourly);
        }
    }

    private async Task<(byte[]? Message, byte[]? Sealed, PaymentEvent Next)> PrepareIncrementAsync(StoredPayment original, PaymentRecord increment)
    {
        byte[]? held = null, message = null;
        try
        {
            held = await keys.UnsealFromStorageAsync(
                original.Sealed!, PaymentSteps.BoundTo(original.Record.PaymentId), CancellationToken.None).ConfigureAwait(false);
            if (held is null)
            {
                return (null, null, new PaymentEvent.Refused(ReasonCodes.Internal));
            }

            DateTimeOffset now = clock.GetUtcNow();
            string stan = AuthorisationMessage.Stan(await database.Sequences.NextAsync("stan").ConfigureAwait(false));
            string reference = AuthorisationMessage.RetrievalReference(now, stan);
            message = AuthorisationMessage.EncodeIncrement(held, increment.AmountMinor, increment.OriginalReference!, options, stan, reference, now);
            byte[] sealedBytes = await keys
                .SealForStorageAsync(message, PaymentSteps.BoundTo(increment.PaymentId), CancellationToken.None).ConfigureAwait(false);
            return (message, sealedBytes, new PaymentEvent.Prepared(stan, reference));
        }
#pragma warning disable CA1031 // A dead keys room must not leave the payment open.
        catch (Exception)
#pragma warning restore CA1031
        {
            CryptographicOperations.ZeroMemory(message);
            return (null, null, new PaymentEvent.Refused(ReasonCodes.Internal));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(held);
        }
    }

    /// <summary>Opens the account data, writes the message and seals it; a refusal when any of it fails, for nothing was sent yet.</summary>
    private async Task<(byte[]? Message, byte[]? Sealed, PaymentEvent Next)> PrepareAsync(AdmittedPayment admitted)
    {
        PaymentRequest request = admitted.Request;
        byte[]? message = null, kept = null, pinBlock = null;
        try
        {
            using AccountData? account = await keys.OpenAccountDataAsync(
                request.DataKsn, request.SealedAccountData, request.PaymentId.ToByteArray(bigEndian: true), CancellationToken.None).ConfigureAwait(false);

            // The receipt and the console show the masked number, so it must be that of the card which is charged.
            if (account is null || SensitiveTags.MaskPan(Encoding.ASCII.GetString(account.Pan)) != request.MaskedPan)
            {
                return (null, null, new PaymentEvent.Refused(ReasonCodes.AccountDataInvalid));
            }

            if (request.PinBlock is not null)
            {
                pinBlock = await TranslateAsync(request).ConfigureAwait(false);
                if (pinBlock is null)
                {
                    return (null, null, new PaymentEvent.Refused(ReasonCodes.PinInvalid));
                }
            }

            DateTimeOffset now = clock.GetUtcNow();
            string stan = AuthorisationMessage.Stan(await database.Sequences.NextAsync("stan").ConfigureAwait(false));
            string reference = AuthorisationMessage.RetrievalReference(now, stan);
            message = AuthorisationMessage.Encode(admitted, account, options, stan, reference, now, pinBlock);

            // A PIN block is never stored, not even sealed for the time of an answer (PCI PIN 4): what a reversal needs has none.
            kept = pinBlock is null ? message : AuthorisationMessage.Encode(admitted, account, options, stan, reference, now, pinBlock: null);
            byte[] sealedBytes = await keys
                .SealForStorageAsync(kept, PaymentSteps.BoundTo(request.PaymentId), CancellationToken.None).ConfigureAwait(false);
            return (message, sealedBytes, new PaymentEvent.Prepared(stan, reference));
        }
        catch (Iso8583Exception)
        {
            return (null, null, new PaymentEvent.Refused(ReasonCodes.AccountDataInvalid));
        }
#pragma warning disable CA1031 // A dead keys room must not leave the payment open.
        catch (Exception)
#pragma warning restore CA1031
        {
            CryptographicOperations.ZeroMemory(message);
            return (null, null, new PaymentEvent.Refused(ReasonCodes.Internal));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pinBlock);
            if (kept != message)
            {
                CryptographicOperations.ZeroMemory(kept);
            }
        }
    }

    /// <summary>The PIN block under the acquirer's key; null when the key room refuses it.</summary>
    private async ValueTask<byte[]?> TranslateAsync(PaymentRequest request) => keys is IPinRoom pins && options.Pin is { } zone
        ? await pins.TranslatePinAsync(
            new PinTranslationRequest
            {
                PinKsn = request.PinKsn,
                PinBlock = request.PinBlock,
                DataKsn = request.DataKsn,
                SealedAccountData = request.SealedAccountData,
                AssociatedData = request.PaymentId.ToByteArray(bigEndian: true),
                ZoneKey = zone.Key,
                Format = zone.Format,
            },
            CancellationToken.None).ConfigureAwait(false)
        : null;

    private async Task<PaymentEvent> ExchangeAsync(byte[] message)
    {
        AcquirerAnswer answer;
        try
        {
            answer = await acquirer.SendAsync(message, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The link breaking its word must not leave a sent payment without an outcome.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new PaymentEvent.NoAnswer();
        }

        return answer.Kind switch
        {
            AnswerKind.NotSent => new PaymentEvent.NotSent(),
            AnswerKind.Answered when AuthorisationMessage.Read(answer.Bytes.Span, message, options) is { } read => new PaymentEvent.Answered(read),
            _ => new PaymentEvent.NoAnswer(),
        };
    }
}
