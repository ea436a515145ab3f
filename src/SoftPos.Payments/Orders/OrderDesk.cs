using System.Collections.Concurrent;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>What became of a terminal's message about orders: an answer or a refusal.</summary>
/// <param name="Answer">The answer; null when refused.</param>
/// <param name="Refusal">Why not; null when answered.</param>
public sealed record OrderReply(PushedOrderAnswer? Answer, PaymentRefusal? Refusal);

/// <summary>
/// Orders that integrators push to terminals. An order's identity is that of its payment, so a tap is bound to it in the transaction that
/// receives the payment, and no order is paid twice.
/// </summary>
public sealed class OrderDesk(Database database, TimeProvider clock)
{
    /// <summary>Time from the acceptance to the tap: the customer looks for the card.</summary>
    private static readonly TimeSpan TapTime = TimeSpan.FromMinutes(5);

    /// <summary>How old a signed message about orders may be.</summary>
    private static readonly TimeSpan MessageLife = TimeSpan.FromMinutes(5);

    /// <summary>Orders whose time is over, in one round.</summary>
    private const int ExpiryPage = 100;

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    /// <summary>Makes an order durable and wakes its terminal.</summary>
    public async Task<ChangeRefusal> PlaceAsync(PushedOrder order, CancellationToken cancellation = default)
    {
        Commit commit = await database.CommitAsync(new Change().Add(order), cancellation).ConfigureAwait(false);
        if (commit.Done && _waiting.TryRemove(order.TerminalId, out TaskCompletionSource? waiting))
        {
            waiting.TrySetResult();
        }

        return commit.Refusal;
    }

    /// <summary>Takes an order back; null when it is too late.</summary>
    public async Task<PushedOrder?> CancelAsync(PushedOrder order, CancellationToken cancellation = default) =>
        order.State is PushedOrderState.Created or PushedOrderState.Delivered
            ? await MoveAsync(order, order with { State = PushedOrderState.Cancelled }, "order.cancelled", cancellation).ConfigureAwait(false)
            : null;

    /// <summary>Takes a terminal's message.</summary>
    /// <param name="message">COSE_Sign1 with a <see cref="PushedOrderRequest"/>.</param>
    /// <param name="cancellation">Ends the wait for an order.</param>
    public async Task<OrderReply> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (!SignedMessage.TryDecode(message.Span, out DecodedMessage decoded) || decoded.ContentType != PushedOrderRequest.ContentType
            || decoded.TerminalId is not { } terminalId)
        {
            return Refuse(ReasonCodes.RequestMalformed, "the envelope is not a COSE_Sign1 of this kind");
        }

        TerminalRecord? terminal = await database.TrustStatus.ReadAsync(terminalId, cancellation).ConfigureAwait(false);
        if (Admission.Authenticate(decoded, terminal) is { } refused)
        {
            return new OrderReply(null, refused);
        }

        if (terminal!.State != TerminalState.Active)
        {
            return Refuse(ReasonCodes.TerminalSuspended, "the terminal is not in use");
        }

        if (!PushedOrderRequest.TryDecode(decoded.Payload, out PushedOrderRequest request))
        {
            return Refuse(ReasonCodes.RequestMalformed, "payload");
        }

        return (request.DeviceTime - clock.GetUtcNow()).Duration() > MessageLife
            ? Refuse(ReasonCodes.ClockSkew, "deviceTime")
            : request.Action == PushedOrderAction.Next
                ? Answer(await NextAsync(terminalId, request.WaitSeconds, cancellation).ConfigureAwait(false))
                : await AboutAsync(request, terminalId, cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends the orders whose time is over; gives how many.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancellation = default)
    {
        int ended = 0;
        foreach (StoredOrder stored in await database.Orders.ExpiredAsync(clock.GetUtcNow(), ExpiryPage, cancellation).ConfigureAwait(false))
        {
            PushedOrder next = stored.Order with { State = PushedOrderState.Expired, Reason = ReasonCodes.OrderExpired };
            ended += await MoveAsync(stored.Order, next, "order.expired", cancellation).ConfigureAwait(false) is null ? 0 : 1;
        }

        return ended;
    }

