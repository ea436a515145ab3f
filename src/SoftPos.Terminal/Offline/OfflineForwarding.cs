using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// Sends the sales that wait, oldest first, one at a time: the next goes only when the back end has the one before. What comes after a lost
/// answer is the same record again, which the back end knows.
/// </summary>
internal sealed class OfflineForwarding(BackendLink link, TerminalPlatform platform, PaymentResults results)
{
    /// <summary>Sends what waits.</summary>
    /// <param name="enrolment">The enrolled terminal.</param>
    /// <param name="told">Is told what became of each.</param>
    /// <param name="cancellation">Cancels between two.</param>
    /// <returns>How it ended: answered when nothing waits any more.</returns>
    public async Task<LinkEnd> RunAsync(Enrolment enrolment, Action<PaymentResult>? told, CancellationToken cancellation)
    {
        foreach (WaitingSale sale in enrolment.Offline.Waiting)
        {
            OfflineForward forward = new()
            {
                Sequence = sale.Sequence,
                Record = enrolment.Offline.Read(sale.Sequence),
                HeadSequence = enrolment.Offline.Head,
                Head = enrolment.Offline.HeadHash,
                DeviceTime = platform.Clock.GetUtcNow(),
            };
            byte[] message = enrolment.Sign(OfflineForward.ContentType, forward.Encode());
            LinkAnswer<OfflineForwardAnswer> answer = await link
                .SendAsync(Paths.OfflineForward, message, ContractJson.Default.OfflineForwardAnswer, Paths.PaymentPatience, cancellation)
                    .ConfigureAwait(false);
            if (answer.Value is not { } value || value.Acknowledged < sale.Sequence)
            {
                return answer.Value is null ? answer.End : LinkEnd.Refused;
            }

            Settle(enrolment, sale, value);
            told?.Invoke(ResultOf(sale, value));
        }

        return LinkEnd.Answered;
    }

    /// <summary>What became of a sale at its forward.</summary>
    private PaymentResult ResultOf(WaitingSale sale, OfflineForwardAnswer answer) => answer.Payment is { } payment
        && payment.PaymentId == sale.PaymentId
        ? results.Of(sale.PaymentId, LinkAnswer<PaymentAnswer>.Answered(payment), card: null) with { Offline = sale }
        : results.Refused(sale.PaymentId, answer.Reason) with { Offline = sale };

    private static void Settle(Enrolment enrolment, WaitingSale sale, OfflineForwardAnswer answer)
    {
        // Noted before it is forgotten: a crash between leaves it in both places, which is right.
        if (answer.Payment is { } payment && !PaymentResults.IsFinal(payment.State))
        {
            enrolment.TryOpenPayment(sale.PaymentId);
        }

        enrolment.Offline.Forget(answer.Acknowledged);
    }
}
