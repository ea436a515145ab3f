using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>An enrolment's answer, or why there is none.</summary>
public sealed record EnrolmentOutcome
{
    /// <summary>The message was refused before any appraisal.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Verdict, findings and, after a good verdict, keys.</summary>
    public ActivationAnswer? Answer { get; init; }
}

/// <summary>
/// Enrols terminals: one-time code, two hardware keys with their chains, appraisal, binding, and only then keys. A refused phone is recorded
/// too, so that an operator sees it; its code stays good for another phone.
/// </summary>
public sealed class Enrolment
{
    /// <summary>Languages that the merchant's texts are given in for now; the terminal will say which it wants.</summary>
    private const string Language = "en";

    /// <summary>Terminals on one attestation certificate that are counted; a policy's limit lies below.</summary>
    private const int MaxOnOneKey = 10_000;

    private readonly Database _database;
    private readonly ChallengeStore _challenges;
    private readonly MonitoringOptions _options;
    private readonly IKeyDelivery _keys;
    private readonly TimeProvider _clock;

    public Enrolment(Database database, ChallengeStore challenges, MonitoringOptions options, IKeyDelivery keys, TimeProvider clock)
    {
        _database = database;
        _challenges = challenges;
        _options = options;
        _keys = keys;
        _clock = clock;
    }

    /// <summary>Takes an activation message.</summary>
    public async Task<EnrolmentOutcome> ActivateAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (!SignedMessage.TryDecode(message.Span, out DecodedMessage decoded) || decoded.ContentType != MessageType.Activation)
        {
            return Refuse(Refusal.Malformed("message", "expected COSE_Sign1 with ES256 and content type " + MessageType.Activation));
        }

        if (!ActivationRequest.TryDecode(decoded.Payload, out ActivationRequest request))
        {
            return Refuse(Refusal.Malformed("payload", "expected code, nonce, both chains, model, OS and SDK version"));
        }

        if (await _database.ActivationCodes.FindAsync(request.Code, cancellation) is not { } code)
        {
            return Refuse(new Refusal(ReasonCodes.ActivationCodeInvalid, Field: "code"));
        }

        Redemption redemption = _challenges.Redeem(request.Nonce, ChallengePurpose.Enrolment, null, out _);
        if (redemption is not Redemption.Redeemed)
        {
            return Refuse(Refusal.Of(redemption));
        }

        DateTimeOffset now = _clock.GetUtcNow();

        // By the code, not by an identity that is made anew: who tries again does not come into another ring.
        Guid place = RefusedId(request.Code);
        PolicyChoice policy = _options.Policy.For(place);
        EnrolmentEvidence evidence = new()
        {
            History = await FleetHistoryAsync(request, cancellation),
            SigningChain = request.SigningChain,
            AgreementChain = request.AgreementChain,
            Nonce = request.Nonce,
            Anchors = _options.Anchors,
            StatusList = _options.StatusList(),
            StatedModel = request.Model,
            Exceptions = _database.Exceptions.Of(
                new ExceptionSubject(null, code.MerchantId, request.Model, request.OsVersion, 0, request.SdkVersion, string.Empty), now),
            Ring = _options.Ring,
            Time = now,
        };
        EnrolmentResult result = policy.Engines.Enrolments.Appraise(evidence);

        // The chain proves the key; the signature over this very message proves that the sender has it.
        if (!decoded.Verify(result.SigningKey))
        {
            return Refuse(new Refusal(ReasonCodes.SignatureInvalid, "not signed by the key that the chain certifies"));
        }

