using System.Collections.Concurrent;
using System.Security.Cryptography;

using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// Takes signed payments to the acquirer: admission, journal, keys, message, answer. What will be done is durable before it is done, and an
/// answer is durable before its first byte leaves. Safe for many callers at once; one per process and database.
/// </summary>
public sealed class PaymentGateway : IDisposable
{
    private readonly Database _database;
    private readonly PaymentOptions _options;
    private readonly TimeProvider _clock;
    private readonly Admission _admission;
    private readonly Authorisation _authorisation;
    private readonly FollowUps _followUps;
    private readonly HoldExpiry _holds;
    private readonly PaymentSteps _steps;
    private readonly ConcurrentDictionary<Guid, InFlight> _inFlight = new();

    /// <summary>Makes a gateway. Call <see cref="RecoverAsync"/> before the first payment.</summary>
    /// <param name="database">Store.</param>
    /// <param name="keys">Keys room.</param>
    /// <param name="acquirer">Way to the acquirer.</param>
    /// <param name="monitoringKey">SubjectPublicKeyInfo of the P-256 key that signs result tokens.</param>
    /// <param name="options">Options.</param>
    /// <param name="clock">Clock.</param>
    public PaymentGateway(
        Database database, IKeyRoom keys, IAcquirer acquirer, ReadOnlySpan<byte> monitoringKey, PaymentOptions options, TimeProvider clock)
    {
        _database = database;
        _options = options;
        _clock = clock;
        _admission = new Admission(options, monitoringKey, clock);
        PaymentSteps steps = _steps = new PaymentSteps(database, options, clock);
        _authorisation = new Authorisation(database, keys, acquirer, steps, options, clock);
        _holds = new HoldExpiry(database, steps, options);
        Offline = new OfflineDesk(database, steps, _authorisation, options);
        Reversals = new ReversalWorker(database, keys, acquirer, steps, options, clock) 
        {
            Settle = async () =>
            {
                await RecoverAsync().ConfigureAwait(false);
                await _holds.RunAsync().ConfigureAwait(false);
            },
            Authorise = Offline.AuthoriseAsync,
        };
        _followUps = new FollowUps(database, _admission, steps, _authorisation, Reversals, _holds, options);
    }

    /// <summary>Reversals of payments whose outcome is unknown. Run it beside the gateway.</summary>
    public ReversalWorker Reversals { get; }

    /// <summary>Sales that terminals took while this back end was away.</summary>
    public OfflineDesk Offline { get; }

    /// <summary>
    /// Settles what an earlier process, or a failure of the store, left open: what was received is abandoned, what may have been sent is reversed.
    /// Payments that are being worked on are left alone. Returns how many of each.
    /// </summary>
    public async Task<(int Abandoned, int ToReverse)> RecoverAsync(CancellationToken cancellation = default)
    {
        int abandoned = await SettleAsync(PaymentState.Received, cancellation).ConfigureAwait(false);
        int unknown = await SettleAsync(PaymentState.Sent, cancellation).ConfigureAwait(false);
        return (abandoned, unknown);
    }

    /// <summary>Lets pre-authorisations go that were not completed in time; gives how many. The worker does that by itself.</summary>
    public Task<int> EndHoldsAsync() => _holds.RunAsync();

    /// <summary>Takes a payment. The same request gives the same bytes, however often and at the same time it comes.</summary>
    /// <param name="message">COSE_Sign1 with a <see cref="PaymentRequest"/>.</param>
    /// <param name="cancellation">Ends the wait, not the payment.</param>
    public async Task<PaymentReply> PayAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        (PaymentRefusal? refusal, DecodedMessage decoded, TerminalRecord? terminal) =
            await AuthenticateAsync(message, MessageType.Payment, cancellation).ConfigureAwait(false);
        if (refusal is not null)
        {
            return PaymentReply.Refuse(refusal);
        }

        if (!PaymentRequest.TryDecode(decoded.Payload, out PaymentRequest request, out string fault))
        {
            return PaymentReply.Refuse(ReasonCodes.RequestMalformed, fault);
        }

