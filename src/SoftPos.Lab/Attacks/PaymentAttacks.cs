using SoftPos.Contract;
using SoftPos.Terminal;

namespace SoftPos.Lab.Attacks;

/// <summary>Attacks on payments and their answers.</summary>
internal static class PaymentAttacks
{
    internal const string Payments = "terminal/v1/payments";
    private const string Once = "same bytes, charged once";

    public static Task<AttackOutcome> FlipAsync(AttackGround ground, CancellationToken cancellation) =>
        ChangedAsync(ground, message => message.Flip(message.Body.Length * 2 / 3), cancellation);

    public static Task<AttackOutcome> UnsignedAsync(AttackGround ground, CancellationToken cancellation) => ChangedAsync(
        ground,
        message =>
        {
            byte[] body = [.. message.Body];
            body.AsSpan(body.Length - EvidenceAttacks.SignatureLength).Clear();
            return message with { Body = body };
        },
        cancellation);

    public static async Task<AttackOutcome> ReplayAsync(AttackGround ground, CancellationToken cancellation)
    {
        (WireTap tap, VirtualTerminal.VirtualTerminal phone) = await PaidAsync(ground, cancellation).ConfigureAwait(false);
        await using (tap)
        await using (phone)
        {
            WireAnswer first = tap.Answers.Last(pair => pair.Path == Payments).Answer;
            WireAnswer again = await tap.PostAsync(Payments, tap.Last(Payments).Body, cancellation).ConfigureAwait(false);
            return again.Body.AsSpan().SequenceEqual(first.Body)
                ? AttackOutcome.SeenBy(Once, "payment")
                : again.Reason is { } reason ? AttackOutcome.SeenBy(reason, "payment") : AttackOutcome.Unseen("payment", "a second charge");
        }
    }

    public static async Task<AttackOutcome> RaceAsync(AttackGround ground, CancellationToken cancellation)
    {
        const int Copies = 50;
        WireMessage? held = null;
        await using WireTap tap = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);

        // The first copy goes out damaged, so that the fifty good ones meet a payment that nobody has seen.
        tap.Request = message =>
        {
            if (message.Path != Payments)
            {
                return message;
            }

            held = message;
            return message.Flip(-1);
        };
        await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        byte[] body = held?.Body ?? throw new AttackSetupException("no payment was sent");
        WireAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, Copies).Select(_ => tap.PostAsync(Payments, body, cancellation)))
            .ConfigureAwait(false);
        WireAnswer[] approved = [.. answers.Where(answer => answer.Status == 200)];
        return approved.Length == Copies && approved.All(answer => answer.Body.AsSpan().SequenceEqual(approved[0].Body))
            ? AttackOutcome.SeenBy(Once, "payment")
            : AttackOutcome.Unseen("payment", $"{approved.Select(answer => Convert.ToHexString(answer.Body)).Distinct().Count()} different answers");
    }

    public static async Task<AttackOutcome> WrongKindAsync(AttackGround ground, CancellationToken cancellation)
    {
        (WireTap tap, VirtualTerminal.VirtualTerminal phone) = await PaidAsync(ground, cancellation).ConfigureAwait(false);
        await using (tap)
        await using (phone)
        {
            WireAnswer one = await tap.PostAsync(Payments, tap.Last(EvidenceAttacks.Attestation).Body, cancellation).ConfigureAwait(false);
            WireAnswer two = await tap.PostAsync(EvidenceAttacks.Attestation, tap.Last(Payments).Body, cancellation).ConfigureAwait(false);
            return one.Reason is { } first && two.Reason is not null
                ? AttackOutcome.SeenBy(first, "wire")
                : AttackOutcome.Unseen("wire", "one kind was taken for another");
        }
    }

    public static async Task<AttackOutcome> ForeignStatusAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using VirtualTerminal.VirtualTerminal victim = await ground.EnrolledAsync(cancellation).ConfigureAwait(false);
        await using VirtualTerminal.VirtualTerminal thief = await ground.EnrolledAsync(cancellation).ConfigureAwait(false);
        PaymentResult sale = await victim.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        PaymentResult seen = await thief.StatusAsync(sale.PaymentId, cancellation).ConfigureAwait(false);
        return seen.Answer is null ? AttackOutcome.SeenBy(seen.Reason.Code, "payment") : AttackOutcome.Unseen("payment", "another's sale");
    }

    public static async Task<AttackOutcome> SwallowAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend) { Answer = (message, answer) => message.Path == Payments ? null : answer };
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        PaymentResult sale = await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);

        // Whether the terminal asked by itself or is asked to: it must end at what the bank said.
        tap.Answer = static (_, answer) => answer;
        PaymentResult later = await phone.StatusAsync(sale.PaymentId, cancellation).ConfigureAwait(false);
        return sale.Outcome is PaymentOutcome.Unknown or PaymentOutcome.Approved && later.Outcome is PaymentOutcome.Approved
            ? AttackOutcome.SeenBy("asked again, found approved", "payment")
            : AttackOutcome.Unseen("payment", $"shown as {sale.Outcome}, stands as {later.Outcome}");
    }

    private static async Task<AttackOutcome> ChangedAsync(AttackGround ground, Func<WireMessage, WireMessage> change, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend) { Request = message => message.Path == Payments ? change(message) : message };
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        return AttackOutcome.Of(await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false));
    }

    private static async Task<(WireTap Tap, VirtualTerminal.VirtualTerminal Phone)> PaidAsync(AttackGround ground, CancellationToken cancellation)
    {
        WireTap tap = new(ground.Backend);
        VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        PaymentResult sale = await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        return sale.Outcome is PaymentOutcome.Approved
            ? (tap, phone)
            : throw new AttackSetupException($"a good sale was not approved: {sale.Reason.Code} {sale.Answer?.ResponseCode}");
    }
}
