using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Changes an approved payment without its card: attested, signed, sent once; what came of an uncertain sending is asked for.</summary>
internal sealed class FollowUpFlow(PaymentRoom room)
{
    public async Task<PaymentResult> RunAsync(Guid paymentId, FollowUpAction action, long amountMinor, CancellationToken cancellation)
    {
        LinkAnswer<AttestationAnswer> attested =
            await room.Attestation.AttestAsync(room.Enrolment, ChallengePurpose.Tap, cancellation).ConfigureAwait(false);
        if (attested.Value is not { } answer)
        {
            return PaymentResults.Refused(paymentId, TrustResult.Of(attested, room.Language));
        }

        TrustResult trust = TrustResult.Of(answer.Verdict, answer.Findings, room.Language);
        if (!trust.CanPay)
        {
            return PaymentResults.Refused(paymentId, trust);
        }

        if (answer.ResultToken is not { Length: > 0 and <= ResultToken.MaxLength } token)
        {
            return room.Results.Refused(paymentId, ReasonCodes.NotAttested);
        }

        PaymentFollowUpRequest request = new()
        {
            RequestId = TimeOrderedId.Create(room.Platform.Clock, room.Platform.Randomness),
            PaymentId = paymentId,
            Action = action,
            AmountMinor = amountMinor,
            ResultToken = token,
            DeviceTime = room.Now,
        };
        return await SendAsync(request).ConfigureAwait(false);
    }

    private async Task<PaymentResult> SendAsync(PaymentFollowUpRequest request)
    {
        // An increase is a payment of its own; everything else changes the one that it names.
        Guid answers = request.Action == FollowUpAction.Increase ? request.RequestId : request.PaymentId;
        byte[] message = room.Enrolment.Sign(PaymentFollowUpRequest.ContentType, request.Encode());
        LinkAnswer<PaymentAnswer> answer = StatusClient.Matching(
            await room.Link.SendAsync(Paths.PaymentFollowUp, message, ContractJson.Default.PaymentAnswer, Paths.PaymentPatience, CancellationToken.None)
                .ConfigureAwait(false),
            answers);
        if (answer.End == LinkEnd.NothingSent)
        {
            return room.Results.Refused(answers, ReasonCodes.BackendUnreachable);
        }

        if (StatusClient.IsOpen(answer))
        {
            answer = await room.Status.AskUntilSettledAsync(room.Enrolment, answers, CancellationToken.None).ConfigureAwait(false);
        }

        return room.Results.Of(answers, answer, card: null);
    }
}
