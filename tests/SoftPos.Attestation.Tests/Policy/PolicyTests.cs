using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests.Policy;

public class PolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private const string OneRule = """
        policy: test
        version: 1
        values: { hot: 50 }
        rules:
          - id: health.hot
            stages: [evidence]
            require: { claim: health.batteryTemperatureCelsius, atMost: $hot, missing: pass }
            reason: BATTERY_HOT
            severity: warning
            response: deny
        """;

    [Fact]
    [Requirement("ATT-16", Partly = true)]
    public void The_shipped_policy_compiles_and_every_reason_of_it_is_in_the_catalogue()
    {
        CompiledPolicy policy = DefaultPolicy.For(["app"], ["00"]);
        Assert.True(policy.Rules.Count > 80);
        Assert.All(policy.Rules, rule => Assert.True(ReasonCatalogue.Contains(rule.Reason), rule.Reason));
    }

    [Fact]
    public void A_value_decides_and_a_missing_claim_passes_only_where_the_rule_says_so()
    {
        CompiledPolicy policy = Compile(OneRule);
        Assert.Equal(Verdict.Trusted, Appraise(policy, 50).Verdict);
        Assert.Equal(Verdict.Denied, Appraise(policy, 50.5).Verdict);
        Assert.Equal(Verdict.Trusted, Appraise(policy, null).Verdict);
        Assert.Equal(Verdict.Denied, Appraise(Compile(OneRule.Replace(", missing: pass", string.Empty, StringComparison.Ordinal)), null).Verdict);
    }

    [Fact]
    [Requirement("ATT-14")]
    public void A_finding_names_rule_claim_value_and_evidence()
    {
        Finding finding = Assert.Single(Appraise(Compile(OneRule), 57).Findings);
        Assert.Equal(("health.hot", "health.batteryTemperatureCelsius", "57", new string('e', 64)),
            (finding.Rule, finding.Claim, finding.Value, finding.EvidenceHash));
    }

    [Fact]
    [Requirement("ATT-14")]
    [Requirement("ATT-19", Partly = true)]
    public void A_rule_is_milder_during_its_grace_and_says_until_when()
    {
        CompiledPolicy policy = Compile(OneRule + "\n    grace: P14D\n");
        Finding early = Assert.Single(Appraise(policy, 57, Now.AddDays(-3)).Findings);
        Assert.Equal((FindingResponse.Notice, Now.AddDays(11)), (early.Response, early.Deadline));
        Finding late = Assert.Single(Appraise(policy, 57, Now.AddDays(-15)).Findings);
        Assert.Equal((FindingResponse.Deny, (DateTimeOffset?)null), (late.Response, late.Deadline));
    }

    [Fact]
    [Requirement("ATT-14")]
    public void A_report_only_rule_never_refuses() =>
        Assert.Equal(FindingResponse.Report, Assert.Single(Appraise(Compile(OneRule + "\n    reportOnly: true\n"), 57).Findings).Response);

    [Fact]
    [Requirement("ATT-16", Partly = true)]
    public void A_rule_of_another_ring_or_of_the_future_is_not_asked()
    {
        Assert.Empty(Appraise(Compile(OneRule + "\n    rings: [canary]\n"), 57).Findings);
        Assert.Empty(Appraise(Compile(OneRule + "\n    effective: 2027-01-01\n"), 57).Findings);
    }

    [Theory]
    [InlineData("claim: health.batteryTemperatureCelsius", "claim: health.mood", "rules[0].require.claim")]
    [InlineData("atMost: $hot", "atMost: $cold", "rules[0].require.atMost")]
    [InlineData("atMost: $hot", "oneOf: [1]", "rules[0].require.oneOf")]
    [InlineData("BATTERY_HOT", "BATTERY_BORED", "rules[0].reason")]
    [InlineData("response: deny", "response: shout", "rules[0].response")]
    [InlineData("severity: warning", "severity: 1", "rules[0].severity")]
    [InlineData("stages: [evidence]", "stages: [dinner]", "rules[0].stages")]
    [InlineData("version: 1", "version: one", "version")]
    [InlineData("response: deny", "response: deny\n    surprise: 1", "rules[0].surprise")]
    public void A_wrong_policy_is_refused_with_the_place(string part, string wrong, string path)
    {
        Assert.False(CompiledPolicy.TryCompile(Encoding.UTF8.GetBytes(OneRule.Replace(part, wrong, StringComparison.Ordinal)), null, out _,
            out IReadOnlyList<PolicyFault> faults));
        Assert.Contains(faults, fault => fault.Path == path);
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x")]
    [InlineData("a: !!binary AAAA")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: [")]
    [InlineData("- 1")]
    [InlineData("")]
    public void Yaml_beyond_plain_data_is_refused(string text) =>
        Assert.False(PolicyText.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void Json_and_yaml_mean_the_same()
    {
        Assert.True(PolicyText.TryRead(Encoding.UTF8.GetBytes(OneRule), out JsonObject? document, out _));
        CompiledPolicy policy = Compile(document!.ToJsonString());
        Assert.Equal(Verdict.Denied, Appraise(policy, 57).Verdict);
    }

    [Fact]
    public void Mutated_policies_compile_or_name_a_fault()
    {
        foreach (byte[] mutated in Mutation.Of(Encoding.UTF8.GetBytes(OneRule), 6, 3000))
        {
            bool compiled = CompiledPolicy.TryCompile(mutated, null, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults);
            Assert.Equal(compiled, policy is not null);
            Assert.Equal(compiled, faults.Count == 0);
        }
    }

    private static CompiledPolicy Compile(string text)
    {
        Assert.True(CompiledPolicy.TryCompile(Encoding.UTF8.GetBytes(text), null, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults),
            string.Join("; ", faults));
        return policy!;
    }

    private static AppraisalResult Appraise(CompiledPolicy policy, double? temperature, DateTimeOffset? firstSeen = null)
    {
        ClaimSet claims = new();
        if (temperature is { } value)
        {
            Assert.True(claims.TrySet("health.batteryTemperatureCelsius", ClaimValue.Of(value)));
        }

        return new Appraiser(policy).Appraise(PolicyStage.Evidence, claims, [], new AppraisalContext
        {
            Time = Now,
            EvidenceHash = new string('e', 64),
            FirstSeen = firstSeen is { } first ? new Dictionary<string, DateTimeOffset> { ["health.hot"] = first } : new Dictionary<string,
                DateTimeOffset>(),
        });
    }
}
