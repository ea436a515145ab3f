using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>
/// The life of keys under dual control: one custodian proposes, another one approves, and only then does anything happen. Each step is one
/// change of the database with its journal entry. Who a person is, the caller has proved (<see cref="Custodians.IsAsync"/>).
/// </summary>
public sealed class KeyCeremonies(Database database, IKeyVault vault, bool isProduction, TimeProvider clock)
{
    private const string WaitingPurpose = "ceremony";

    /// <summary>Proposes a step that brings no key bytes along.</summary>
    public Task<CeremonyOutcome> ProposeAsync(KeyProposal proposal, string proposer, CancellationToken cancellation) =>
        proposal.Action is KeyAction.Import or KeyAction.Enrol
            ? throw new ArgumentException("an import comes with its key, an enrolment with its passphrase", nameof(proposal))
            : WriteAsync(proposal, proposer, null, null, cancellation);

    /// <summary>Proposes to take a key in; it waits sealed. The caller zeroes its copy.</summary>
    /// <param name="proposal">What is proposed.</param>
    /// <param name="proposer">Custodian.</param>
    /// <param name="key">The key.</param>
    /// <param name="expectedCheckValue">CMAC check value from the minutes, up to 5 bytes; empty when there is none.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<CeremonyOutcome> ProposeImportAsync(
        KeyProposal proposal, string proposer, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> expectedCheckValue, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        if (!KeyPurposes.All.Contains(proposal.Purpose) || !KeyComponents.LengthFits(proposal.Purpose, key.Length))
        {
            return Refuse(KeyLifeRefusal.Malformed);
        }

        byte[] checkValue = KeyComponents.CheckValue(proposal.Purpose, key.Span);
        if (expectedCheckValue.Length > checkValue.Length || !checkValue.AsSpan(0, expectedCheckValue.Length).SequenceEqual(expectedCheckValue.Span))
        {
            return Refuse(KeyLifeRefusal.CheckValue);
        }

        if (isProduction && (TestKeys.IsPublished(checkValue) || TestKeys.IsPatterned(key.Span)))
        {
            return Refuse(KeyLifeRefusal.TestKey);
        }

