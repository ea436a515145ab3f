using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>A policy version as it stands now, or why not.</summary>
public sealed record PolicyOutcome
{
    /// <summary>The version.</summary>
    public PolicyVersionRecord? Version { get; init; }

    /// <summary>Why there is none.</summary>
    public Refusal? Refusal { get; init; }
}

/// <summary>
/// Versions of the policy under the rule of two persons: one proposes, another approves, and only then can it be activated. An activated
/// version appraises the next evidence, without a restart and without a release of the app. Who a person is, the caller has proved.
/// </summary>
public sealed class PolicyVersions(
    Database database, LivePolicy live, JsonObject values, IDeviceKey key, TimeProvider clock)
{
    private const string Subject = "policy";

    /// <summary>Compiles a document with the values of this installation.</summary>
    public (CompiledPolicy? Policy, Refusal? Refusal) Compile(byte[] document) =>
        CompiledPolicy.TryCompile(document, values, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults)
            ? (policy, null)
            : (null, Refusal.Malformed("document", string.Join("; ", faults.Take(5))));

    /// <summary>Puts the version in force that was so when the installation was last closed.</summary>
    /// <exception cref="InvalidDataException">It does not compile, or its signature is not of this installation's key.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        if (await database.Policies.ActiveAsync(cancellation) is { } active)
        {
            live.Use(Checked(active));
        }
    }

    /// <summary>Proposes a document.</summary>
    public async Task<PolicyOutcome> ProposeAsync(byte[] document, string proposer, CancellationToken cancellation)
    {
        (CompiledPolicy? policy, Refusal? fault) = Compile(document);
        fault ??= PersonFault(proposer);
        if (fault is not null)
        {
            return new PolicyOutcome { Refusal = fault };
        }

        PolicyVersionRecord record = new()
        {
            Number = await database.Sequences.NextAsync("policy-version", cancellation),
            State = PolicyVersionState.Proposed,
            Title = $"{policy!.Name} {policy.Version}",
            Hash = policy.HashHex,
            Proposer = proposer,
            ProposedAt = clock.GetUtcNow(),
        };
        Change change = new Change().Add(record, document).Append("policy.proposed", Subject, EntryOf(record, proposer));
        (await database.CommitAsync(change, cancellation)).Require();
        return new PolicyOutcome { Version = record };
    }

    /// <summary>Approves what another person proposed.</summary>
    public async Task<PolicyOutcome> ApproveAsync(long number, string approver, CancellationToken cancellation)
    {
        if (await database.Policies.FindAsync(number, cancellation) is not { Record: { } record })
        {
            return Refuse("number", "no version has that number");
        }

        Refusal? fault = PersonFault(approver) ?? (record.State is not PolicyVersionState.Proposed
            ? Refusal.Malformed("number", "only a proposed version can be approved")
            : record.Proposer == approver ? Refusal.Malformed("by", "another person than the one who proposed it") : null);
        if (fault is not null)
        {
            return new PolicyOutcome { Refusal = fault };
        }

        PolicyVersionRecord approved = record with { State = PolicyVersionState.Approved, Approver = approver, ApprovedAt = clock.GetUtcNow() };
        approved = approved with { Signature = key.SignHash(HashOf(approved)) };
        return await MoveAsync(record, approved, "policy.approved", approver, cancellation);
    }

    /// <summary>Puts an approved version in force; the former one can be activated again.</summary>
    public async Task<PolicyOutcome> ActivateAsync(long number, string by, CancellationToken cancellation)
    {
        if (await database.Policies.FindAsync(number, cancellation) is not { } stored)
        {
            return Refuse("number", "no version has that number");
        }

        PolicyVersionRecord record = stored.Record;
        Refusal? fault = PersonFault(by)
            ?? (await database.Rollouts.NewestAsync(cancellation) is { State: RolloutState.Running } running
                ? Refusal.Malformed("number", $"a roll-out of version {running.Version} runs; halt it first")
                : record.State is not (PolicyVersionState.Approved or PolicyVersionState.Superseded)
                    ? Refusal.Malformed("number", "only an approved version can be activated; a second person must approve it first")
                    : null);
        if (fault is not null)
        {
            return new PolicyOutcome { Refusal = fault };
        }

        CompiledPolicy policy = Checked(stored);
        Change change = new();
        if (await database.Policies.ActiveAsync(cancellation) is { Record: { } former })
        {
            change.Move(former, former with { State = PolicyVersionState.Superseded });
        }

        PolicyVersionRecord active = record with { State = PolicyVersionState.Active, ActivatedAt = clock.GetUtcNow() };
        change.Move(record, active).Append("policy.activated", Subject, EntryOf(active, by));
        if (!(await database.CommitAsync(change, cancellation)).Done)
        {
            return Refuse("number", "the versions changed meanwhile; look again");
        }

        live.Use(policy);
        return new PolicyOutcome { Version = active };
    }

    /// <summary>An approved version with its policy, held against its signature; null when there is none of that number.</summary>
    /// <exception cref="InvalidDataException">It does not compile, or its signature is not of this installation's key.</exception>
    internal async Task<(PolicyVersionRecord Record, CompiledPolicy Policy)?> FindAsync(long number, CancellationToken cancellation) =>
        await database.Policies.FindAsync(number, cancellation) is not { } stored ? null
        : stored.Record.State is PolicyVersionState.Proposed ? (stored.Record, live.Current)
        : (stored.Record, Checked(stored));

    private async Task<PolicyOutcome> MoveAsync(
        PolicyVersionRecord from, PolicyVersionRecord to, string kind, string by, CancellationToken cancellation)
    {
        Change change = new Change().Move(from, to).Append(kind, Subject, EntryOf(to, by));
        return (await database.CommitAsync(change, cancellation)).Done
            ? new PolicyOutcome { Version = to }
            : Refuse("number", "the version changed meanwhile; look again");
    }

    /// <summary>The document of a version, held against its signature: two persons stand for exactly these bytes.</summary>
    private CompiledPolicy Checked(StoredPolicy stored)
    {
        (CompiledPolicy? policy, _) = Compile(stored.Document);
        using ECDsa verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        return policy is null ? throw new InvalidDataException($"policy version {stored.Record.Number} does not compile with the values of this installation")
            : policy.HashHex != stored.Record.Hash ? throw new InvalidDataException(
                $"policy version {stored.Record.Number} was approved for other values (packages, signers) than those given now")
            : stored.Record.Signature is { } signature && verifier.VerifyHash(HashOf(stored.Record), signature) ? policy
            : throw new InvalidDataException($"policy version {stored.Record.Number} does not carry the signature of this installation");
    }

    private static byte[] HashOf(PolicyVersionRecord record) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"softpos policy 1\n{record.Number}\n{record.Hash}\n{record.Proposer}\n{record.Approver}\n")));

    internal static Refusal? PersonFault(string name) => name.Length is 0 or > ResponseDecider.MaxBy || name.Any(char.IsControl)
        ? Refusal.Malformed("by", $"who it is, 1 to {ResponseDecider.MaxBy} characters")
        : null;

    private static JsonObject EntryOf(PolicyVersionRecord record, string by) => new()
    {
        ["number"] = record.Number, ["title"] = record.Title, ["hash"] = record.Hash, ["by"] = by,
    };

    private static PolicyOutcome Refuse(string field, string expected) => new() { Refusal = Refusal.Malformed(field, expected) };
}