        Enrolling enrolling = new(request, message.ToArray(), code, result, _options.NewTerminalId(now), now)
        {
            Meeting = policy.Meet(place, policy.Before?.Enrolments.Appraise(evidence).Verdict, result.Verdict),
        };
        return result.Verdict is Verdict.Trusted or Verdict.Limited
            ? await AcceptAsync(enrolling, cancellation)
            : await RecordRefusalAsync(enrolling with { TerminalId = place }, cancellation);
    }

    /// <summary>
    /// Identity of the record of what a code was refused for: one for each code, so that a phone that tries again and again leaves one row for
    /// the operator. The journal has every try.
    /// </summary>
    internal static Guid RefusedId(string code)
    {
        byte[] hash = SHA256.HashData([.. "softpos refused enrolment 1"u8, .. OneTimeSecret.HashOf(code)]);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    private async Task<EnrolmentOutcome> AcceptAsync(Enrolling enrolling, CancellationToken cancellation)
    {
        MerchantRecord merchant = await _database.Merchants.FindAsync(enrolling.MerchantId, cancellation)
            ?? throw new InvalidOperationException("an activation code names a merchant that does not exist");
        KeyDelivery keys = await _keys.DeliverAsync(
            enrolling.TerminalId, enrolling.Result.AgreementKey, enrolling.Request.Nonce, cancellation);
        TerminalRecord? former = await FormerAsync(enrolling, cancellation);
        TerminalRecord terminal = Record(enrolling, TerminalState.Active) with
        {
            AcquirerTerminalId = former?.AcquirerTerminalId ?? await NewAcquirerTerminalAsync(cancellation),
            DataKeyId = keys.Data.KeyId,
            PinKeyId = keys.Pin.KeyId,
            LastTrustedAt = enrolling.Now,
        };
        JsonObject entry = Entry(enrolling);
        entry["acquirerTerminalId"] = terminal.AcquirerTerminalId;
        entry["dataKeyId"] = Convert.ToHexString(keys.Data.KeyId);
        entry["pinKeyId"] = Convert.ToHexString(keys.Pin.KeyId);
        Change change = new Change()
            .RedeemActivationCode(enrolling.Request.Code, enrolling.TerminalId)
            .Put(terminal)
            .AddEvidence(enrolling.TerminalId, enrolling.Message)
            .AddAttestationCertificates(enrolling.TerminalId, BrandOf(enrolling.Request), SerialsOf(enrolling.Result))
            .Attend(enrolling.TerminalId, enrolling.Now, good: true, _options.DueAfter(enrolling.Now))
            .Append("terminal.enrolled", enrolling.TerminalId, entry);
        if (former is not null)
        {
            Retirement.Add(change, former, "replaced", "enrolment", enrolling.TerminalId);
            await CloseReplacementAsync(change, former, cancellation);
        }

        if (await _database.Terminals.FindAsync(RefusedId(enrolling.Request.Code), cancellation) is { } refused)
        {
            Retirement.Add(change, refused, "enrolled after a refusal", "enrolment", enrolling.TerminalId);
        }

        enrolling.Meeting?.AddTo(change);
        Commit commit = await _database.CommitAsync(change, cancellation);
        if (commit.Done)
        {
            enrolling.Meeting?.Count();
        }

        return commit.Done
            ? new EnrolmentOutcome { Answer = Answer(enrolling) with { DataKey = keys.Data, PinKey = keys.Pin, Merchant = merchant } }
            : Refuse(new Refusal(ReasonCodes.ActivationCodeInvalid, Field: "code"));
    }

    /// <summary>The terminal that the code says is replaced: of the same merchant, and not gone already.</summary>
    private async Task<TerminalRecord?> FormerAsync(Enrolling enrolling, CancellationToken cancellation) =>
        enrolling.Code.Replaces is { } id
        && await _database.Terminals.FindAsync(id, cancellation) is { State: TerminalState.Active or TerminalState.Suspended } former
        && former.MerchantId == enrolling.MerchantId
            ? former
            : null;

    /// <summary>A terminal that was told to replace its keys cannot acknowledge it: the new one's enrolment is the acknowledgement.</summary>
    private async Task CloseReplacementAsync(Change change, TerminalRecord former, CancellationToken cancellation)
    {
        foreach (CommandRecord open in await _database.Commands.OpenAsync(former.TerminalId, cancellation))
        {
            if (open is { Command.Kind: RemoteCommandKind.ReplaceKeys, State: CommandState.Delivered })
            {
                change
                    .Move(open, open with { State = CommandState.Done, ChangedAt = _clock.GetUtcNow() })
                    .Append("command.acknowledged", former.TerminalId, new JsonObject { ["command"] = open.Command.CommandId.ToString() });
            }
        }
    }

    private async Task<string> NewAcquirerTerminalAsync(CancellationToken cancellation) =>
        "T" + (await _database.Sequences.NextAsync("acquirer-terminal", cancellation)).ToString("D7", CultureInfo.InvariantCulture);

    private async Task<EnrolmentOutcome> RecordRefusalAsync(Enrolling enrolling, CancellationToken cancellation)
    {
        TerminalRecord? before = await _database.Terminals.FindAsync(enrolling.TerminalId, cancellation);
        Change change = new Change()
            .Put(Record(enrolling, TerminalState.Refused) with { EnrolledAt = before?.EnrolledAt ?? enrolling.Now })
            .AddEvidence(enrolling.TerminalId, enrolling.Message)
            .Append("terminal.refused", enrolling.TerminalId, Entry(enrolling));
        enrolling.Meeting?.AddTo(change);
        (await _database.CommitAsync(change, cancellation)).Require();
        enrolling.Meeting?.Count();
        return new EnrolmentOutcome { Answer = Answer(enrolling) };
    }

    private static TerminalRecord Record(Enrolling enrolling, TerminalState state)
    {
        EnrolmentResult result = enrolling.Result;
        TerminalMemory memory = new()
        {
            Enrolled = EnrolledFacts.Of(result.Claims) with { CertificateSerials = SerialsOf(result) },
            History = TerminalHistory.None.After(result.Claims),
        };
        return new TerminalRecord
        {
            TerminalId = enrolling.TerminalId,
            MerchantId = enrolling.MerchantId,
            DeviceKey = result.SigningKey,
            AgreementKey = result.AgreementKey,
            State = state,
            Verdict = result.Verdict,
            AcquirerTerminalId = string.Empty,
            Model = enrolling.Request.Model,
            OsVersion = enrolling.Request.OsVersion,
            SdkVersion = enrolling.Request.SdkVersion,
            EvidenceSequence = 0,
            AppSigner = memory.Enrolled.Signers.Count == 1 ? memory.Enrolled.Signers[0] : string.Empty,
            OsPatch = (int)(memory.Enrolled.OsPatch ?? 0),
            BootKey = memory.History.BootKey,
            AttestationMemory = memory.After(result.Findings, enrolling.Now).ToJson(),
            EnrolledAt = enrolling.Now,
            LastEvidenceAt = enrolling.Now,
            Findings = result.Findings,
        };
    }

    /// <summary>
    /// What the fleet knows of the certificate that signed the leaf. A certificate that cannot be read is not looked up: the appraisal refuses it.
    /// </summary>
    private async Task<TerminalHistory> FleetHistoryAsync(ActivationRequest request, CancellationToken cancellation)
    {
        if (request.SigningChain.Count < 2 || !AttestationCertificate.TryParse(request.SigningChain[1], out AttestationCertificate? issuer, out _))
        {
            return TerminalHistory.None;
        }

        List<string> brands = await _database.AttestationCertificates.BrandsAsync(issuer!.SerialHex, MaxOnOneKey, cancellation);
        string brand = BrandOf(request);
        return TerminalHistory.None with
        {
            TerminalsOnAttestationKey = brands.Count + 1,
            BrandsOnAttestationKey = brands.Append(brand).Where(static name => name.Length > 0).Distinct().Count(),
        };
    }

    private static string BrandOf(ActivationRequest request) =>
        request.Model.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault("").ToLowerInvariant();

    private static string[] SerialsOf(EnrolmentResult result) =>
        [.. result.Signing.Certificates.Skip(1).Concat(result.Agreement.Certificates.Skip(1)).Select(static certificate => certificate.SerialHex).Distinct()];

    private static JsonObject Entry(Enrolling enrolling)
    {
        EnrolmentResult result = enrolling.Result;
        JsonObject entry = AppraisalEntry.Of(
            result.Verdict, result.Findings, result.PolicyHash, Convert.ToHexStringLower(SHA256.HashData(enrolling.Message)));
        entry["merchantId"] = enrolling.MerchantId;
        entry["model"] = enrolling.Request.Model;
        entry["osVersion"] = enrolling.Request.OsVersion;
        entry["sdkVersion"] = enrolling.Request.SdkVersion;
        entry["anchor"] = result.Signing.Anchor?.Label;
        entry["certificateSerials"] = new JsonArray([.. SerialsOf(result).Select(static serial => JsonValue.Create(serial))]);
        entry["securityLevel"] = result.Signing.Level?.ToString();
        return entry;
    }

    private static ActivationAnswer Answer(Enrolling enrolling) => new()
    {
        TerminalId = enrolling.TerminalId,
        Verdict = enrolling.Result.Verdict,
        Findings = [.. enrolling.Result.Findings.Select(finding => finding.ForMerchant(Language))],
    };

    private static EnrolmentOutcome Refuse(Refusal refusal) => new() { Refusal = refusal };

    private sealed record Enrolling(
        ActivationRequest Request, byte[] Message, ActivationCode Code, EnrolmentResult Result, Guid TerminalId, DateTimeOffset Now)
    {
        public string MerchantId => Code.MerchantId;

        /// <summary>What a roll-out learns of it.</summary>
        public RolloutMeeting? Meeting { get; init; }
    }
}
