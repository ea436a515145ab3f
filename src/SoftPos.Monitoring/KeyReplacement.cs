using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>A replacement's answer, or why there is none.</summary>
public sealed record KeyReplacementOutcome
{
    /// <summary>The message was refused.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>New keys, or nothing in answer to a confirmation.</summary>
    public KeyReplacementAnswer? Answer { get; init; }
}

/// <summary>
/// Gives an enrolled terminal new initial keys without a visit. They are wrapped to its attested agreement key and delivered only while its
/// last evidence is good and fresh. Until the terminal says that it holds them both sets are accepted, so that no lost message leaves it
/// without keys; from then on the old ones are refused.
/// </summary>
public sealed class KeyReplacement(Database database, ChallengeStore challenges, IKeyDelivery keys, MonitoringOptions options, TimeProvider clock)
{
    /// <summary>How fresh a good verdict must be: the regular interval of evidence, and its network.</summary>
    private static readonly TimeSpan FreshVerdict = TimeSpan.FromMinutes(6);

    /// <summary>Between two deliveries to one terminal: who asks more often wears out the key room.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(1);

    /// <summary>Whether the terminal should ask for new keys.</summary>
    public async ValueTask<bool> IsDueAsync(TerminalRecord terminal, CancellationToken cancellation) =>
        terminal.DataKeyId is { } keyId
        && (terminal.NextKeys is not null
            || clock.GetUtcNow() - (terminal.KeysDeliveredAt ?? terminal.EnrolledAt) >= options.KeysDueAfter
            || await database.KeySerials.LastCounterAsync(keyId, cancellation) >= options.KeysDueAfterTransactions);

    /// <summary>Takes a question for keys, or a confirmation.</summary>
    public async Task<KeyReplacementOutcome> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (!SignedMessage.TryDecode(message, out DecodedMessage decoded) || decoded.ContentType != MessageType.KeyReplacement
            || decoded.TerminalId is not { } terminalId)
        {
            return Refuse(Refusal.Malformed("message", "expected COSE_Sign1 with ES256, the terminal's identity and content type " + MessageType.KeyReplacement));
        }

        if (await database.TrustStatus.ReadAsync(terminalId, cancellation) is not { } terminal || !decoded.Verify(terminal.DeviceKey))
        {
            return Refuse(new Refusal(ReasonCodes.TerminalUnknown));
        }

        if (!KeyReplacementRequest.TryDecode(decoded.Payload, out KeyReplacementRequest request))
        {
            return Refuse(Refusal.Malformed("payload", "expected a nonce of 32 bytes or a confirmed key identity of 8"));
        }

        if (terminal.State is not TerminalState.Active)
        {
            return Refuse(new Refusal(ReasonCodes.TerminalSuspended));
        }

        return request.Confirms is { } keyId
            ? await ConfirmAsync(terminal, keyId, cancellation)
            : await DeliverAsync(terminal, request.Nonce!, cancellation);
    }

    private async Task<KeyReplacementOutcome> DeliverAsync(TerminalRecord terminal, byte[] nonce, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Redemption redemption = challenges.Redeem(nonce, ChallengePurpose.Keys, terminal.TerminalId, out _);
        if (redemption is not Redemption.Redeemed)
        {
            return Refuse(Refusal.Of(redemption));
        }

        if (terminal.Verdict is not (Verdict.Trusted or Verdict.Limited) || now - terminal.LastTrustedAt > FreshVerdict)
        {
            return Refuse(new Refusal(ReasonCodes.NotAttested, "keys are delivered after good and fresh evidence only"));
        }

        if (now - (terminal.NextKeys?.DeliveredAt ?? terminal.KeysDeliveredAt) < ShortestPause)
        {
            return Refuse(new Refusal(ReasonCodes.RateLimited, "keys were delivered a moment ago"));
        }

        KeyDelivery delivered = await keys.DeliverAsync(terminal.TerminalId, terminal.AgreementKey, nonce, cancellation);
        NextKeys next = new(delivered.Data.KeyId, delivered.Pin.KeyId, now);
        return await CommitAsync(terminal, terminal with { NextKeys = next }, "terminal.keys-delivered", next, cancellation)
            ? new KeyReplacementOutcome { Answer = new KeyReplacementAnswer { DataKey = delivered.Data, PinKey = delivered.Pin } }
            : Moved();
    }

    private async Task<KeyReplacementOutcome> ConfirmAsync(TerminalRecord terminal, byte[] keyId, CancellationToken cancellation)
    {
        KeyReplacementOutcome done = new() { Answer = new KeyReplacementAnswer() };
        if (terminal.DataKeyId is { } current && current.AsSpan().SequenceEqual(keyId))
        {
            return done;
        }

        if (terminal.NextKeys is not { } next || !next.DataKeyId.AsSpan().SequenceEqual(keyId))
        {
            return Refuse(new Refusal(ReasonCodes.KsnRefused, "the key is not the one that was delivered last", "confirms"));
        }

        TerminalRecord after = terminal with
        {
            DataKeyId = next.DataKeyId, PinKeyId = next.PinKeyId, KeysDeliveredAt = next.DeliveredAt, NextKeys = null,
        };
        return await CommitAsync(terminal, after, "terminal.keys-replaced", next, cancellation) ? done : Moved();
    }

    private async Task<bool> CommitAsync(TerminalRecord before, TerminalRecord after, string kind, NextKeys keys, CancellationToken cancellation)
    {
        JsonObject entry = new()
        {
            ["dataKeyId"] = Convert.ToHexString(keys.DataKeyId),
            ["pinKeyId"] = Convert.ToHexString(keys.PinKeyId),
            ["formerDataKeyId"] = before.DataKeyId is { } former ? Convert.ToHexString(former) : null,
        };
        return (await database.CommitAsync(new Change().RequireUnmoved(before).Put(after).Append(kind, before.TerminalId, entry), cancellation)).Done;
    }

    private static KeyReplacementOutcome Moved() => Refuse(new Refusal(ReasonCodes.RateLimited, "the terminal's record moved; ask again"));

    private static KeyReplacementOutcome Refuse(Refusal refusal) => new() { Refusal = refusal };
}
