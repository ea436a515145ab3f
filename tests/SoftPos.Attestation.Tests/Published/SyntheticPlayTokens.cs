using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Play;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests.Published;

/// <summary>Genuine and forged tokens; their verdicts are normative.</summary>
public class SyntheticPlayTokens
{
    [Fact]
    public void Every_token_gets_its_verdict()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("attestation", "synthetic", "public", "play-integrity.json")));
        JsonElement root = file.RootElement;
        Assert.True(PlayTokenKeys.TryCreate(
            root.GetProperty("decryptionKey_b64").GetBytesFromBase64(), root.GetProperty("verificationKey_spki_b64").GetBytesFromBase64(),
                out PlayTokenKeys? keys));
        using (keys)
        {
            HashSet<string> used = [];
            foreach (JsonElement one in root.GetProperty("cases").EnumerateArray())
            {
                string token = one.GetProperty("token").GetString()!;
                AppraisalResult result = Appraise(root, token, keys!, !used.Contains(token));
                if (result.Verdict is Verdict.Trusted)
                {
                    used.Add(token);
                }

                Verdict expected = one.GetProperty("expect").GetString() switch { "ACCEPT" => Verdict.Trusted, "STEP_UP" => Verdict.Limited, _ =>
                    Verdict.Denied };
                Assert.True(result.Verdict == expected,
                    $"{one.GetProperty("id")}: {result.Verdict} {string.Join("; ", result.Findings.Select(finding => finding.Rule))}");
            }
        }
    }

    private static AppraisalResult Appraise(JsonElement root, string token, PlayTokenKeys keys, bool first)
    {
        JsonElement wanted = root.GetProperty("policy");
        CompiledPolicy policy = DefaultPolicy.With(new JsonObject
        {
            ["packages"] = new JsonArray(wanted.GetProperty("packageName").GetString()),
            ["signers"] = new JsonArray(Convert.ToHexStringLower(
                System.Buffers.Text.Base64Url.DecodeFromChars(wanted.GetProperty("signerDigests_b64url")[0].GetString()))),
        });
        DateTimeOffset time = root.GetProperty("verificationTime").GetDateTimeOffset();
        AppraisalContext context = new() { Time = time, EvidenceHash = new string('0', 64) };
        if (!PlayToken.TryOpen(token, keys, out ReadOnlyMemory<byte> payload, out AttestationProblem? problem))
        {
            return new Appraiser(policy).Appraise(PolicyStage.None, new ClaimSet(), [problem!], context);
        }

        Assert.True(PlayVerdict.TryParse(payload, out PlayVerdict? verdict, out _));
        ClaimSet claims = AttestationClaims.Of(verdict!, new PlayExpectation
        {
            Packages = policy.Texts("packages"),
            RequestHash = wanted.GetProperty("requestHash").GetString(),
            IsFirstUse = first,
            Time = time,
        });
        return new Appraiser(policy).Appraise(PolicyStage.Play, claims, [], context);
    }
}
