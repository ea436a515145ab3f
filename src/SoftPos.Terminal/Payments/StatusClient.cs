using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// Finds out what became of a payment. The only thing that ever follows an uncertain sending: the same identity is asked for, nothing is
/// sent twice.
/// </summary>
internal sealed class StatusClient(BackendLink link, TimeProvider clock, AttestationClient attestation)
{
    /// <summary>Questions until the terminal says "unknown": with the pauses below, about a minute and a half.</summary>
    private const int MaxQuestions = 12;

    /// <summary>So often must the back end say that it knows nothing, one pause apart, before the payment counts as never arrived.</summary>
    private const int UnknownAnswersForNever = 2;

    private const string ClockSkew = "CLOCK_SKEW";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(10);

    public async Task<LinkAnswer<PaymentAnswer>> AskAsync(Enrolment enrolment, Guid paymentId, CancellationToken cancellation)
    {
        LinkAnswer<PaymentAnswer> answer = await AskOnceAsync(enrolment, paymentId, cancellation).ConfigureAwait(false);
        if (answer.Problem?.Code == ClockSkew)
        {
            // The question stands in the back end's time, which an app that was just started has not been told yet.
            await attestation.LearnTimeAsync(enrolment, cancellation).ConfigureAwait(false);
            answer = await AskOnceAsync(enrolment, paymentId, cancellation).ConfigureAwait(false);
        }

        // That a question was refused says nothing about the payment.
        return answer.Problem is { Code: not ReasonCodes.PaymentUnknown } ? LinkAnswer<PaymentAnswer>.Failed(LinkEnd.Uncertain) : answer;
    }

    private async Task<LinkAnswer<PaymentAnswer>> AskOnceAsync(Enrolment enrolment, Guid paymentId, CancellationToken cancellation)
    {
        PaymentStatusRequest question = new() { PaymentId = paymentId, DeviceTime = attestation.BackendTime };
        byte[] message = enrolment.Sign(MessageType.PaymentStatus, question.Encode());
        LinkAnswer<PaymentAnswer> answer = await link
            .SendAsync(Paths.PaymentStatus, message, ContractJson.Default.PaymentAnswer, Paths.Patience, cancellation).ConfigureAwait(false);
        return Matching(answer, paymentId);
    }

    /// <summary>Asks until the payment has left the states in which its answer is still to come.</summary>
    /// <returns>The answer; a refusal when the back end never got the payment; otherwise the want of an answer.</returns>
    public async Task<LinkAnswer<PaymentAnswer>> AskUntilSettledAsync(Enrolment enrolment, Guid paymentId, CancellationToken cancellation)
    {
        TimeSpan pause = FirstPause;
        LinkAnswer<PaymentAnswer> answer = LinkAnswer<PaymentAnswer>.Failed(LinkEnd.Uncertain);
        for (int question = 0, never = 0; question < MaxQuestions; question++)
        {
            answer = await AskAsync(enrolment, paymentId, cancellation).ConfigureAwait(false);
            never = answer.Problem?.Code == ReasonCodes.PaymentUnknown ? never + 1 : 0;
            if (never == UnknownAnswersForNever || answer.Value is { State: not (PaymentState.Received or PaymentState.Sent) })
            {
                return answer;
            }

            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        return answer.Problem?.Code == ReasonCodes.PaymentUnknown ? LinkAnswer<PaymentAnswer>.Failed(LinkEnd.Uncertain) : answer;
    }

    /// <summary>Whether what was sent may have been done: no answer, or a fault of the back end's own on the way.</summary>
    public static bool IsOpen(LinkAnswer<PaymentAnswer> answer) =>
        answer.End == LinkEnd.Uncertain || answer.Problem?.Code is ReasonCodes.Internal or ReasonCodes.StoreUnavailable;

    /// <summary>An answer about another payment is no answer.</summary>
    public static LinkAnswer<PaymentAnswer> Matching(LinkAnswer<PaymentAnswer> answer, Guid paymentId) =>
        answer.Value is { } value && value.PaymentId != paymentId ? LinkAnswer<PaymentAnswer>.Failed(LinkEnd.Uncertain) : answer;
}
