using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// Takes sales that terminals took while the back end was away. Each is durable here before its phone is told so; each ends approved,
/// declined or held for a person, and what is missing, made anew or out of its place in the terminal's chain is written down. A record that
/// comes again gets the answer that it has by then, and nothing is done twice.
/// </summary>
public sealed class OfflineDesk
{
    /// <summary>Another forward of the same terminal may move its chain between reading and writing; so often it is read anew.</summary>
    private const int MaxTries = 10;

    /// <summary>Time for the forward that brought a sale to authorise it itself, before the worker would.</summary>
    private static readonly TimeSpan OwnTime = TimeSpan.FromMinutes(2);

    private readonly Database _database;
    private readonly PaymentSteps _steps;
    private readonly Authorisation _authorisation;
    private readonly PaymentOptions _options;
    private readonly ConcurrentDictionary<Guid, bool> _underWay = new();

    internal OfflineDesk(Database database, PaymentSteps steps, Authorisation authorisation, PaymentOptions options)
    {
        _database = database;
        _steps = steps;
        _authorisation = authorisation;
        _options = options;
    }

    /// <summary>Takes a forwarded record.</summary>
    /// <param name="message">COSE_Sign1 with an <see cref="OfflineForward"/>.</param>
    /// <param name="cancellation">Ends the wait before the record is taken, not after.</param>
    public async Task<OfflineReply> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        if (!SignedMessage.TryDecode(message.Span, out DecodedMessage decoded) || decoded.ContentType != OfflineForward.ContentType
            || decoded.TerminalId is not { } terminalId)
        {
            return Refuse(ReasonCodes.RequestMalformed, "the envelope is not a COSE_Sign1 of this kind");
        }

        // Whatever its state: what a terminal took before it was denied or retired must not vanish. Such a sale is flagged, not refused.
        if (await _database.TrustStatus.ReadAsync(terminalId, cancellation).ConfigureAwait(false) is not { } terminal)
        {
            return Refuse(ReasonCodes.TerminalUnknown, "no such terminal");
        }

        if (!decoded.Verify(terminal.DeviceKey))
        {
            return Refuse(ReasonCodes.SignatureInvalid, "the signature does not verify under the terminal's key");
        }

        if (!OfflineForward.TryDecode(decoded.Payload, out OfflineForward forward))
        {
            return Refuse(ReasonCodes.RequestMalformed, "payload");
        }

        ForwardedSale? sale = Read(forward, terminal, out byte[]? hash);
        for (int i = 0; i < MaxTries; i++)
        {
            OfflineReply? reply = sale is null
                ? await GiveUpAsync(forward, terminal, hash).ConfigureAwait(false)
                : await TakeAsync(forward, sale, terminal).ConfigureAwait(false);
            if (reply is not null)
            {
                return reply;
            }
        }

