using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Play;
using SoftPos.Attestation.Policy;

namespace SoftPos.Cli.Tools;

/// <summary>Opens and appraises a Play Integrity token or verdict.</summary>
internal sealed class AttestPlayTool : Tool
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public override IReadOnlyList<string> Path => ["attest", "play"];

    public override string Description => "Opens a Play Integrity token (JWE A256KW + A256GCM around JWS ES256) and appraises its verdict.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("token", ToolValue.Text, "the integrity token, compact JWE") { Positional = true },
        new("verdict", ToolValue.Json, "instead of a token: the decoded verdict, as Google's server gives it (bare or in tokenPayloadExternal)"),
        new("decryption-key", ToolValue.Text, "AES-256 key of the app, " + AttestArguments.OctetsForm) { Secret = true },
        new("verification-key", ToolValue.Text, "SubjectPublicKeyInfo of the app's P-256 key, " + AttestArguments.OctetsForm),
        new("request-hash", ToolValue.Text, "requestHash that was given to the app (standard request)"),
        new("nonce", ToolValue.Text, "nonce that was given to the app (classic request)"),
        new("seen", ToolValue.Flag, "the token was accepted before; within one --jsonl run a token that comes twice counts as seen by itself"),
        new("boot-verified", ToolValue.Flag, "the hardware chain of this terminal said locked and verified"),
        new("policy", ToolValue.Json, AttestPolicy.Form
            + "; also requestHash or nonce, maxAgeSeconds, maxFutureSeconds, minDevice (label that the device must meet)"),
        new("ring", ToolValue.Text, "ring of the terminal; when absent, production"),
        new("time", ToolValue.Text, "time of verification, ISO 8601; when absent, now"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => AttestAnswer.Keys(
        ("payload", "the verdict as JSON; null when the token does not open"));

    public override JsonObject Run(ToolRequest request)
    {
        DateTimeOffset time = AttestArguments.Time(request);
        List<AttestationProblem> problems = [];
        ReadOnlyMemory<byte> payload = Open(request, problems);
        JsonObject defaults = new() { ["packages"] = new JsonArray(), ["signers"] = new JsonArray() };
        (string? hash, string? nonce) = TakeBinding(request);
        PlayVerdict? verdict = null;
        if (problems.Count == 0 && !PlayVerdict.TryParse(payload, out verdict, out FormatFault? fault))
        {
            problems.Add(new AttestationProblem("play.verdict.form", Contract.ReasonCodes.PlayTokenInvalid, fault!.ToString()) { Fault = fault });
        }

        SetWhatIsNotAsked(defaults, verdict);
        CompiledPolicy policy = AttestPolicy.Read(request, defaults);
        PlayExpectation expected = new()
        {
            Packages = policy.Texts("packages"),
            RequestHash = hash,
            Nonce = nonce,
            IsFirstUse = IsFirstUse(request),
            IsBootVerified = request.Flag("boot-verified") ? true : null,
            Time = time,
        };
        string evidenceHash = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(
                Encoding.UTF8.GetBytes(request.TextOrNull("token") ?? Encoding.UTF8.GetString(payload.Span))));
        ClaimSet claims = verdict is null ? new ClaimSet() : AttestationClaims.Of(verdict, expected);
        AppraisalContext context = new() { Time = time, Ring = request.TextOrNull("ring") ?? AppraisalContext.Production,
            EvidenceHash = evidenceHash };
        AppraisalResult result = new Appraiser(policy).Appraise(verdict is null ? PolicyStage.None : PolicyStage.Play, claims, problems, context);
        Remember(request, result);
        JsonObject answer = AttestAnswer.Of(result, claims, evidenceHash);
        answer["payload"] = verdict is null ? null : JsonNode.Parse(payload.Span);
        return answer;
    }

    public override void Print(JsonObject answer, TextWriter output) => AttestAnswer.PrintVerdict(answer, output);

    private static ReadOnlyMemory<byte> Open(ToolRequest request, List<AttestationProblem> problems)
    {
        if (request.Json("verdict") is { } verdict)
        {
            return Encoding.UTF8.GetBytes(verdict.ToJsonString());
        }

        string token = request.TextOrNull("token") ?? throw new ToolException("token", "missing; expected a token or a verdict");
        byte[] decryption = AttestArguments.OctetsOrNull(request, "decryption-key") ?? throw new ToolException(
            "decryption-key", "missing; a token needs both keys");
        byte[] verification = AttestArguments.OctetsOrNull(request, "verification-key") ?? throw new ToolException(
            "verification-key", "missing; a token needs both keys");
        if (!PlayTokenKeys.TryCreate(decryption, verification, out PlayTokenKeys? keys))
        {
            throw new ToolException("decryption-key", "expected 32 bytes, and a P-256 key as verification-key");
        }

        using (keys)
        {
            if (!PlayToken.TryOpen(token, keys!, out ReadOnlyMemory<byte> payload, out AttestationProblem? problem))
            {
                problems.Add(problem!);
            }

            return payload;
        }
    }

    private static (string? Hash, string? Nonce) TakeBinding(ToolRequest request)
    {
        JsonObject? policy = request.Json("policy") as JsonObject;
        string? hash = request.TextOrNull("request-hash") ?? policy?["requestHash"]?.ToString();
        string? nonce = request.TextOrNull("nonce") ?? policy?["nonce"]?.ToString();
        return (hash, nonce);
    }

    private static void SetWhatIsNotAsked(JsonObject defaults, PlayVerdict? verdict)
    {
        if (verdict?.RequestPackageName is { } package)
        {
            defaults["packages"] = new JsonArray(package);
        }

        defaults["signers"] = new JsonArray([.. (verdict?.SignerDigests ?? []).Select(signer => (JsonNode)signer)]);
    }

    private bool IsFirstUse(ToolRequest request) =>
        !request.Flag("seen") && !(request.TextOrNull("token") is { } token && _seen.Contains(token));

    /// <summary>Only an accepted token is used up, as in the back end; a refused one may not block the genuine one.</summary>
    private void Remember(ToolRequest request, AppraisalResult result)
    {
        if (request.Has("token") && result.Verdict is Contract.Verdict.Trusted or Contract.Verdict.Limited)
        {
            _seen.Add(request.Text("token"));
        }
    }
}
