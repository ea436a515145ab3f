using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>An appraisal's answer, or why there is none.</summary>
public sealed record AttestationOutcome
{
    /// <summary>The message was refused before any appraisal.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Verdict, findings and, after a good verdict, a result token.</summary>
    public AttestationAnswer? Answer { get; init; }
}

/// <summary>
/// Appraises the evidence of enrolled terminals: signature by the enrolled key, nonce redeemed, claims held against the policy, everything
/// journaled, and only then a result token. The verdict is in the trust status at once: a refusal takes effect at the next request.
/// </summary>
public sealed class EvidenceAppraisal
{
    private const string Language = "en";

    /// <summary>Times that a commit is tried again because the terminal's record moved under it.</summary>
    private const int MaxTries = 3;

    private const int TokenIdLength = 16;

    private readonly Database _database;
    private readonly ChallengeStore _challenges;
    private readonly MonitoringOptions _options;
    private readonly IDeviceKey _resultKey;
    private readonly TimeProvider _clock;
    private readonly KeyReplacement _keys;
    private readonly EnrolledKeys _deviceKeys = new();

    public EvidenceAppraisal(
        Database database, ChallengeStore challenges, MonitoringOptions options, IDeviceKey resultKey, KeyReplacement keys, TimeProvider clock)
    {
        _database = database;
        _challenges = challenges;
        _options = options;
        _resultKey = resultKey;
        _keys = keys;
        _clock = clock;
    }

    /// <summary>Takes an evidence message.</summary>
    public async Task<AttestationOutcome> AppraiseAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (!SignedMessage.TryDecode(message, out DecodedMessage decoded) || decoded.TerminalId is not { } terminalId)
        {
            return Refuse(Refusal.Malformed("message", "expected COSE_Sign1 with ES256 and the terminal's identity as key identifier"));
        }

        if (await _database.TrustStatus.ReadRecordAsync(terminalId, cancellation) is not { } terminal || terminal.State is TerminalState.Retired)
        {
            return Refuse(new Refusal(ReasonCodes.TerminalUnknown));
        }

        VerifiedEvidence evidence = _deviceKeys.Verify(message, terminal.DeviceKey, terminalId);
        if (evidence.Claims is not { } claims)
        {
            return Refuse(new Refusal(evidence.Problem!.Reason, evidence.Problem.Detail));
        }

        TerminalState state = _database.Responses.Apply(terminal).State;
        if (state is not TerminalState.Active)
        {
            return Refuse(new Refusal(state is TerminalState.Suspended ? ReasonCodes.TerminalSuspended : ReasonCodes.AttestationDenied));
        }

        Redemption redemption = _challenges.Redeem(claims.Nonce, claims.Purpose, terminalId, out Challenge? challenge);
        if (redemption is not Redemption.Redeemed)
        {
            return await RefuseAsync(terminal, evidence, Refusal.Of(redemption), cancellation);
        }

        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            Appraised appraised = Appraise(terminal, evidence, challenge!);
            if (await CommitAsync(terminal, appraised, message.ToArray(), cancellation) is { } after)
            {
                terminal = _database.Responses.Apply(after);
                AttestationAnswer answer = Answer(terminal, appraised);
                return new AttestationOutcome { Answer = appraised.Good ? await WithNewsAsync(answer, terminal, evidence.Claims!.Purpose, cancellation) : answer };
            }

