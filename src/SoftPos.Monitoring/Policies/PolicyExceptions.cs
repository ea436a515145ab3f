using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>An exception as it stands now, or why not.</summary>
public sealed record ExceptionOutcome
{
    /// <summary>The exception.</summary>
    public PolicyException? Exception { get; init; }

    /// <summary>Why there is none.</summary>
    public Refusal? Refusal { get; init; }
}

/// <summary>
/// Time-boxed exceptions from rules of the policy under the rule of two persons. An appraisal writes down what the rule found all the
/// same, and what an exception earned ends with it at its instant. Who a person is, the caller has proved.
/// </summary>
public sealed class PolicyExceptions(Database database, LivePolicy live, IDeviceKey key, TimeProvider clock)
{
    private const string Subject = "policy";

    /// <summary>Holds those that stand against their signatures: two persons stand for exactly these words.</summary>
    /// <exception cref="InvalidDataException">One does not carry the signature of this installation.</exception>
    public void Open()
    {
        using ECDsa verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        foreach (PolicyException one in database.Exceptions.Standing)
        {
            if (one.Signature is not { } signature || !verifier.VerifyHash(HashOf(one), signature))
            {
                throw new InvalidDataException($"policy exception {one.Number} does not carry the signature of this installation");
            }
        }
    }

    /// <summary>Proposes an exception.</summary>
    public async Task<ExceptionOutcome> ProposeAsync(ExceptionRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        DateTimeOffset now = clock.GetUtcNow();
        if (ExceptionDecider.FaultOf(request, Policies, now) is { } fault)
        {
            return Refuse(fault);
        }

        PolicyException proposed = new()
        {
            Number = await database.Sequences.NextAsync("policy-exception", cancellation),
            State = PolicyExceptionState.Proposed,
            Rule = request.Rule,
            Scope = request.Scope,
            Value = request.Scope is ResponseScope.Terminal ? Guid.Parse(request.Value).ToString() : request.Value,
            Until = request.Until,
            Note = request.Note,
            Proposer = request.By,
            ProposedAt = now,
        };
        return await MoveAsync(null, proposed, "policy.exception-proposed", request.By, request.Note, cancellation);
    }

    /// <summary>Approves what another person proposed; it holds from the next evidence on.</summary>
    public async Task<ExceptionOutcome> ApproveAsync(long number, string approver, CancellationToken cancellation)
    {
        if (await database.Exceptions.FindAsync(number, cancellation) is not { } proposed)
        {
            return Refuse(Refusal.Malformed("number", "no exception has that number"));
        }

        (PolicyException? next, Refusal? fault) = ExceptionDecider.Approve(proposed, approver, Policies, clock.GetUtcNow());
        return next is null
            ? Refuse(fault!)
            : await MoveAsync(proposed, next with { Signature = key.SignHash(HashOf(next)) }, "policy.exception-approved", approver, next.Note, cancellation);
    }

    /// <summary>Takes an exception back before its end; one person is enough.</summary>
    public async Task<ExceptionOutcome> LiftAsync(long number, string by, string note, CancellationToken cancellation)
    {
        if (await database.Exceptions.FindAsync(number, cancellation) is not { } open)
        {
            return Refuse(Refusal.Malformed("number", "no exception has that number"));
        }

        (PolicyException? next, Refusal? fault) = ExceptionDecider.Lift(open, by, note, clock.GetUtcNow());
        return next is null ? Refuse(fault!) : await MoveAsync(open, next, "policy.exception-lifted", by, note, cancellation);
    }

    /// <summary>Writes down which are over; they hold for nothing since their instant, whether this ran or not.</summary>
    public async Task<int> RoundAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        PolicyException[] over = [.. database.Exceptions.Standing.Where(one => !one.HoldsAt(now))];
        foreach (PolicyException one in over)
        {
            PolicyException ended = one with { State = PolicyExceptionState.Ended, EndedAt = now };
            await MoveAsync(one, ended, "policy.exception-ended", AlarmDecider.Monitor, string.Empty, cancellation);
        }

        return over.Length;
    }

    private IEnumerable<CompiledPolicy> Policies => live.Coming is { } coming ? [live.Current, coming] : [live.Current];

    private async Task<ExceptionOutcome> MoveAsync(
        PolicyException? from, PolicyException to, string kind, string by, string note, CancellationToken cancellation)
    {
        string subject = to.Scope is ResponseScope.Terminal ? to.Value : Subject;
        Change change = new Change().Move(from, to).Append(kind, subject, new JsonObject
        {
            ["exception"] = to.Number,
            ["rule"] = to.Rule,
            ["scope"] = to.Scope.ToString(),
            ["value"] = to.Value,
            ["until"] = to.Until,
            ["by"] = by,
            ["note"] = note,
        });
        return (await database.CommitAsync(change, cancellation)).Done
            ? new ExceptionOutcome { Exception = to }
            : Refuse(Refusal.Malformed("number", from is null
                ? $"{PolicyExceptionStore.MaxOpen} exceptions are open; take some back first" : "the exception changed meanwhile; look again"));
    }

    private static byte[] HashOf(PolicyException one) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"softpos policy exception 1\n{one.Number}\n{one.Rule}\n{one.Scope}\n{one.Value}\n{one.Until.ToUnixTimeMilliseconds()}\n{one.Proposer}\n{one.Approver}\n")));

    private static ExceptionOutcome Refuse(Refusal refusal) => new() { Refusal = refusal };
}
