using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;

namespace SoftPos.Cli.Tools;

/// <summary>Verifies an App Attest receipt and shows its fields.</summary>
internal sealed class AttestAppleReceiptTool : Tool
{
    public override IReadOnlyList<string> Path => ["attest", "apple-receipt"];

    public override string Description => "Verifies an Apple App Attest receipt (CMS) and shows its fields.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("receipt", ToolValue.Text, "the receipt, PKCS #7, " + AttestArguments.OctetsForm) { Positional = true, Required = true },
        .. AttestApple.AppOptions,
        new("public-key", ToolValue.Text, "SubjectPublicKeyInfo of the enrolled key: PEM, or " + AttestArguments.OctetsForm),
        new("anchors", ToolValue.Json, "trusted roots: " + AttestArguments.CertificatesForm + "; when absent, Apple's"),
        new("policy", ToolValue.Json, AttestPolicy.Form),
        new("time", ToolValue.Text, "time of verification, ISO 8601; when absent, now"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => AttestAnswer.Keys(
        ("receipt",
            "object: appId, type (ATTEST|RECEIPT), environment (sandbox|production), creationTime, notBefore, expirationTime (ISO 8601 with milliseconds), "
            + "riskMetric, token, clientHash (base64), attestedCertificate (base64), unknownTypes"));

    public override JsonObject Run(ToolRequest request)
    {
        DateTimeOffset time = AttestArguments.Time(request);
        AppReceipt receipt = AppReceipt.Verify(
            AttestArguments.OctetsOrNull(request, "receipt")!,
            AttestApple.AppId(request),
            request.Has("public-key") ? (ReadOnlyMemory<byte>?)AttestArguments.PublicKey(request, "public-key") : null,
            AttestArguments.Anchors(request, "anchors", TrustAnchors.AppAttestReceipt),
            time);
        JsonObject answer = AttestApple.Appraise(request, AttestationClaims.Of(receipt, time), receipt.Problems, receipt.EvidenceHash, time);
        answer["receipt"] = new JsonObject
        {
            ["appId"] = receipt.AppId,
            ["type"] = receipt.Type,
            ["environment"] = receipt.Environment,
            ["creationTime"] = Text(receipt.CreationTime),
            ["notBefore"] = Text(receipt.NotBefore),
            ["expirationTime"] = Text(receipt.ExpirationTime),
            ["riskMetric"] = receipt.RiskMetric,
            ["token"] = receipt.Token,
            ["clientHash"] = receipt.ClientHash is { } hash ? Convert.ToBase64String(hash.Span) : null,
            ["attestedCertificate"] = receipt.AttestedCertificate is { } certificate ? Convert.ToBase64String(certificate.Span) : null,
            ["unknownTypes"] = new JsonArray([.. receipt.UnknownTypes.Select(type => (JsonNode)type)]),
        };
        return answer;
    }

    private static string? Text(DateTimeOffset? time) =>
        time?.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
