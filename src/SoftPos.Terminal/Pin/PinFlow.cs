using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>A PIN as it leaves the phone.</summary>
/// <param name="Ksn">12-byte key serial number of the PIN key.</param>
/// <param name="Block">PIN block of format 4, 16 bytes.</param>
/// <param name="Token">Attestation result for PIN entry, gained after the entry.</param>
internal sealed record CapturedPin(byte[] Ksn, byte[] Block, byte[] Token);

/// <summary>
/// From the card's wish for a PIN to the block: attested anew, then the pad opened while that result is young, then the block, then attested
/// once more, so that a phone which turned during the entry pays nothing.
/// </summary>
internal sealed class PinFlow(PaymentRoom room, IPinScreen screen, Guid paymentId, PinPrompt prompt, CardSummary card)
{
    /// <summary>Oldest attestation result over which the pad opens (requirements ATT-03).</summary>
    public static readonly TimeSpan MaxResultAge = TimeSpan.FromSeconds(15);

    /// <summary>Gets the PIN.</summary>
    /// <returns>The PIN, or the result that the payment has without one.</returns>
    public async Task<(CapturedPin? Pin, PaymentResult? Refusal)> RunAsync(PanShares shares, CancellationToken cancellation)
    {
        DateTimeOffset asked = room.Now;
        (PaymentResult? refused, _) = await AttestAsync(cancellation).ConfigureAwait(false);
        if (refused is not null)
        {
            return (null, refused);
        }

        if (PinGuard.Obstacle(room.Platform.Probes) is { } seen)
        {
            return (null, Blocked(seen));
        }

        using DukptTransaction? transaction = room.Enrolment.PinKeys.Begin();
        if (transaction is null)
        {
            return (null, Refused(ReasonCodes.KeysExhausted));
        }

        using SplitPinBlock block = new(transaction.DerivePinKey(DukptKeyType.Aes128), shares.One);
        if (room.Now - asked is var age && (age > MaxResultAge || age < TimeSpan.Zero))
        {
            return (null, Refused(ReasonCodes.ResultTokenExpired));
        }

        (PinEnd end, string? blockedBy) = await EnterAsync(block, cancellation).ConfigureAwait(false);
        if (end != PinEnd.Sealed)
        {
            return (null, end == PinEnd.Blocked ? Blocked(blockedBy ?? string.Empty) : Refused(ReasonOf(end)));
        }

        byte[] finished = block.Finish(shares.Other);
        (refused, byte[]? token) = await AttestAsync(cancellation).ConfigureAwait(false);
        return refused is null ? (new CapturedPin(transaction.SerialNumber.ToBytes(), finished, token!), null) : (null, refused);
    }

    private async Task<(PinEnd End, string? BlockedBy)> EnterAsync(SplitPinBlock block, CancellationToken cancellation)
    {
        PinLayout layout = screen.IsGuided ? PinLayout.Ordered : PinLayout.Random(room.Platform.Randomness);
        using PinPad pad = new(
            layout,
            screen.IsGuided ? PinTimes.Guided : PinTimes.Standard,
            block,
            () => PinGuard.Obstacle(room.Platform.Probes),
            room.Platform.Clock,
            room.Platform.Randomness);
        await screen.ServeAsync(pad, prompt, cancellation).ConfigureAwait(false);

        // A screen that came back without an end has lost its entry.
        pad.Interrupt();
        return (await pad.Ended.ConfigureAwait(false), pad.BlockedBy);
    }

    private async Task<(PaymentResult? Refusal, byte[]? Token)> AttestAsync(CancellationToken cancellation)
    {
        LinkAnswer<AttestationAnswer> attested =
            await room.Attestation.AttestAsync(room.Enrolment, ChallengePurpose.Pin, cancellation).ConfigureAwait(false);
        if (attested.Value is not { } answer)
        {
            return (PaymentResults.Refused(paymentId, TrustResult.Of(attested, room.Language)) with { Card = card }, null);
        }

        TrustResult trust = TrustResult.Of(answer.Verdict, answer.Findings, room.Language);
        if (!trust.CanPay)
        {
            return (PaymentResults.Refused(paymentId, trust) with { Card = card }, null);
        }

        return answer.ResultToken is { Length: > 0 and <= ResultToken.MaxLength } token ? (null, token) : (Refused(ReasonCodes.NotAttested), null);
    }

    private PaymentResult Blocked(string probe) =>
        room.Results.Refused(paymentId, ReasonCodes.PinBlocked, new BackendProblem { Code = ReasonCodes.PinBlocked, Detail = probe }, card);

    private PaymentResult Refused(string reason) => room.Results.Refused(paymentId, reason, card: card);

    private static string ReasonOf(PinEnd end) => end == PinEnd.TimedOut ? ReasonCodes.PinTimedOut : ReasonCodes.PinCancelled;
}
