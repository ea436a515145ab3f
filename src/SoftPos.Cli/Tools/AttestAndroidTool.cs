using System.Text.Json.Nodes;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;

namespace SoftPos.Cli.Tools;

/// <summary>Verifies and explains an Android Key Attestation chain.</summary>
internal sealed class AttestAndroidTool : Tool
{
    public override IReadOnlyList<string> Path => ["attest", "android"];

    public override string Description =>
        "Verifies an Android Key Attestation chain (KeyDescription 1 to 500) against anchors, status list, challenge and policy, and shows all that it says.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("file", ToolValue.File, "the chain as PEM, leaf first") { Positional = true },
        new("chain", ToolValue.Json, "the chain, leaf first: " + AttestArguments.CertificatesForm + "; the root may be left out"),
        new("challenge", ToolValue.Text, "the attestation challenge that was given out, " + AttestArguments.OctetsForm
            + "; when absent, freshness is not judged"),
        new("anchors", ToolValue.Json, "trusted roots: " + AttestArguments.CertificatesForm + "; when absent, Google's hardware attestation roots"),
        new("status-list", ToolValue.Json,
            "revocation status list as published: {\"entries\": {serial: {status, reason}}}; when absent, revocation is not judged"),
        new("status-list-time", ToolValue.Text, "when the list was fetched, ISO 8601; when absent, its age is not judged"),
        new("policy", ToolValue.Json, AttestPolicy.Form),
        new("history", ToolValue.Json,
            "what was known before: an object with any of osVersion, osPatch, vendorPatch, bootPatch (YYYYMM), appVersion, bootKey (hex), "
            + "terminalsOnAttestationKey, brandsOnAttestationKey, modelIsRemotelyProvisioned"),
        new("ring", ToolValue.Text, "ring of the terminal, for rules that ask for one; when absent, production"),
        new("time", ToolValue.Text, "time of verification, ISO 8601; when absent, now"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => AttestAnswer.Keys(
        ("keyDescription",
            "the parsed KeyDescription: attestationVersion, attestationSecurityLevel, keyMintVersion, keyMintSecurityLevel, attestationChallenge, uniqueId, "
            + "softwareEnforced, hardwareEnforced; numbers as decimal texts, octets as base64; null when unreadable"),
        ("challengeMatches", "true or false; null when no challenge was given or the chain is unreadable"),
        ("chain",
            "object: kind (factory|remote|software|none), anchor, rootOmitted, level, "
            + "certificates (subject, issuer, serial, serialDecimal, notBefore, notAfter, signature, key, keyBits)"),
        ("provisioning", "remote provisioning information: certificatesIssued, manufacturer; null when absent"),
        ("revocation", "object: checked, and listed (serials of this chain on the list)"),
        ("publicKey", "SubjectPublicKeyInfo of the attested key, base64"));

    public override JsonObject Run(ToolRequest request)
    {
        TrustAnchors anchors = AttestArguments.Anchors(request, "anchors", TrustAnchors.Google);
        AndroidEvidence evidence = new()
        {
            Chain = Chain(request),
            Challenge = AttestArguments.OctetsOrNull(request, "challenge") is { } challenge ? (ReadOnlyMemory<byte>?)challenge : null,
            Anchors = anchors,
            StatusList = AttestArguments.StatusList(request, "status-list", "status-list-time"),
            Time = AttestArguments.Time(request),
        };
        AndroidAttestation attestation = new AndroidAttestationVerifier().Verify(evidence);
        ClaimSet claims = AttestationClaims.Of(attestation, AttestHistory.Read(request));
        CompiledPolicy policy = AttestPolicy.Read(request, Defaults(evidence, claims));
        AppraisalResult result = new Appraiser(policy).Appraise(PolicyStage.Enrolment, claims, attestation.Problems, new AppraisalContext
        {
            Time = evidence.Time,
            Ring = request.TextOrNull("ring") ?? AppraisalContext.Production,
            EvidenceHash = attestation.EvidenceHash,
        });
        JsonObject answer = AttestAnswer.Of(result, claims, attestation.EvidenceHash);
        AddFacts(answer, attestation);
        return answer;
    }

    public override void Print(JsonObject answer, TextWriter output) => AttestAndroidText.Print(answer, output);

    private static IReadOnlyList<ReadOnlyMemory<byte>> Chain(ToolRequest request) => request.Has("chain")
        ? AttestArguments.Certificates("chain", request.Json("chain"))
        : request.Has("file") ? AttestArguments.Certificates("file", request.Json("file"))
            : throw new ToolException("chain", "missing; expected a chain or a file");

    /// <summary>What the caller does not state is not asked for: the app is then whatever the chain says it is.</summary>
    private static JsonObject Defaults(AndroidEvidence evidence, ClaimSet claims) => new()
    {
        ["packages"] = new JsonArray([.. claims["android.app.packages"].Texts.Select(package => (JsonNode)package)]),
        ["signers"] = new JsonArray([.. claims["android.app.signers"].Texts.Select(signer => (JsonNode)signer)]),
        ["requireChallenge"] = evidence.Challenge is not null,
        ["requireStatusList"] = evidence.StatusList is not null,
    };

    private static void AddFacts(JsonObject answer, AndroidAttestation attestation)
    {
        answer["keyDescription"] = attestation.Description is { } description ? KeyDescriptionJson.Of(description) : null;
        answer["challengeMatches"] = attestation.IsChallengeOurs;
        answer["chain"] = new JsonObject
        {
            ["kind"] = attestation.Kind.ToString().ToLowerInvariant(),
            ["anchor"] = attestation.Anchor?.Label,
            ["rootOmitted"] = attestation.IsRootOmitted,
            ["level"] = attestation.ChainLevel is { } level ? KeyDescriptionJson.NameOf(level) : null,
            ["certificates"] = new JsonArray([.. attestation.Certificates.Select(certificate => (JsonNode)AttestAnswer.Of(certificate))]),
        };
        answer["provisioning"] = attestation.Provisioning is { } provisioning
            ? new JsonObject { ["certificatesIssued"] = provisioning.CertificatesIssued, ["manufacturer"] = provisioning.Manufacturer }
            : null;
        answer["revocation"] = new JsonObject
        {
            ["checked"] = attestation.IsRevocationChecked,
            ["listed"] = new JsonArray([.. attestation.Listed.Select(entry => (JsonNode)entry.Serial)]),
        };
        answer["publicKey"] = attestation.Key is { } key ? Convert.ToBase64String(key.Encoded.Span) : null;
    }
}
