using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Attestation;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;

namespace SoftPos.Cli.Tools;

/// <summary>What the three App Attest tools have in common.</summary>
internal static class AttestApple
{
    public static IReadOnlyList<ToolOption> Options { get; } =
    [
        new("client-data", ToolValue.Text, "the client data that holds the challenge, " + AttestArguments.OctetsForm),
        new("client-data-hash", ToolValue.Text, "instead: SHA-256 of the client data, 32 bytes, " + AttestArguments.OctetsForm),
        .. AppOptions,
    ];

    public static IReadOnlyList<ToolOption> AppOptions =>
    [
        new("app-id", ToolValue.Text, "team identity, a dot, bundle identity"),
        new("team-id", ToolValue.Text, "instead of app-id, with bundle-id: team identity"),
        new("bundle-id", ToolValue.Text, "instead of app-id, with team-id: bundle identity"),
    ];

    public static byte[] ClientDataHash(ToolRequest request)
    {
        byte[] hash = AttestArguments.OctetsOrNull(request, "client-data-hash")
            ?? SHA256.HashData(AttestArguments.OctetsOrNull(request, "client-data") ?? throw new ToolException(
                "client-data", "missing; expected client-data or client-data-hash"));
        return hash.Length == SHA256.HashSizeInBytes ? hash : throw new ToolException("client-data-hash", $"expected 32 bytes, got {hash.Length}");
    }

    public static string? AppId(ToolRequest request) => request.TextOrNull("app-id")
        ?? (request.Has("team-id") && request.Has("bundle-id") ? $"{request.Text("team-id")}.{request.Text("bundle-id")}" : null);

    public static JsonObject Appraise(ToolRequest request, ClaimSet claims, IReadOnlyList<AttestationProblem> problems, string evidenceHash,
        DateTimeOffset time)
    {
        CompiledPolicy policy = AttestPolicy.Read(request, []);
        AppraisalResult result = new Appraiser(policy).Appraise(
            PolicyStage.Apple, claims, problems, new AppraisalContext { Time = time, EvidenceHash = evidenceHash });
        return AttestAnswer.Of(result, claims, evidenceHash);
    }
}
