using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Cli.Tools;

/// <summary>Verifies and appraises one evidence of the terminal SDK.</summary>
internal sealed class AttestSdkTool : Tool
{
    public override IReadOnlyList<string> Path => ["attest", "sdk"];

    public override string Description =>
        "Verifies the SDK's evidence (EAT, RFC 9711, as CBOR in COSE_Sign1 with ES256) under the enrolled key and appraises it.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("evidence", ToolValue.Text, "the COSE_Sign1 message, " + AttestArguments.OctetsForm) { Positional = true, Required = true },
        new("public-key", ToolValue.Text, "SubjectPublicKeyInfo of the enrolled P-256 key: PEM, or " + AttestArguments.OctetsForm)
            { Required = true },
        new("terminal-id", ToolValue.Text, "identity of the terminal, a UUID") { Required = true },
        new("nonce", ToolValue.Text, "nonce that was given out, 32 bytes, " + AttestArguments.OctetsForm) { Required = true },
        new("seed", ToolValue.Text, "seed of the same challenge, 16 bytes, " + AttestArguments.OctetsForm) { Required = true },
        new("last-sequence", ToolValue.Number, "last accepted sequence number; when absent, -1"),
        new("enrolled", ToolValue.Json,
            "what the hardware attested at enrolment: an object with any of bootVerified (true or false), osPatch (YYYYMM), model, signers (list of hex)"),
        new("history", ToolValue.Json, "what was known before: an object with any of osPatch (YYYYMM), model"),
        new("policy", ToolValue.Json, AttestPolicy.Form),
        new("ring", ToolValue.Text, "ring of the terminal; when absent, production"),
        new("time", ToolValue.Text, "time of verification, ISO 8601; when absent, now"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => AttestAnswer.Keys(
        ("measurements", "what each probe reported: probe, result (Clean|Found|Unavailable), detail; null when the evidence does not verify"),
        ("health", "health figures by name"),
        ("sequence", "sequence number of the evidence"));

    public override JsonObject Run(ToolRequest request)
    {
        if (!Guid.TryParse(request.Text("terminal-id"), out Guid terminal))
        {
            throw new ToolException("terminal-id", "expected a UUID");
        }

        VerifiedEvidence evidence = EvidenceVerifier.Verify(
            AttestArguments.OctetsOrNull(request, "evidence"), AttestArguments.PublicKey(request, "public-key"), terminal);
        JsonObject defaults = evidence.Claims is { } said
            ? new JsonObject { ["packages"] = new JsonArray(said.Package), ["signers"] = new JsonArray(Convert.ToHexStringLower(said.SignerDigest)) }
            : [];
        (AppraisalResult result, ClaimSet claims) = new HeartbeatAppraiser(AttestPolicy.Read(request, defaults)).Appraise(new HeartbeatEvidence
        {
            Evidence = evidence,
            TerminalId = terminal,
            Nonce = Exactly(request, "nonce", Challenge.NonceLength),
            Seed = Exactly(request, "seed", 16),
            LastSequence = request.NumberOrNull("last-sequence") ?? -1,
            Enrolled = Enrolled(request),
            History = AttestHistory.Read(request),
            Ring = request.TextOrNull("ring") ?? AppraisalContext.Production,
            Time = AttestArguments.Time(request),
        });
        JsonObject answer = AttestAnswer.Of(result, claims, evidence.EvidenceHash);
        AddFacts(answer, evidence.Claims);
        return answer;
    }

    public override void Print(JsonObject answer, TextWriter output) => AttestAnswer.PrintVerdict(answer, output);

    private static void AddFacts(JsonObject answer, EvidenceClaims? said)
    {
        answer["measurements"] = said is null ? null : new JsonArray([.. said.Measurements.Select(measurement => (JsonNode)new JsonObject
        {
            ["probe"] = measurement.Probe,
            ["result"] = measurement.Result.ToString(),
            ["detail"] = measurement.Detail,
        })]);
        JsonObject health = [];
        foreach ((string figure, double value) in said?.Health ?? new Dictionary<string, double>())
        {
            health[figure] = value;
        }

        answer["health"] = health;
        answer["sequence"] = said?.Sequence;
    }

    private static byte[] Exactly(ToolRequest request, string name, int length)
    {
        byte[] octets = AttestArguments.OctetsOrNull(request, name)!;
        return octets.Length == length ? octets : throw new ToolException(name, $"expected {length} bytes, got {octets.Length}");
    }

    private static EnrolledFacts Enrolled(ToolRequest request)
    {
        if (request.Json("enrolled") is not JsonObject enrolled)
        {
            return EnrolledFacts.None;
        }

        return new EnrolledFacts
        {
            IsBootVerified = enrolled["bootVerified"]?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null },
            OsPatch = enrolled["osPatch"]?.GetValueKind() is JsonValueKind.Number ? enrolled["osPatch"]!.GetValue<double>() : null,
            Model = enrolled["model"]?.ToString(),
            Signers = enrolled["signers"] is JsonArray signers ? [.. signers.Select(signer => signer?.ToString().ToLowerInvariant() ?? string.Empty)]
                : [],
        };
    }
}