        Func<long, byte[]> seal = number => vault.Seal(WaitingPurpose, key.Span, Binding(number));
        return await WriteAsync(proposal, proposer, seal, checkValue, cancellation).ConfigureAwait(false);
    }

    /// <summary>Proposes another custodian, who has just chosen a passphrase.</summary>
    public Task<CeremonyOutcome> ProposeCustodianAsync(string name, string passphrase, string proposer, CancellationToken cancellation) =>
        !Custodians.IsName(name) || passphrase.Length < Custodians.ShortestPassphrase
            ? Task.FromResult(Refuse(KeyLifeRefusal.Malformed))
            : WriteAsync(
                new KeyProposal { Action = KeyAction.Enrol, Subject = name }, proposer, _ => Custodians.Rest(passphrase), null, cancellation);

    /// <summary>Approves a ceremony, and does what it proposes.</summary>
    public async Task<CeremonyOutcome> ApproveAsync(long number, string approver, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        CeremonyRecord? ceremony = await database.Ceremonies.FindAsync(number, cancellation).ConfigureAwait(false);
        KeyLifeRefusal refusal = ceremony is null ? KeyLifeRefusal.Over : KeyLifeDecider.MayApprove(ceremony, approver, now);
        if (refusal is not KeyLifeRefusal.None)
        {
            return Refuse(refusal);
        }

        CeremonyEffect effect = await EffectAsync(ceremony!, now, cancellation).ConfigureAwait(false);
        if (effect.Change is null)
        {
            return Refuse(effect.Refusal);
        }

        JsonObject detail = JsonNode.Parse(ceremony!.Detail)!.AsObject();
        foreach ((string name, JsonNode? value) in effect.Facts)
        {
            detail[name] = value?.DeepClone();
        }

        CeremonyRecord ended = ceremony with
        {
            State = CeremonyState.Done, Approver = approver, ChangedAt = now, Detail = detail.ToJsonString(), SealedKey = null,
        };
        JsonObject content = new() { ["ceremony"] = number, ["proposer"] = ceremony.Proposer, ["approver"] = approver, ["detail"] = detail.DeepClone() };
        Change change = effect.Change.End(ended).Append(KindOf(ceremony), effect.Subject, content);
        Commit commit = await database.CommitAsync(change, cancellation).ConfigureAwait(false);
        effect.After(commit.Done);
        return commit.Done ? new CeremonyOutcome(ended, KeyLifeRefusal.None) : Refuse(KeyLifeRefusal.Over);
    }

    /// <summary>Refuses a ceremony, or takes one's own back; a key that waited in it is removed.</summary>
    public async Task<CeremonyOutcome> CloseAsync(long number, string person, CancellationToken cancellation)
    {
        if (await database.Ceremonies.FindAsync(number, cancellation).ConfigureAwait(false) is not { State: CeremonyState.Proposed } ceremony)
        {
            return Refuse(KeyLifeRefusal.Over);
        }

        CeremonyRecord ended = ceremony with { State = CeremonyState.Closed, Approver = person, ChangedAt = clock.GetUtcNow(), SealedKey = null };
        JsonObject content = new() { ["ceremony"] = number, ["proposer"] = ceremony.Proposer, ["by"] = person };
        Commit commit = await database.CommitAsync(
            new Change().End(ended).Append("key.ceremony-closed", ceremony.Subject, content), cancellation).ConfigureAwait(false);
        return commit.Done ? new CeremonyOutcome(ended, KeyLifeRefusal.None) : Refuse(KeyLifeRefusal.Over);
    }

    private static CeremonyOutcome Refuse(KeyLifeRefusal refusal) => new(null, refusal);

    private static byte[] Binding(long number) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ceremony {number}"));

    private static string KindOf(CeremonyRecord ceremony) => (KeyAction)ceremony.Action switch
    {
        KeyAction.Generate => "key.generated",
        KeyAction.Import => "key.imported",
        KeyAction.Activate => "key.activated",
        KeyAction.Rotate => "key.rotated",
        KeyAction.Suspend => "key.suspended",
        KeyAction.Compromise => "key.compromised",
        KeyAction.Destroy => "key.destroyed",
        KeyAction.Enrol => "key.custodian-enrolled",
        _ => throw new InvalidDataException($"ceremony {ceremony.Number} has an action that this program does not know"),
    };

    private async Task<CeremonyOutcome> WriteAsync(
        KeyProposal proposal, string proposer, Func<long, byte[]>? sealIt, byte[]? checkValue, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        KeyLifeRefusal refusal = await CheckAsync(proposal, now, cancellation).ConfigureAwait(false);
        if (refusal is not KeyLifeRefusal.None)
        {
            return Refuse(refusal);
        }

        List<CeremonyRecord> newest = await database.Ceremonies.NewestAsync(1, cancellation).ConfigureAwait(false);
        long number = newest.Count == 0 ? 1 : newest[0].Number + 1;
        JsonObject detail = Detail(proposal, checkValue, now);
        CeremonyRecord ceremony = new()
        {
            Number = number,
            State = CeremonyState.Proposed,
            Action = (int)proposal.Action,
            Subject = proposal.Subject,
            Proposer = proposer,
            CreatedAt = now,
            ChangedAt = now,
            Detail = detail.ToJsonString(),
            SealedKey = sealIt?.Invoke(number),
        };
        JsonObject content = new()
        {
            ["ceremony"] = number, ["action"] = proposal.Action.ToString().ToLowerInvariant(), ["proposer"] = proposer, ["detail"] = detail.DeepClone(),
        };
        Commit commit = await database.CommitAsync(
            new Change().Add(ceremony).Append("key.proposed", proposal.Subject, content), cancellation).ConfigureAwait(false);
        return commit.Done ? new CeremonyOutcome(ceremony, KeyLifeRefusal.None) : Refuse(KeyLifeRefusal.Over);
    }

    private async Task<KeyLifeRefusal> CheckAsync(KeyProposal proposal, DateTimeOffset now, CancellationToken cancellation)
    {
        if (proposal.Action is KeyAction.Enrol)
        {
            return (await database.Ceremonies.CustodiansAsync(cancellation).ConfigureAwait(false)).Exists(one => one.Name == proposal.Subject)
                ? KeyLifeRefusal.NameTaken
                : KeyLifeRefusal.None;
        }

        bool isNew = proposal.Action is KeyAction.Generate or KeyAction.Import;
        if (isNew && (!KeyLifeDecider.IsNameFor(proposal.Subject, proposal.Purpose)
            || proposal.Owner.Length is 0 or > 64
            || proposal.Period <= TimeSpan.Zero))
        {
            return KeyLifeRefusal.Malformed;
        }

        // A vault makes base derivation keys alone: what is shared with others comes from outside.
        if (proposal.Action is KeyAction.Generate && KeyNames.LineOfPurpose(proposal.Purpose) is null)
        {
            return KeyLifeRefusal.Malformed;
        }

        KeyRecord? key = await database.Keys.FindAsync(proposal.Subject, cancellation).ConfigureAwait(false);
        return KeyLifeDecider.Decide(key, proposal.Action, now).Refusal;
    }

    private static JsonObject Detail(KeyProposal proposal, byte[]? checkValue, DateTimeOffset now)
    {
        JsonObject detail = [];
        if (proposal.Action is KeyAction.Generate or KeyAction.Import)
        {
            DateTimeOffset end = now + (proposal.Period ?? KeyUse.PeriodOf(proposal.Purpose));
            detail["purpose"] = proposal.Purpose;
            detail["owner"] = proposal.Owner;
            detail["until"] = end.ToString("O", CultureInfo.InvariantCulture);
        }

        Set(detail, "method", proposal.Method);
        Set(detail, "parent", proposal.Parent);
        Set(detail, "reason", proposal.Reason);
        Set(detail, "checkValue", checkValue is null ? null : Convert.ToHexString(checkValue));
        if (proposal.Holders.Count > 0)
        {
            detail["holders"] = new JsonArray([.. proposal.Holders.Select(holder => (JsonNode)holder)]);
        }

        return detail;
    }

    private static void Set(JsonObject detail, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            detail[name] = value;
        }
    }

    private async Task<CeremonyEffect> EffectAsync(CeremonyRecord ceremony, DateTimeOffset now, CancellationToken cancellation)
    {
        if ((KeyAction)ceremony.Action is KeyAction.Enrol)
        {
            return new CeremonyEffect(new Change().Put(Custodians.FromResting(ceremony.Subject, ceremony.SealedKey!, now)), ceremony.Subject);
        }

        List<KeyRecord> all = await database.Keys.ListAsync(cancellation).ConfigureAwait(false);
        KeyRecord? key = all.Find(one => one.Name == ceremony.Subject);
        KeyAction action = (KeyAction)ceremony.Action;
        KeyLifeStep step = KeyLifeDecider.Decide(key, action, now);
        return step.Refusal is not KeyLifeRefusal.None ? CeremonyEffect.Refused(step.Refusal) : action switch
        {
            KeyAction.Generate or KeyAction.Import => New(ceremony, now),
            KeyAction.Rotate => Rotated(key!, all, now),
            KeyAction.Compromise => Compromised(key!, all, now),
            KeyAction.Destroy => Destroyed(key!, now),
            _ => new CeremonyEffect(Move(new Change(), key!, step.Next!.Value, now), key!.Name) { Facts = Facts(key!) },
        };
    }

    private CeremonyEffect New(CeremonyRecord ceremony, DateTimeOffset now)
    {
        JsonNode detail = JsonNode.Parse(ceremony.Detail)!;
        string purpose = (string)detail["purpose"]!;
        VaultKey made;
        if (ceremony.SealedKey is { } waiting)
        {
            byte[] key = vault.Open(WaitingPurpose, waiting, Binding(ceremony.Number))
                ?? throw new InvalidDataException($"the key of ceremony {ceremony.Number} does not open in this vault");
            made = vault.Import(ceremony.Subject, KeyComponents.KindOf(purpose), key);
            CryptographicOperations.ZeroMemory(key);
        }
        else
        {
            made = vault.Generate(ceremony.Subject);
        }

        KeyRecord record = new()
        {
            Name = ceremony.Subject,
            Purpose = purpose,
            State = KeyState.Pending,
            SealedKey = made.Resting,
            CheckValue = made.CheckValue,
            CreatedAt = now,
            ChangedAt = now,
            Owner = (string)detail["owner"]!,
            ExpiresAt = DateTimeOffset.Parse((string)detail["until"]!, CultureInfo.InvariantCulture),
            Parent = (string?)detail["parent"],
        };
        return new CeremonyEffect(new Change().RequireKey(record.Name, null).Put(record), record.Name)
        {
            Facts = Facts(record),
            After = isDone => Undo(isDone, record),
        };
    }

    private CeremonyEffect Rotated(KeyRecord key, List<KeyRecord> all, DateTimeOffset now)
    {
        uint next = all.Where(other => other.Purpose == key.Purpose)
            .Max(other => KeyNames.TryReadRoot(other.Name, out uint id) ? id : 0) + 1;
        string name = KeyNames.OfRoot(next);
        VaultKey made = vault.Generate(name);
        KeyRecord record = key with
        {
            Name = name, State = KeyState.Active, SealedKey = made.Resting, CheckValue = made.CheckValue, CreatedAt = now, ChangedAt = now,
            ExpiresAt = now + KeyUse.PeriodOf(key.Purpose), Parent = null,
        };
        JsonObject facts = Facts(key);
        facts["successor"] = name;
        facts["successorCheckValue"] = Convert.ToHexString(made.CheckValue);
        return new CeremonyEffect(Move(new Change().RequireKey(name, null).Put(record), key, KeyState.Retired, now), key.Name)
        {
            Facts = facts,
            After = isDone => Undo(isDone, record),
        };
    }

    private static CeremonyEffect Compromised(KeyRecord key, List<KeyRecord> all, DateTimeOffset now)
    {
        IReadOnlyList<KeyRecord> falling = KeyLifeDecider.Falling(key, all);
        Change change = new();
        foreach (KeyRecord one in falling)
        {
            Move(change, one, KeyState.Compromised, now);
        }

        JsonObject facts = Facts(key);
        facts["fallen"] = new JsonArray([.. falling.Select(one => (JsonNode)one.Name)]);
        return new CeremonyEffect(change, key.Name) { Facts = facts };
    }

    private CeremonyEffect Destroyed(KeyRecord key, DateTimeOffset now) => new(
        new Change().RequireKey(key.Name, key.State).Put(key with { State = KeyState.Destroyed, SealedKey = null, ChangedAt = now }), key.Name)
    {
        Facts = Facts(key),

        // Durably marked first: a crash between leaves bytes in the vault that nothing leads to, not a key that seems to be there.
        After = isDone =>
        {
            if (isDone)
            {
                vault.Destroy(key);
            }
        },
    };

    private void Undo(bool isDone, KeyRecord record)
    {
        if (!isDone)
        {
            vault.Destroy(record);
        }
    }

    private static Change Move(Change change, KeyRecord key, KeyState next, DateTimeOffset now) =>
        change.RequireKey(key.Name, key.State).Put(key with { State = next, ChangedAt = now });

    private static JsonObject Facts(KeyRecord key) => new() { ["checkValue"] = Convert.ToHexString(key.CheckValue) };

    /// <summary>What an approval does: one change, facts for the minutes, and what the vault does once it is known to be durable.</summary>
    private sealed record CeremonyEffect(Change? Change, string Subject)
    {
        public KeyLifeRefusal Refusal { get; init; }

        public JsonObject Facts { get; init; } = [];

        public Action<bool> After { get; init; } = static _ => { };

        public static CeremonyEffect Refused(KeyLifeRefusal refusal) => new(null, string.Empty) { Refusal = refusal };
    }
}
