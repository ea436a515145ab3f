using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Terminal;
using Phone = SoftPos.Lab.VirtualTerminal.VirtualTerminal;

namespace SoftPos.Lab.Attacks;

/// <summary>Attacks of somebody who has broken TLS and sees envelopes: what he can hold back, repeat, swap, move and make up.</summary>
internal static class EnvelopeAttacks
{
    private const string Payments = PaymentAttacks.Payments;
    private const string Challenge = EvidenceAttacks.Challenge;

    /// <summary>The lab's issuer declines amounts that end so.</summary>
    private static readonly PaymentOrder Declined = new() { AmountMinor = 1205 };

    public static async Task<AttackOutcome> FakedApprovalAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend, isClosed: true)
        {
            Answer = (message, answer) => message.Path == Payments ? new WireAnswer(200, WireMessage.JsonType, Approval()) : answer,
        };
        await using Phone phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        return AttackOutcome.Of(await phone.PayAsync(Declined, null, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> ReplayedAnswerAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend, isClosed: true);
        await using Phone phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        WireAnswer approval = await ApprovalOfAsync(phone, tap, cancellation).ConfigureAwait(false);
        tap.Answer = (message, answer) => message.Path == Payments ? approval : answer;
        return AttackOutcome.Of(await phone.PayAsync(Declined, null, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> SwappedAnswersAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend, isClosed: true);
        await using Phone one = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        await using Phone other = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        WireAnswer approval = await ApprovalOfAsync(one, tap, cancellation).ConfigureAwait(false);
        tap.Answer = (message, answer) => message.Path == Payments ? approval : answer;
        return AttackOutcome.Of(await other.PayAsync(Declined, null, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> ReorderedAnswersAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend, isClosed: true);
        await using Phone phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        WireAnswer before = tap.Answers.Last(pair => pair.Path == Challenge).Answer;
        tap.Answer = (message, answer) =>
        {
            if (message.Path != Challenge)
            {
                return answer;
            }

            (WireAnswer late, before) = (before, answer);
            return late;
        };
        TrustResult trust = await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        return trust.CanPay ? AttackOutcome.Unseen("wire", "a past answer was believed") : AttackOutcome.SeenBy(trust.Reason!.Code, "wire");
    }

    public static async Task<AttackOutcome> ReplayedEnvelopeAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend, isClosed: true);
        await using Phone phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        return Of(await ground.PostAsync(Payments, tap.Last(Payments).Body, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> MovedEnvelopeAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend, isClosed: true);
        await using Phone phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        return Of(await ground.PostAsync("terminal/v1/payments/follow-up", tap.Last(Payments).Body, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> StrippedEnvelopeAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend);
        await using Phone phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        return Of(await ground.PostAsync(Payments, tap.Last(Payments).Body, cancellation).ConfigureAwait(false));
    }

    private static async Task<WireAnswer> ApprovalOfAsync(Phone phone, WireTap tap, CancellationToken cancellation)
    {
        PaymentResult sale = await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        return sale.Outcome is PaymentOutcome.Approved
            ? tap.Answers.Last(pair => pair.Path == Payments).Answer
            : throw new AttackSetupException($"a good sale was not approved: {sale.Reason.Code}");
    }

    /// <summary>An approval as the back end would write it, had it no envelope.</summary>
    private static byte[] Approval() => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["paymentId"] = Guid.Empty, ["state"] = nameof(PaymentState.Approved), ["reason"] = ReasonCodes.Approved,
        ["amountMinor"] = Declined.AmountMinor,
        ["currency"] = "710", ["maskedPan"] = "476173******0119", ["responseCode"] = "00",
    }.ToJsonString());

    private static AttackOutcome Of(WireAnswer answer) => answer.Reason is { } reason
        ? AttackOutcome.SeenBy(reason, "wire")
        : AttackOutcome.Unseen("wire", "it was taken");
}
