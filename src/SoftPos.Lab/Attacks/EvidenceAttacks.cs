using System.Text.Json.Nodes;
using SoftPos.Terminal;

namespace SoftPos.Lab.Attacks;

/// <summary>Attacks on evidence, challenges and results.</summary>
internal static class EvidenceAttacks
{
    internal const string Challenge = "terminal/v1/challenge";
    internal const string Attestation = "terminal/v1/attestation";

    /// <summary>Bytes of the signature at the end of a COSE_Sign1 with ES256.</summary>
    internal const int SignatureLength = 64;

    public static async Task<AttackOutcome> ReplayAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        return Of(await tap.PostAsync(Attestation, tap.Last(Attestation).Body, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> FlipAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        tap.Request = message => message.Path == Attestation ? message.Flip(message.Body.Length / 2) : message;
        TrustResult trust = await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        return trust.CanPay ? AttackOutcome.Unseen("heartbeat", "a good verdict") : AttackOutcome.SeenBy(trust.Reason!.Code, "heartbeat");
    }

    public static async Task<AttackOutcome> RelayChallengeAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap line = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal bad = await ground.EnrolledAsync(cancellation, "hidden-root", through: line.Address).ConfigureAwait(false);
        WireAnswer? given = null;
        line.Answer = (message, answer) =>
        {
            given = message.Path == Challenge ? answer : given;
            return answer;
        };
        await bad.HeartbeatAsync(cancellation).ConfigureAwait(false);

        // The good phone signs over the bad one's challenge; what it signs is only good for itself.
        await using WireTap relay = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal lent = await ground.EnrolledAsync(cancellation, through: relay.Address).ConfigureAwait(false);
        relay.Answer = (message, answer) => message.Path == Challenge ? given : answer;
        TrustResult trust = await lent.HeartbeatAsync(cancellation).ConfigureAwait(false);
        return trust.CanPay ? AttackOutcome.Unseen("heartbeat", "a good verdict") : AttackOutcome.SeenBy(trust.Reason!.Code, "heartbeat");
    }

    public static async Task<AttackOutcome> SameChallengeAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        WireAnswer? first = null;
        tap.Answer = (message, answer) => message.Path == Challenge ? first ??= answer : answer;
        await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        TrustResult trust = await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        return trust.CanPay ? AttackOutcome.Unseen("heartbeat", "a good verdict") : AttackOutcome.SeenBy(trust.Reason!.Code, "heartbeat");
    }

    public static async Task<AttackOutcome> VerdictChangedAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend)
        {
            Answer = (message, answer) => message.Path == Attestation && answer.Status == 200
                ? answer.With(json =>
                {
                    json["verdict"] = "Trusted";
                    json["findings"] = new JsonArray();
                    json["resultToken"] ??= Convert.ToBase64String(new byte[180]);
                    json["expiresAt"] ??= ground.Clock.GetUtcNow().AddMinutes(1);
                })
                : answer,
        };
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, "hooked", through: tap.Address).ConfigureAwait(false);
        return AttackOutcome.Of(await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> StolenResultAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap source = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal good = await ground.EnrolledAsync(cancellation, through: source.Address).ConfigureAwait(false);
        await good.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        WireAnswer stolen = source.Answers.Last(pair => pair.Path == Attestation).Answer;
        return await PayWithAsync(ground, stolen, cancellation).ConfigureAwait(false);
    }

    public static async Task<AttackOutcome> MadeUpResultAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap source = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal good = await ground.EnrolledAsync(cancellation, through: source.Address).ConfigureAwait(false);
        await good.HeartbeatAsync(cancellation).ConfigureAwait(false);
        WireAnswer genuine = source.Answers.Last(pair => pair.Path == Attestation).Answer;
        return await PayWithAsync(ground, genuine.With(json =>
        {
            byte[] token = Convert.FromBase64String(json["resultToken"]!.GetValue<string>());
            token.AsSpan(token.Length - SignatureLength).Clear();
            json["resultToken"] = Convert.ToBase64String(token);
        }), cancellation).ConfigureAwait(false);
    }

    private static async Task<AttackOutcome> PayWithAsync(AttackGround ground, WireAnswer result, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend) { Answer = (message, answer) => message.Path == Attestation ? result : answer };
        await using VirtualTerminal.VirtualTerminal thief = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        return AttackOutcome.Of(await thief.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false));
    }

    private static AttackOutcome Of(WireAnswer answer) => answer.Reason is { } reason
        ? AttackOutcome.SeenBy(reason, "wire")
        : AttackOutcome.Unseen("wire", "a good verdict");
}
