using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;

namespace SoftPos.Simulation.Checks;

/// <summary>A payment that was answered: the signed message that asked, and the bytes that went back.</summary>
internal sealed record GivenAnswer(Guid PaymentId, byte[] Message, byte[] Body, PaymentState State);

/// <summary>
/// Sees every message inside its envelope, as the back end's endpoints do, and holds what must hold of each: nonce and counter once, no stale
/// verdict, no secret, nothing too long.
/// </summary>
internal sealed class Watch(World world)
{
    private readonly Dictionary<string, string> _nonces = [];
    private readonly Dictionary<string, Guid> _serials = [];
    private readonly Dictionary<string, (DateTimeOffset At, Guid Terminal)> _tokens = [];

    /// <summary>What was answered, by payment.</summary>
    public Dictionary<Guid, GivenAnswer> Given { get; } = [];

    /// <summary>What broke inside an operation; the scheduler ends the run with it.</summary>
    public InvariantException? Broken { get; private set; }

    public async Task LookAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<EnvelopeSenderFeature>() is null || context.Request.Body is not MemoryStream request)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        byte[] asked = request.ToArray();
        bool isSuspended = context.Features.Get<EnvelopeSenderFeature>()?.TerminalId is { } sender && world.Journal.Suspended.Contains(sender);
        await next(context).ConfigureAwait(false);
        await context.Response.BodyWriter.FlushAsync().ConfigureAwait(false);
        byte[] answered = ((MemoryStream)context.Response.Body).ToArray();
        try
        {
            Check(isSuspended, context.Request.Path.Value!, asked, context.Response.StatusCode, answered);
        }
        catch (InvariantException broken)
        {
            Broken ??= broken;
        }
    }

    private void Check(bool isSuspended, string path, byte[] asked, int status, byte[] answered)
    {
        if ((world.Canaries.Find(asked) ?? world.Canaries.Find(answered)) is { } secret)
        {
            throw new InvariantException(Invariant.NoSecret, $"{secret} in a message of {path}");
        }

        world.Count($"{path} {status}");
        if (status != StatusCodes.Status200OK)
        {
            return;
        }

        switch (path)
        {
            case "/terminal/v1/attestation":
                CheckAttestation(asked, answered);
                break;
            case "/terminal/v1/payments" when isSuspended:
                throw new InvariantException(Invariant.StaleVerdict, "a payment of a terminal was taken that had been suspended before it was asked for");
            case "/terminal/v1/payments":
                CheckPayment(asked, answered);
                break;
        }
    }

    private void CheckAttestation(byte[] asked, byte[] answered)
    {
        if (!SignedMessage.TryDecode(asked, out DecodedMessage message) || !EvidenceClaims.TryDecode(message.Payload, out EvidenceClaims evidence))
        {
            throw new InvariantException(Invariant.NoFault, "evidence was taken that cannot be read");
        }

        string nonce = Convert.ToHexString(evidence.Nonce), by = $"{evidence.TerminalId} {evidence.Sequence}";
        if (!_nonces.TryAdd(nonce, by))
        {
            throw new InvariantException(Invariant.NonceOnce, "evidence was taken under a nonce that other evidence was taken under before");
        }

        AttestationAnswer answer = JsonSerializer.Deserialize(answered, ContractJson.Default.AttestationAnswer)!;
        if (answer.ResultToken is { } token)
        {
            _tokens[Convert.ToHexString(token)] = (world.Node.Clock.GetUtcNow(), evidence.TerminalId);
        }
    }

    private void CheckPayment(byte[] asked, byte[] answered)
    {
        if (!SignedMessage.TryDecode(asked, out DecodedMessage message) || !PaymentRequest.TryDecode(message.Payload, out PaymentRequest request, out _))
        {
            throw new InvariantException(Invariant.NoFault, "a payment was taken that cannot be read");
        }

        PaymentAnswer answer = JsonSerializer.Deserialize(answered, ContractJson.Default.PaymentAnswer)!;
        foreach (byte[]? serial in new[] { request.DataKsn, request.PinKsn })
        {
            if (serial is { Length: > 0 } && !_serials.TryAdd(Convert.ToHexString(serial), request.PaymentId)
                && _serials[Convert.ToHexString(serial)] != request.PaymentId)
            {
                throw new InvariantException(Invariant.CounterOnce, $"payments {_serials[Convert.ToHexString(serial)]} and {request.PaymentId}");
            }
        }

        // The token is looked at when the payment is admitted; until it is answered more time may pass, so the journal's time counts.
        if (!_tokens.TryGetValue(Convert.ToHexString(request.ResultToken), out (DateTimeOffset At, Guid Terminal) token))
        {
            throw new InvariantException(Invariant.StaleVerdict, "a payment was admitted under a token that was never given");
        }

        world.Journal.Admitted(request.PaymentId, token.At, token.Terminal);
        Given.TryAdd(request.PaymentId, new GivenAnswer(request.PaymentId, asked, answered, answer.State));
    }
}