        InFlight mine = new(request.PaymentId, terminal!.TerminalId, SHA256.HashData(decoded.Payload.Span));
        return await OnceAsync(mine, () => DecideAsync(mine, request, terminal), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Voids, completes, adjusts or increases a payment that was approved. The same request again changes nothing more and gets the present state.
    /// </summary>
    /// <param name="message">COSE_Sign1 with a <see cref="PaymentFollowUpRequest"/>.</param>
    /// <param name="cancellation">Ends the wait, not what was begun.</param>
    public async Task<PaymentReply> FollowUpAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        (PaymentRefusal? refusal, DecodedMessage decoded, TerminalRecord? terminal) =
            await AuthenticateAsync(message, PaymentFollowUpRequest.ContentType, cancellation).ConfigureAwait(false);
        if (refusal is not null)
        {
            return PaymentReply.Refuse(refusal);
        }

        if (!PaymentFollowUpRequest.TryDecode(decoded.Payload, out PaymentFollowUpRequest request))
        {
            return PaymentReply.Refuse(ReasonCodes.RequestMalformed, "payload");
        }

        InFlight mine = new(request.RequestId, terminal!.TerminalId, SHA256.HashData(decoded.Payload.Span));
        return await OnceAsync(mine, () => _followUps.TakeAsync(request, mine.RequestHash, terminal), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Voids, completes, adjusts or increases a payment for the provider of its merchant, without the terminal. Whoever calls has made sure that
    /// the merchant is the caller's.
    /// </summary>
    /// <param name="request">What is asked; its token is not looked at.</param>
    /// <param name="cancellation">Ends the wait, not what was begun.</param>
    public async Task<PaymentReply> FollowUpAsync(PaymentFollowUpRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        StoredPayment? stored = await _database.Payments.FindAsync(request.PaymentId, cancellation).ConfigureAwait(false);
        TerminalRecord? terminal = stored is null ? null : await _database.Terminals.FindAsync(stored.Record.TerminalId, cancellation).ConfigureAwait(false);
        if (terminal is null)
        {
            return PaymentReply.Refuse(ReasonCodes.PaymentUnknown, "no payment has that identity");
        }

        byte[] hash = SHA256.HashData((request with { DeviceTime = default, ResultToken = [] }).Encode());
        InFlight mine = new(request.RequestId, terminal.TerminalId, hash);
        return await OnceAsync(mine, () => _followUps.TakeAsync(request, hash, terminal, ofTerminal: false), cancellation).ConfigureAwait(false);
    }

    /// <summary>Tells a terminal how a payment of its own stands now.</summary>
    /// <param name="message">COSE_Sign1 with a <see cref="PaymentStatusRequest"/>.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<PaymentReply> StatusAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        (PaymentRefusal? refusal, DecodedMessage decoded, TerminalRecord? terminal) =
            await AuthenticateAsync(message, MessageType.PaymentStatus, cancellation).ConfigureAwait(false);
        if (refusal is not null)
        {
            return PaymentReply.Refuse(refusal);
        }

        if (!PaymentStatusRequest.TryDecode(decoded.Payload, out PaymentStatusRequest question))
        {
            return PaymentReply.Refuse(ReasonCodes.RequestMalformed, "payload");
        }

        if ((question.DeviceTime - _clock.GetUtcNow()).Duration() > _options.StatusQuestionLife)
        {
            return PaymentReply.Refuse(ReasonCodes.ClockSkew, "deviceTime");
        }

        StoredPayment? stored = await _database.Payments.FindAsync(question.PaymentId, cancellation).ConfigureAwait(false);
        if (stored is null || stored.Record.TerminalId != terminal!.TerminalId)
        {
            return PaymentReply.Refuse(ReasonCodes.PaymentUnknown, "no payment of this terminal has that identity");
        }

        return PaymentReply.Of(PaymentAnswers.Encode(await _steps.StandAsync(stored).ConfigureAwait(false)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _admission.Dispose();
        Reversals.Dispose();
    }

    private async ValueTask<(PaymentRefusal? Refusal, DecodedMessage Decoded, TerminalRecord? Terminal)> AuthenticateAsync(
        ReadOnlyMemory<byte> message, string contentType, CancellationToken cancellation)
    {
        if (!SignedMessage.TryDecode(message.Span, out DecodedMessage decoded) || decoded.ContentType != contentType || decoded.TerminalId is not { } id)
        {
            return (new PaymentRefusal(ReasonCodes.RequestMalformed, "the envelope is not a COSE_Sign1 of this kind"), decoded, null);
        }

        TerminalRecord? terminal = await _database.TrustStatus.ReadAsync(id, cancellation).ConfigureAwait(false);
        return (Admission.Authenticate(decoded, terminal), decoded, terminal);
    }

    /// <summary>Lets one of several copies of a request run; the others get its reply.</summary>
    private async Task<PaymentReply> OnceAsync(InFlight mine, Func<Task<PaymentReply>> decide, CancellationToken cancellation)
    {
        InFlight running = _inFlight.GetOrAdd(mine.Identity, mine);
        if (running == mine)
        {
            _ = RunAsync(mine, decide);
        }
        else if (!running.IsSame(mine))
        {
            return await ConflictAsync(mine.Identity, mine.TerminalId).ConfigureAwait(false);
        }

        return await running.Reply.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task RunAsync(InFlight mine, Func<Task<PaymentReply>> decide)
    {
        // Off the caller's stack: copies that come meanwhile wait for this one.
        await Task.Yield();
        try
        {
            mine.Complete(await decide().ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Whatever failed, every waiting copy must hear of it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            mine.Fail(fault);
        }
        finally
        {
            _inFlight.TryRemove(mine.Identity, out _);
        }
    }

    private async Task<PaymentReply> DecideAsync(InFlight mine, PaymentRequest request, TerminalRecord terminal)
    {
        StoredPayment? stored = await _database.Payments.FindAsync(request.PaymentId).ConfigureAwait(false);
        if (stored is not null)
        {
            return await RepeatAsync(stored, mine).ConfigureAwait(false);
        }

        MerchantRecord? merchant = await _database.Merchants.FindAsync(terminal.MerchantId).ConfigureAwait(false);
        PaymentRefusal? refusal = _admission.Check(request, mine.RequestHash, terminal, merchant, out AdmittedPayment? admitted);
        if (refusal is null && request.OriginalPaymentId is not null)
        {
            (refusal, admitted) = await LinkAsync(admitted!).ConfigureAwait(false);
        }

        if (refusal is not null)
        {
            return await RefuseAsync(request.PaymentId, terminal, refusal).ConfigureAwait(false);
        }

        (ChangeRefusal taken, PaymentRecord received, JournalTrace? trace) = await _authorisation.ReceiveAsync(admitted!).ConfigureAwait(false);
        return taken switch
        {
            ChangeRefusal.None => PaymentReply.Of(await _authorisation.AuthoriseAsync(admitted!, received, trace!).ConfigureAwait(false)),
            ChangeRefusal.PaymentExists => await RepeatAsync(
                (await _database.Payments.FindAsync(request.PaymentId).ConfigureAwait(false))!, mine).ConfigureAwait(false),
            _ => await RefuseAsync(request.PaymentId, terminal, FollowUps.RefusalOf(taken)).ConfigureAwait(false),
        };
    }

    /// <summary>Finds the payment that a refund gives back: of the same merchant, currency and card.</summary>
    private async Task<(PaymentRefusal? Refusal, AdmittedPayment? Admitted)> LinkAsync(AdmittedPayment admitted)
    {
        StoredPayment? stored = await _database.Payments.FindAsync(admitted.Request.OriginalPaymentId!.Value).ConfigureAwait(false);
        if (stored?.Record is not { } original || original.MerchantId != admitted.Merchant.MerchantId)
        {
            return (new PaymentRefusal(ReasonCodes.PaymentUnknown, "originalPaymentId: no payment of this merchant has that identity"), null);
        }

        bool same = original.MaskedPan == admitted.Request.MaskedPan && original.Currency == admitted.Request.Currency;
        return same
            ? (null, admitted with { Original = original })
            : (new PaymentRefusal(ReasonCodes.RefundNotPermitted, "originalPaymentId: the payment was made with another card or currency"), null);
    }

    private async Task<PaymentReply> RepeatAsync(StoredPayment stored, InFlight mine)
    {
        if (!mine.IsSame(new InFlight(stored.Record.PaymentId, stored.Record.TerminalId, stored.Record.RequestHash)))
        {
            return await ConflictAsync(stored.Record.PaymentId, mine.TerminalId).ConfigureAwait(false);
        }

        // Without an answer another node is still at it; the terminal asks for the state.
        return stored.Answer is { } answer
            ? PaymentReply.Of(answer)
            : PaymentReply.Refuse(ReasonCodes.RateLimited, "the payment is being worked on; ask for its state");
    }

    private async Task<PaymentReply> ConflictAsync(Guid paymentId, Guid terminalId)
    {
        Change change = new Change().Append("payment.conflict", paymentId, new JsonObject { ["terminal"] = terminalId.ToString() });
        await _database.CommitAsync(change).ConfigureAwait(false);
        return PaymentReply.Refuse(ReasonCodes.IdempotencyConflict, "the identity belongs to another payment");
    }

    private async Task<PaymentReply> RefuseAsync(Guid paymentId, TerminalRecord terminal, PaymentRefusal refusal)
    {
        Change change = new Change().Append("payment.refused", paymentId, new JsonObject
        {
            ["terminal"] = terminal.TerminalId.ToString(), ["reason"] = refusal.Reason, ["detail"] = refusal.Detail,
        });
        await _database.CommitAsync(change).ConfigureAwait(false);
        return PaymentReply.Refuse(refusal);
    }

    private async Task<int> SettleAsync(PaymentState state, CancellationToken cancellation)
    {
        int count = 0;
        long after = 0;
        while (true)
        {
            List<StoredPayment> open = await _database.Payments.OpenAsync(state, after, PaymentStore.MaxPage, cancellation).ConfigureAwait(false);
            if (open.Count == 0)
            {
                return count;
            }

            foreach (StoredPayment payment in open.Where(p => !_inFlight.ContainsKey(p.Record.PaymentId)
                && !Offline.IsUnderWay(p.Record.PaymentId)))
            {
                bool moved = await _authorisation.RecoverAsync(payment).ConfigureAwait(false);
                count += moved ? 1 : 0;
            }

            after = open[^1].Sequence;
        }
    }

    /// <summary>A request that is being worked on, for its copies to wait on.</summary>
    private sealed class InFlight(Guid identity, Guid terminalId, byte[] requestHash)
    {
        private readonly TaskCompletionSource<PaymentReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid Identity { get; } = identity;

        public Guid TerminalId { get; } = terminalId;

        public byte[] RequestHash { get; } = requestHash;

        public Task<PaymentReply> Reply => _reply.Task;

        public bool IsSame(InFlight other) => TerminalId == other.TerminalId && RequestHash.AsSpan().SequenceEqual(other.RequestHash);

        public void Complete(PaymentReply reply) => _reply.TrySetResult(reply);

        public void Fail(Exception fault) => _reply.TrySetException(fault);
    }
}