        return Refuse(ReasonCodes.RateLimited, "other records of the same terminal are being taken");
    }

    /// <summary>
    /// Takes note of what a terminal says of its chain with its evidence. A number below one that it told before means that records were
    /// deleted or that the phone's store was put back: that is written down, and the terminal gets no permission until an operator has
    /// looked.
    /// </summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="sequence">Number of its newest record.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <returns>The chain as it stands; null when there is none yet.</returns>
    public async Task<OfflineChain?> ReportAsync(TerminalRecord terminal, long sequence, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        for (int i = 0; i < MaxTries; i++)
        {
            OfflineChain? stored = await _database.Offline.ChainAsync(terminal.TerminalId, cancellation).ConfigureAwait(false);
            if (sequence == (stored?.Reported ?? 0))
            {
                return stored;
            }

            OfflineChain chain = stored ?? NewChain(terminal);
            Change change = new();
            OfflineChain next = Reported(change, chain, sequence);
            if ((await _database.CommitAsync(change.Move(stored, next), cancellation).ConfigureAwait(false)).Done)
            {
                return next;
            }
        }

        return await _database.Offline.ChainAsync(terminal.TerminalId, cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets a sale that is held go to the bank; false when it is not held, or what is needed is erased.</summary>
    /// <param name="paymentId">The sale.</param>
    /// <param name="by">Who says so, for the journal.</param>
    public async Task<bool> ReleaseAsync(Guid paymentId, string by)
    {
        StoredPayment? stored = await _database.Payments.FindAsync(paymentId).ConfigureAwait(false);
        if (stored?.Record.State != PaymentState.InReview || await _database.Offline.OfPaymentAsync(paymentId)
            .ConfigureAwait(false) is not { Message: not null })
        {
            return false;
        }

        PaymentSteps.Standing standing = await _steps.StandAsync(stored).ConfigureAwait(false);
        if (await _steps.TakeAsync(standing, new PaymentEvent.Released(by)).ConfigureAwait(false) is null)
        {
            return false;
        }

        await AuthoriseAsync(paymentId).ConfigureAwait(false);
        return true;
    }

    /// <summary>Gives a terminal permissions again after its chain was closed; false when it is open.</summary>
    public async Task<bool> ReopenAsync(Guid terminalId, string by)
    {
        if (await _database.Offline.ChainAsync(terminalId).ConfigureAwait(false) is not { Closed: { } closed } chain)
        {
            return false;
        }

        Change change = new Change()
            .Move(chain, chain with { Closed = null })
            .Append("offline.reopened", terminalId,
                new JsonObject { ["was"] = closed, ["by"] = by, ["acknowledged"] = chain.Acknowledged });
        return (await _database.CommitAsync(change).ConfigureAwait(false)).Done;
    }

    /// <summary>Whether the bank is being asked about a payment just now.</summary>
    internal bool IsUnderWay(Guid paymentId) => _underWay.ContainsKey(paymentId);

    /// <summary>Asks the bank about a deferred payment; nothing happens when another is at it or the payment moved on.</summary>
    internal async Task AuthoriseAsync(Guid paymentId)
    {
        if (!_underWay.TryAdd(paymentId, true))
        {
            return;
        }

        try
        {
            if (await _database.Payments.FindAsync(paymentId).ConfigureAwait(false) is { Record.State: PaymentState.Deferred } stored)
            {
                PaymentSteps.Standing standing = await _steps.StandAsync(stored).ConfigureAwait(false);
                AdmittedPayment? admitted = await AdmitAsync(stored).ConfigureAwait(false);
                Task asked = admitted is null
                    ? _steps.TakeAsync(standing, new PaymentEvent.Refused(ReasonCodes.AccountDataInvalid))
                    : _authorisation.AuthoriseDeferredAsync(admitted, standing);
                await asked.ConfigureAwait(false);
            }
        }
        finally
        {
            _underWay.TryRemove(paymentId, out _);
        }
    }

    private static OfflineReply Refuse(string reason, string detail) => new(null, new PaymentRefusal(reason, detail));

    private static OfflineChain NewChain(TerminalRecord terminal) =>
        new(terminal.TerminalId, terminal.MerchantId, 0, OfflineRecord.Genesis(terminal.TerminalId), 0, 0, null);

    /// <summary>
    /// Reads a record; null for one that is missing, not of this terminal or not of this form, with the hash of what came.
    /// </summary>
    private ForwardedSale? Read(OfflineForward forward, TerminalRecord terminal, out byte[]? hash)
    {
        hash = forward.Record.Length == 0 ? null : SHA256.HashData(forward.Record);
        bool read = SignedMessage.TryDecode(forward.Record.AsSpan(), out DecodedMessage decoded)
            && decoded.ContentType == OfflineRecord.ContentType && decoded.TerminalId == terminal.TerminalId
                && decoded.Verify(terminal.DeviceKey);
        if (!read || !OfflineRecord.TryDecode(decoded.Payload, out OfflineRecord record) || record.Sequence != forward.Sequence
            || !PaymentRequest.TryDecode(record.Request, out PaymentRequest request, out _))
        {
            return null;
        }

        bool permitted = OfflinePermission.TryVerify(request.ResultToken, _options.OfflineKey, out OfflinePermission permission);
        return new ForwardedSale(record, OfflineRecord.HashOf(decoded.Payload), request, permitted ? permission : null);
    }

    /// <summary>A record that cannot be read is given up, so that those behind it can come; null when the chain moved meanwhile.</summary>
    private async Task<OfflineReply?> GiveUpAsync(OfflineForward forward, TerminalRecord terminal, byte[]? hash)
    {
        OfflineChain? stored = await _database.Offline.ChainAsync(terminal.TerminalId).ConfigureAwait(false);
        OfflineChain chain = stored ?? NewChain(terminal);
        if (forward.Sequence <= chain.Acknowledged)
        {
            return new OfflineReply(new OfflineForwardAnswer { Acknowledged = chain.Acknowledged,
                Reason = ReasonCodes.OfflineRecordInvalid }, null);
        }

        Change change = new();
        OfflineChain next = Reported(change, chain, Math.Max(forward.HeadSequence, chain.Reported));
        next = next with
        {
            Acknowledged = forward.Sequence, Head = new byte[SHA256.HashSizeInBytes], Missing = next.Missing
                + forward.Sequence - chain.Acknowledged,
            Closed = next.Closed ?? "a record is missing",
        };
        change.Move(stored, next).Append(hash is null ? "offline.record-missing" : "offline.record-invalid", terminal.TerminalId,
            new JsonObject
        {
            ["from"] = chain.Acknowledged + 1, ["to"] = forward.Sequence, ["head"] = forward.HeadSequence,
            ["sha256"] = hash is null ? null : Convert.ToHexStringLower(hash),
        });
        return (await _database.CommitAsync(change).ConfigureAwait(false)).Done
            ? new OfflineReply(new OfflineForwardAnswer { Acknowledged = next.Acknowledged, Reason = ReasonCodes.OfflineRecordInvalid },
                null)
            : null;
    }

    /// <summary>Takes a sale, once; null when the chain moved meanwhile.</summary>
    private async Task<OfflineReply?> TakeAsync(OfflineForward forward, ForwardedSale sale, TerminalRecord terminal)
    {
        OfflineChain? stored = await _database.Offline.ChainAsync(terminal.TerminalId).ConfigureAwait(false);
        OfflineChain chain = stored ?? NewChain(terminal);
        if (await _database.Offline.FindAsync(terminal.TerminalId, sale.Record.Sequence, sale.Hash).ConfigureAwait(false) is { } known)
        {
            return await AnswerAsync(chain, known.PaymentId).ConfigureAwait(false);
        }

        MerchantRecord? merchant = await _database.Merchants.FindAsync(terminal.MerchantId).ConfigureAwait(false);
        (long, long) used = sale.Permission is { } permission ? await _database.Offline.UseOfAsync(permission.PermissionId)
            .ConfigureAwait(false) : default;
        List<OfflineFlag> flags = OfflineCheck.Of(sale, used, chain, terminal, merchant, _options, _steps.Now);
        if (await _database.Payments.FindAsync(sale.Request.PaymentId).ConfigureAwait(false) is not null)
        {
            flags.Add(OfflineFlag.Duplicate);
        }

        OfflineIntake intake = new(forward, sale, terminal, chain, stored, OwnTime, _steps.Now);
        ChangeRefusal refusal = (await _database.CommitAsync(intake.Change(flags)).ConfigureAwait(false)).Refusal;
        if (refusal == ChangeRefusal.KeySerialSeen)
        {
            flags.Add(OfflineFlag.KeySerialSeen);
            refusal = (await _database.CommitAsync(intake.Change(flags)).ConfigureAwait(false)).Refusal;
        }

        if (refusal != ChangeRefusal.None)
        {
            return null;
        }

        if (flags.Count == 0)
        {
            await AuthoriseAsync(sale.Request.PaymentId).ConfigureAwait(false);
        }

        return await AnswerAsync(intake.Next!, sale.Request.PaymentId).ConfigureAwait(false);
    }

    private async Task<OfflineReply> AnswerAsync(OfflineChain chain, Guid paymentId)
    {
        StoredPayment stored = (await _database.Payments.FindAsync(paymentId).ConfigureAwait(false))!;
        PaymentAnswer payment = PaymentAnswers.Of(await _steps.StandAsync(stored).ConfigureAwait(false));
        return new OfflineReply(new OfflineForwardAnswer { Acknowledged = chain.Acknowledged, Reason = payment.Reason, Payment = payment },
            null);
    }

    /// <summary>The chain after a number was told; a number below an earlier one is written down and closes the chain.</summary>
    internal static OfflineChain Reported(Change change, OfflineChain chain, long sequence)
    {
        if (sequence >= chain.Reported)
        {
            return chain with { Reported = sequence };
        }

        change.Append("offline.rolled-back", chain.TerminalId, new JsonObject
        {
            ["told"] = sequence, ["before"] = chain.Reported, ["acknowledged"] = chain.Acknowledged,
        });
        return chain with
        {
            Reported = sequence, Missing = chain.Missing + Math.Max(0, chain.Reported - Math.Max(sequence, chain.Acknowledged)),
            Closed = chain.Closed ?? "the phone told of fewer sales than before",
        };
    }

    private async Task<AdmittedPayment?> AdmitAsync(StoredPayment stored)
    {
        PaymentRecord payment = stored.Record;
        StoredOfflineRecord? record = await _database.Offline.OfPaymentAsync(payment.PaymentId).ConfigureAwait(false);
        TerminalRecord? terminal = await _database.Terminals.FindAsync(payment.TerminalId).ConfigureAwait(false);
        MerchantRecord? merchant = await _database.Merchants.FindAsync(payment.MerchantId).ConfigureAwait(false);
        if (record?.Message is not { } message || terminal is null || merchant is null
            || !SignedMessage.TryDecode(message, out DecodedMessage decoded)
                || !OfflineRecord.TryDecode(decoded.Payload, out OfflineRecord taken)
            || !PaymentRequest.TryDecode(taken.Request, out PaymentRequest request, out _)
            || !SHA256.HashData(taken.Request).AsSpan().SequenceEqual(payment.RequestHash) || EmvData.Read(request, out _) is not { } emv)
        {
            return null;
        }

        return new AdmittedPayment(request, payment.RequestHash, emv, terminal, merchant, Token: null) { TakenAt = taken.TakenAt };
    }
}