    private static OrderReply Answer(PushedOrder? order) => new(new PushedOrderAnswer { Order = order }, null);

    private static OrderReply Refuse(string reason, string detail) => new(null, new PaymentRefusal(reason, detail));

    private async Task<PushedOrder?> NextAsync(Guid terminalId, int waitSeconds, CancellationToken cancellation)
    {
        DateTimeOffset until = clock.GetUtcNow() + TimeSpan.FromSeconds(waitSeconds);
        while (true)
        {
            // Noted before the look, so that an order which comes in between wakes us.
            Task woken = _waiting.GetOrAdd(terminalId, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (await database.Orders.NextAsync(terminalId, clock.GetUtcNow(), cancellation).ConfigureAwait(false) is { } stored)
            {
                PushedOrder? delivered = stored.Order.State == PushedOrderState.Delivered ? stored.Order : await MoveAsync(
                    stored.Order, stored.Order with { State = PushedOrderState.Delivered }, "order.delivered", cancellation).ConfigureAwait(false);
                if (delivered is not null)
                {
                    return delivered;
                }

                continue;
            }

            TimeSpan left = until - clock.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await woken.WaitAsync(left, clock, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // One more look, then the answer is that there is none.
            }
        }
    }

    private async Task<OrderReply> AboutAsync(PushedOrderRequest request, Guid terminalId, CancellationToken cancellation)
    {
        StoredOrder? stored = await database.Orders.FindAsync(request.OrderId!.Value, cancellation).ConfigureAwait(false);
        if (stored is null || stored.Order.TerminalId != terminalId)
        {
            return Refuse(ReasonCodes.ResourceUnknown, "no order of this terminal has that identity");
        }

        PushedOrder order = stored.Order;
        DateTimeOffset now = clock.GetUtcNow();
        return request.Action == PushedOrderAction.Accept
            ? await AcceptAsync(order, now, cancellation).ConfigureAwait(false)
            : await GiveBackAsync(order, request.Reason!, cancellation).ConfigureAwait(false);
    }

    private async Task<OrderReply> AcceptAsync(PushedOrder order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (order.State == PushedOrderState.InProgress)
        {
            return Answer(order);
        }

        bool open = order.State is PushedOrderState.Created or PushedOrderState.Delivered && order.ExpiresAt > now;
        PushedOrder next = order with { State = PushedOrderState.InProgress, ExpiresAt = Whole(now + TapTime) };
        return open && await MoveAsync(order, next, "order.accepted", cancellation).ConfigureAwait(false) is { } accepted
            ? Answer(accepted)
            : Refuse(order.ExpiresAt <= now ? ReasonCodes.OrderExpired : ReasonCodes.OrderClosed, "the order is not open any more");
    }

    private async Task<OrderReply> GiveBackAsync(PushedOrder order, string reason, CancellationToken cancellation)
    {
        if (order is { State: PushedOrderState.Failed } && order.Reason == reason)
        {
            return Answer(order);
        }

        PushedOrder next = order with { State = PushedOrderState.Failed, Reason = reason };
        return order.State is PushedOrderState.Delivered or PushedOrderState.InProgress && ReasonCatalogue.Contains(reason)
            && await MoveAsync(order, next, "order.failed", cancellation).ConfigureAwait(false) is { } failed
                ? Answer(failed)
                : Refuse(ReasonCodes.OrderClosed, "the order is not open any more, or the reason is not in the catalogue");
    }

    private async Task<PushedOrder?> MoveAsync(PushedOrder from, PushedOrder to, string kind, CancellationToken cancellation)
    {
        to = to with { ChangedAt = Whole(clock.GetUtcNow()) };
        Commit commit = await database.CommitAsync(new Change().Move(from, to, kind), cancellation).ConfigureAwait(false);
        return commit.Done ? to : null;
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
