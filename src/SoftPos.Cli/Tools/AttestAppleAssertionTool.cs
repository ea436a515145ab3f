using System.Text.Json.Nodes;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Claims;

namespace SoftPos.Cli.Tools;

/// <summary>Verifies an App Attest assertion.</summary>
internal sealed class AttestAppleAssertionTool : Tool
{
    public override IReadOnlyList<string> Path => ["attest", "apple-assertion"];

    public override string Description => "Verifies an Apple App Attest assertion under the enrolled key.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("assertion", ToolValue.Text, "the CBOR assertion, " + AttestArguments.OctetsForm) { Positional = true, Required = true },
        .. AttestApple.Options,
        new("public-key", ToolValue.Text, "SubjectPublicKeyInfo of the enrolled key: PEM, or " + AttestArguments.OctetsForm) { Required = true },
        new("last-counter", ToolValue.Number, "counter of the last accepted assertion; when absent, 0 (that of the attestation)"),
        new("policy", ToolValue.Json, AttestPolicy.Form),
        new("time", ToolValue.Text, "time of verification, ISO 8601; when absent, now"),
    ];

    public override IReadOnlyDictionary<string, string> Answer =>
        AttestAnswer.Keys(("counter", "counter of the assertion; null when unreadable"));

    public override JsonObject Run(ToolRequest request)
    {
        AppAssertion assertion = AppAssertion.Verify(new AppAssertionEvidence
        {
            Assertion = AttestArguments.OctetsOrNull(request, "assertion")!,
            ClientDataHash = AttestApple.ClientDataHash(request),
            PublicKey = AttestArguments.PublicKey(request, "public-key"),
            AppId = AttestApple.AppId(request) ?? throw new ToolException("app-id", "missing; expected app-id, or team-id and bundle-id"),
            LastCounter = request.NumberOrNull("last-counter") ?? 0,
        });
        JsonObject answer = AttestApple.Appraise(request, AttestationClaims.Of(assertion), assertion.Problems, assertion.EvidenceHash,
            AttestArguments.Time(request));
        answer["counter"] = assertion.Counter;
        return answer;
    }

    public override void Print(JsonObject answer, TextWriter output) => AttestAnswer.PrintVerdict(answer, output);
}
