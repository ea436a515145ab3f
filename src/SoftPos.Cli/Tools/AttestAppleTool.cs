using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;

namespace SoftPos.Cli.Tools;

/// <summary>Verifies an App Attest attestation.</summary>
internal sealed class AttestAppleTool : Tool
{
    public override IReadOnlyList<string> Path => ["attest", "apple"];

    public override string Description => "Verifies an Apple App Attest attestation object in its nine steps.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("attestation", ToolValue.Text, "the CBOR attestation object, " + AttestArguments.OctetsForm) { Positional = true, Required = true },
        .. AttestApple.Options,
        new("key-id", ToolValue.Text, "key identity as the app sent it, " + AttestArguments.OctetsForm),
        new("environment", ToolValue.Text, "environment that is asked for; when absent, either") { Words = ["production", "development"] },
        new("anchors", ToolValue.Json, "trusted roots: " + AttestArguments.CertificatesForm + "; when absent, Apple's"),
        new("policy", ToolValue.Json, AttestPolicy.Form),
        new("time", ToolValue.Text, "time of verification, ISO 8601; when absent, now (certificates live three days)"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => AttestAnswer.Keys(
        ("publicKey", "SubjectPublicKeyInfo of the attested key, base64; null when unreadable"),
        ("keyId", "key identity, base64"),
        ("counter", "counter of the authenticator data"),
        ("environment", "production, development or unknown"),
        ("receipt", "the receipt, base64"),
        ("certificates", "certificates, leaf first"));

    public override JsonObject Run(ToolRequest request)
    {
        DateTimeOffset time = AttestArguments.Time(request);
        AppAttestation attestation = AppAttestationVerifier.Verify(new AppAttestationEvidence
        {
            Attestation = AttestArguments.OctetsOrNull(request, "attestation")!,
            ClientDataHash = AttestApple.ClientDataHash(request),
            KeyId = AttestArguments.OctetsOrNull(request, "key-id") is { } keyId ? (ReadOnlyMemory<byte>?)keyId : null,
            AppId = AttestApple.AppId(request) ?? throw new ToolException("app-id", "missing; expected app-id, or team-id and bundle-id"),
            Environment = request.TextOrNull("environment"),
            Anchors = AttestArguments.Anchors(request, "anchors", TrustAnchors.AppAttest),
            Time = time,
        });
        ClaimSet claims = AttestationClaims.Of(attestation);
        JsonObject answer = AttestApple.Appraise(request, claims, attestation.Problems, attestation.EvidenceHash, time);
        answer["publicKey"] = attestation.Key is { } key ? Convert.ToBase64String(key.Encoded.Span) : null;
        answer["keyId"] = attestation.KeyId is { } id ? Convert.ToBase64String(id.Span) : null;
        answer["counter"] = attestation.Counter;
        answer["environment"] = attestation.Environment;
        answer["receipt"] = attestation.Receipt is { } receipt ? Convert.ToBase64String(receipt.Span) : null;
        answer["certificates"] = new JsonArray([.. attestation.Certificates.Select(certificate => (JsonNode)AttestAnswer.Of(certificate))]);
        return answer;
    }

    public override void Print(JsonObject answer, TextWriter output) => AttestAnswer.PrintVerdict(answer, output);
}
