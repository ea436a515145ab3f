using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests.Published;

/// <summary>Forged and unusual chains under test anchors; their verdicts are normative.</summary>
public class SyntheticAndroidChains
{
    public static TheoryData<string> Cases()
    {
        TheoryData<string> cases = [];
        if (Vectors.Root is { } root)
        {
            using JsonDocument file = JsonDocument.Parse(
                File.ReadAllText(Path.Combine(root, "attestation", "synthetic", "public", "android-chains.json")));
            foreach (JsonElement one in file.RootElement.GetProperty("cases").EnumerateArray())
            {
                cases.Add(one.GetProperty("id").GetString()!);
            }
        }
        else
        {
            cases.Add("none");
        }

        return cases;
    }

    [Theory]
    [Requirement("ATT-07")]
    [Requirement("ATT-09")]
    [MemberData(nameof(Cases))]
    public void A_synthetic_chain_gets_its_verdict(string id)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("attestation", "synthetic", "public", "android-chains.json")));
        JsonElement root = file.RootElement;
        JsonElement one = root.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("id").GetString() == id);
        AppraisalResult result = Appraise(root, one);
        Verdict expected = one.GetProperty("expect").GetString() == "ACCEPT" ? Verdict.Trusted : Verdict.Denied;
        Assert.True(
            result.Verdict == expected,
                $"{id}: {result.Verdict}; {string.Join("; ", result.Findings.Select(finding => $"{finding.Rule} {finding.Detail}"))}");
    }

    private static AppraisalResult Appraise(JsonElement root, JsonElement one)
    {
        JsonElement wanted = root.GetProperty("policy");
        CompiledPolicy policy = DefaultPolicy.With(new JsonObject
        {
            ["packages"] = new JsonArray(wanted.GetProperty("packageName").GetString()),
            ["signers"] = new JsonArray(Convert.ToHexStringLower(wanted.GetProperty("signerDigests_b64")[0].GetBytesFromBase64())),
            ["minAppVersion"] = wanted.GetProperty("minVersion").GetInt32(),
            ["minOsPatch"] = wanted.GetProperty("minOsPatch").GetInt32(),
            ["patchDenyMonths"] = 1000,
            ["requireOrderedTags"] = wanted.GetProperty("strictTagOrder").GetBoolean(),
        });
        DateTimeOffset time = root.GetProperty("verificationTime").GetDateTimeOffset();
        TrustAnchors anchors = new([.. root.GetProperty("trustAnchors_b64").EnumerateArray().Select(anchor =>
        {
            Assert.True(AttestationCertificate.TryParse(anchor.GetBytesFromBase64(), out AttestationCertificate? certificate, out _));
            return TrustAnchor.Of(certificate!);
        })]);
        Assert.True(StatusList.TryParse(JsonSerializer.SerializeToUtf8Bytes(one.GetProperty("statusList")), null, out StatusList? list, out _));
        AndroidAttestation attestation = new AndroidAttestationVerifier().Verify(new AndroidEvidence
        {
            Chain = [.. one.GetProperty("chain").EnumerateArray().Select(certificate => (ReadOnlyMemory<byte>)certificate.GetBytesFromBase64())],
            Challenge = root.GetProperty("challenge_b64").GetBytesFromBase64(),
            Anchors = anchors,
            StatusList = list,
            Time = time,
        });
        ClaimSet claims = new();
        AndroidClaims.Fill(claims, attestation);
        return new Appraiser(policy).Appraise(
            PolicyStage.Enrolment, claims, attestation.Problems, new AppraisalContext { Time = time, EvidenceHash = attestation.EvidenceHash });
    }
}
