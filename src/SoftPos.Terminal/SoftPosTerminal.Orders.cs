using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Orders that an integrator pushes to this terminal.</summary>
public sealed partial class SoftPosTerminal
{
    /// <summary>Asks for the next order that was pushed to this terminal.</summary>
    /// <param name="wait">How long the back end may wait for one, up to 25 seconds.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <returns>The order; null when there is none, or when the back end was not reached or refused.</returns>
    public async Task<PushedOrder?> NextOrderAsync(TimeSpan wait, CancellationToken cancellation = default)
    {
        int seconds = (int)Math.Clamp(wait.TotalSeconds, 0, PushedOrderRequest.MaxWaitSeconds);
        LinkAnswer<PushedOrderAnswer> answer = await SayAsync(
            time => new PushedOrderRequest { Action = PushedOrderAction.Next, WaitSeconds = seconds, DeviceTime = time },
            TimeSpan.FromSeconds(seconds) + Paths.Patience,
            cancellation).ConfigureAwait(false);
        return answer.Value?.Order is { } order && order.TerminalId == TerminalId ? order : null;
    }

    /// <summary>Accepts a pushed order and takes its payment, under the order's identity. An order that no payment was made for is given back.</summary>
    /// <param name="order">What <see cref="NextOrderAsync"/> gave.</param>
    /// <param name="ui">Is told each state.</param>
    /// <param name="cancellation">Cancels until the payment is sent.</param>
    public async Task<PaymentResult> TakeOrderAsync(PushedOrder order, IPaymentUi ui, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        PaymentOrder payment = OrderOf(order);
        Check(payment);
        LinkAnswer<PushedOrderAnswer> accepted = await SayAsync(
            time => new PushedOrderRequest { Action = PushedOrderAction.Accept, OrderId = order.OrderId, DeviceTime = time },
            Paths.Patience,
            cancellation).ConfigureAwait(false);
        if (accepted.Value?.Order is null)
        {
            return _results.Refused(order.OrderId, accepted.Problem?.Code ?? ReasonCodes.BackendUnreachable, accepted.Problem);
        }

        PaymentResult result = await PayAsync(payment, ui, cancellation).ConfigureAwait(false);
        if (result is { Outcome: PaymentOutcome.Refused, Answer: null })
        {
            await SayAsync(
                time => new PushedOrderRequest
                {
                    Action = PushedOrderAction.GiveBack, OrderId = order.OrderId, Reason = result.Reason.Code, DeviceTime = time,
                },
                Paths.Patience,
                CancellationToken.None).ConfigureAwait(false);
        }

        return result;
    }

    private static PaymentOrder OrderOf(PushedOrder order) => new()
    {
        OrderId = order.OrderId,
        AmountMinor = order.AmountMinor,
        Currency = order.Currency,
        Kind = order.Operation switch
        {
            PaymentOperation.Refund => PaymentKind.Refund,
            PaymentOperation.PreAuthorisation => PaymentKind.PreAuthorisation,
            _ => PaymentKind.Purchase,
        },
        OriginalPaymentId = order.OriginalPaymentId,
        TipMinor = order.TipMinor,
        CashbackMinor = order.CashbackMinor,
        AcceptsPartialApproval = order.AcceptsPartialApproval,
    };

    /// <summary>Signs and sends; the terminal is held for the signature only, because the back end may wait long.</summary>
    private async Task<LinkAnswer<PushedOrderAnswer>> SayAsync(
        Func<DateTimeOffset, PushedOrderRequest> say, TimeSpan patience, CancellationToken cancellation)
    {
        byte[] message;
        using (Pass pass = await EnterAsync(cancellation).ConfigureAwait(false))
        {
            if (_enrolment is not { } enrolment)
            {
                return LinkAnswer<PushedOrderAnswer>.Failed(LinkEnd.NothingSent);
            }

            message = enrolment.Sign(PushedOrderRequest.ContentType, say(_options.Platform.Clock.GetUtcNow()).Encode());
        }

        return await _link.SendAsync(Paths.Orders, message, ContractJson.Default.PushedOrderAnswer, patience, cancellation).ConfigureAwait(false);
    }
}