            terminal = await _database.Terminals.FindAsync(terminalId, cancellation) ?? terminal;
            if (terminal.State is not TerminalState.Active)
            {
                return Refuse(new Refusal(ReasonCodes.TerminalSuspended));
            }
        }

        return Refuse(new Refusal(ReasonCodes.RateLimited, "other evidence of the same terminal is being appraised"));
    }

    private Appraised Appraise(TerminalRecord terminal, VerifiedEvidence evidence, Challenge challenge)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        TerminalMemory memory = TerminalMemory.Of(terminal).Heard(terminal.LastEvidenceAt, now);
        IReadOnlyList<PolicyException> exceptions = _database.Exceptions.Of(SubjectOf(terminal, evidence.Claims!), now);
        PolicyChoice policy = _options.Policy.For(terminal.TerminalId);
        HeartbeatEvidence heartbeat = new()
        {
            Evidence = evidence,
            TerminalId = terminal.TerminalId,
            Nonce = challenge.Nonce,
            Seed = challenge.Seed,
            LastSequence = terminal.EvidenceSequence,
            Enrolled = memory.Enrolled,
            History = memory.History,
            FirstSeen = memory.FirstSeen,
            Trend = memory.Trend,
            FailingSince = memory.FailingSince,
            Exceptions = exceptions,
            StatusList = _options.StatusList(),
            Ring = _options.Ring,
            Time = now,
        };
        SequenceWindow window = SequenceWindow.Of(terminal);
        (AppraisalResult result, ClaimSet claims) = policy.Engines.Heartbeats.Appraise(heartbeat);
        result = CloneDetection.Judge(result, window, evidence);
        Verdict? before = policy.Before is { } former
            ? CloneDetection.Judge(former.Heartbeats.Appraise(heartbeat).Result, window, evidence).Verdict
            : null;
        bool good = result.Verdict is Verdict.Trusted or Verdict.Limited;
        TerminalMemory after = memory.After(result.Findings, now).After(result.Failing, now) with
        {
            Trend = memory.Trend.After(evidence.Claims!, now),
        };
        AppraisalMemo memo = new()
        {
            Seed = challenge.Seed,
            Time = now,
            Ring = _options.Ring,
            LastSequence = terminal.EvidenceSequence,
            Window = terminal.EvidenceWindow,
            Memory = memory.ToJson(),
            Exceptions = exceptions.Count > 0 ? exceptions : null,
            Verdict = result.Verdict,
        };
        return new Appraised(
            result, evidence, good ? after with { History = memory.History.After(claims) } : after, good, memo,
            policy.Meet(terminal.TerminalId, before, result.Verdict));
    }

    /// <summary>What exceptions may be about: as this evidence shows it, not as the last one did.</summary>
    private static ExceptionSubject SubjectOf(TerminalRecord terminal, EvidenceClaims claims) => new(
        terminal.TerminalId, terminal.MerchantId, claims.Model, claims.OsVersion, claims.OsPatch, claims.SdkVersion,
        Convert.ToHexStringLower(claims.SignerDigest));

    private async Task<TerminalRecord?> CommitAsync(TerminalRecord terminal, Appraised appraised, byte[] message, CancellationToken cancellation)
    {
        EvidenceClaims claims = appraised.Evidence.Claims!;
        SequenceWindow window = SequenceWindow.Of(terminal).After(claims.Sequence);
        bool suspend = appraised.Result.Findings.Any(finding => finding.Response >= FindingResponse.Suspend);
        TerminalRecord next = terminal with
        {
            State = suspend ? TerminalState.Suspended : terminal.State,
            Verdict = appraised.Result.Verdict,
            Findings = appraised.Result.Findings,
            EvidenceSequence = window.Highest,
            EvidenceWindow = window.Seen,
            AppSigner = Convert.ToHexStringLower(claims.SignerDigest),
            OsPatch = claims.OsPatch,
            Model = claims.Model,
            OsVersion = claims.OsVersion,
            SdkVersion = claims.SdkVersion,
            Health = claims.Health,
            LastEvidenceAt = appraised.Now,
            LastTrustedAt = appraised.Good ? appraised.Now : terminal.LastTrustedAt,
            AttestationMemory = appraised.Memory.ToJson(),
        };
        JsonObject entry = AppraisalEntry.Of(
            appraised.Result.Verdict, appraised.Result.Findings, appraised.Result.PolicyHash, appraised.Evidence.EvidenceHash);
        entry["purpose"] = claims.Purpose.ToString();
        entry["sequence"] = claims.Sequence;
        if (claims.Closing)
        {
            entry["closing"] = true;
        }

        entry["health"] = new JsonObject(claims.Health.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)figure.Value)));
        if (_database.Responses.Of(next) is { Count: > 0 } orders)
        {
            entry["orders"] = new JsonArray([.. orders.Select(static order => (JsonNode)new JsonObject
            {
                ["number"] = order.Number, ["action"] = order.Action.ToString(), ["rehearsal"] = order.IsRehearsal,
            })]);
        }

        Change change = new Change()
            .RequireUnmoved(terminal)
            .Put(next)
            .AddEvidence(terminal.TerminalId, message)
            .AddEvidenceContext(message, appraised.Memo.ToJson())
            .Attend(terminal.TerminalId, appraised.Now, appraised.Good, claims.Closing ? null : _options.DueAfter(appraised.Now))
            .AddHealth(terminal.TerminalId, appraised.Now, HealthFigures.Of(claims, appraised.Memory.Trend, appraised.Now))
            .Append("evidence.appraised", terminal.TerminalId, entry);
        if (suspend)
        {
            string reason = appraised.Result.Findings.First(finding => finding.Response >= FindingResponse.Suspend).Reason;
            change.Append("terminal.suspended", terminal.TerminalId, new JsonObject { ["reason"] = reason, ["by"] = "policy" });
        }

        appraised.Meeting?.AddTo(change);
        if (!(await _database.CommitAsync(change, cancellation)).Done)
        {
            return null;
        }

        appraised.Meeting?.Count();
        return next;
    }

    /// <summary>What a terminal in good standing should fetch.</summary>
    private async ValueTask<AttestationAnswer> WithNewsAsync(
        AttestationAnswer answer, TerminalRecord terminal, ChallengePurpose purpose, CancellationToken cancellation)
    {
        AttestationAnswer told = answer with
        {
            KeysDue = purpose is ChallengePurpose.Heartbeat && await _keys.IsDueAsync(terminal, cancellation),
            ReaderConfiguration = _options.ReaderConfigurationVersion is { } versionOf
                ? await versionOf(terminal.MerchantId, cancellation) : null,
        };
        return _options.News is { } news ? await news(terminal, told, cancellation) : told;
    }

    /// <summary>What the evidence earned and what stands against the terminal, whichever is worse.</summary>
    private AttestationAnswer Answer(TerminalRecord terminal, Appraised appraised)
    {
        AttestationAnswer answer = new()
        {
            Verdict = terminal.Verdict,
            Findings = [.. terminal.Findings.Select(finding => finding.ForMerchant(Language))],
            HasCommands = _database.Commands.MayWait(terminal.TerminalId),
        };
        if (terminal.Verdict is not (Verdict.Trusted or Verdict.Limited) || terminal.State is not TerminalState.Active
            || appraised.Evidence.Claims!.Closing)
        {
            return answer;
        }

        ChallengePurpose purpose = appraised.Evidence.Claims!.Purpose;
        ResultToken token = new()
        {
            TerminalId = terminal.TerminalId,
            DeviceKeyHash = SHA256.HashData(terminal.DeviceKey),
            Audience = ResultToken.Payments,
            Purpose = purpose,
            Verdict = terminal.Verdict,
            PolicyHash = Convert.FromHexString(appraised.Result.PolicyHash),
            TokenId = RandomNumberGenerator.GetBytes(TokenIdLength),
            IssuedAt = appraised.Now,
            ExpiresAt = Earlier(
                appraised.Now + (purpose is ChallengePurpose.Pin ? _options.PinResultLifetime : _options.ResultLifetime), appraised.ExceptedUntil),
        };
        return answer with { ResultToken = token.Sign(_resultKey), ExpiresAt = token.ExpiresAt };
    }

    /// <summary>What the enrolled key signed and was still refused is written down: someone holds that key, or its messages.</summary>
    private async Task<AttestationOutcome> RefuseAsync(
        TerminalRecord terminal, VerifiedEvidence evidence, Refusal refusal, CancellationToken cancellation)
    {
        Change change = new Change().AttendRefused(terminal.TerminalId, _clock.GetUtcNow()).Append("evidence.refused", terminal.TerminalId,
            new JsonObject
        {
            ["reason"] = refusal.Reason,
            ["cause"] = refusal.Cause,
            ["evidenceHash"] = evidence.EvidenceHash,
            ["sequence"] = evidence.Claims!.Sequence,
        });
        (await _database.CommitAsync(change, cancellation)).Require();
        return Refuse(refusal);
    }

    private static AttestationOutcome Refuse(Refusal refusal) => new() { Refusal = refusal };

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private sealed record Appraised(
        AppraisalResult Result, VerifiedEvidence Evidence, TerminalMemory Memory, bool Good, AppraisalMemo Memo, RolloutMeeting? Meeting)
    {
        public DateTimeOffset Now => Memo.Time;

        /// <summary>When the first exception ends that the verdict rests on: no token that it earned lives longer.</summary>
        public DateTimeOffset? ExceptedUntil => Memo.Exceptions?
            .Where(one => Result.Findings.Any(finding => finding.Exception == one.Number))
            .Select(static one => (DateTimeOffset?)one.Until).Min();
    }
}
