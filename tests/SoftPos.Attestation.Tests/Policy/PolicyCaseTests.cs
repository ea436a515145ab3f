using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;

namespace SoftPos.Attestation.Tests.Policy;

public class PolicyCaseTests
{
    private static readonly PolicyCases Shipped = Read(Encoding.UTF8.GetString(DefaultPolicy.Cases.Span));

    public static TheoryData<string> Names { get; } = [.. Shipped.All.Select(one => one.Name)];

    [Theory]
    [Requirement("ATT-09")]
    [Requirement("ATT-14")]
    [MemberData(nameof(Names))]
    public void A_case_of_the_shipped_policy_holds(string name)
    {
        PolicyCaseResult result = Shipped.All.Single(one => one.Name == name).Run(DefaultPolicy.With(Shipped.Values!));
        Assert.True(result.Wrong.Count == 0, string.Join("; ", result.Wrong));
    }

    [Fact]
    [Requirement("ATT-14")]
    [Requirement("ATT-08")]
    public void Every_rule_of_the_shipped_policy_that_is_asked_finds_something_in_a_case()
    {
        CompiledPolicy policy = DefaultPolicy.With(Shipped.Values!);
        HashSet<string> found = [.. Shipped.All.SelectMany(one => one.Run(policy).Result.Findings).Select(finding => finding.Rule)];

        // These three repeat, for deployments that state a minimum of their own, what other rules ask already.
        Assert.Equal(["patch.minimum", "play.app", "sdk.version"], policy.Rules.Select(rule => rule.Id).Except(found).Order());
    }

    [Fact]
    public void A_case_that_does_not_hold_says_what_is_wrong()
    {
        PolicyCase one = Shipped.All[0];
        CompiledPolicy policy = DefaultPolicy.With(Shipped.Values!);
        Assert.NotEmpty((one with { Expect = Contract.Verdict.Denied }).Run(policy).Wrong);
        Assert.Contains("no finding of boot.locked", (one with { Findings = ["boot.locked"] }).Run(policy).Wrong);
        Assert.Contains((one with { Stage = PolicyStage.Evidence }).Run(policy).Wrong, text => text.StartsWith("unexpected finding", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cases: []", "cases")]
    [InlineData("time: 2026-11-24T00:00:00Z\ncases: [{ name: a, stage: play, expect: happy }]", "cases[0].expect")]
    [InlineData("time: 2026-11-24T00:00:00Z\ncases: [{ name: a, stage: dinner, expect: denied }]", "cases[0].stage")]
    [InlineData("cases: [{ name: a, stage: play, expect: denied }]", "cases[0].time")]
    [InlineData("time: soon\ncases: [{ name: a, stage: play, expect: denied }]", "time")]
    [InlineData("time: 2026-11-24T00:00:00Z\ncases: [{ name: a, stage: play, expect: denied, claims: { play.mood: 1 } }]", "cases[0].claims.play.mood")]
    [InlineData("time: 2026-11-24T00:00:00Z\ncases: [{ name: a, stage: play, expect: denied, claims: { play.firstUse: 1 } }]", "cases[0].claims.play.firstUse")]
    [InlineData("time: 2026-11-24T00:00:00Z\ncases: [{ name: a, like: b, stage: play, expect: denied }]", "cases[0].like")]
    [InlineData("time: 2026-11-24T00:00:00Z\ncases: [{ name: a, stage: play, expect: denied, surprise: 1 }]", "cases[0].surprise")]
    public void Wrong_cases_are_refused_with_the_place(string text, string path)
    {
        Assert.False(PolicyCases.TryRead(Encoding.UTF8.GetBytes(text), out _, out IReadOnlyList<PolicyFault> faults));
        Assert.Contains(faults, fault => fault.Path == path);
    }

    [Fact]
    public void Lint_names_what_is_odd()
    {
        string text = """
            policy: odd
            version: 1
            values: { used: 1, unused: 2 }
            rules:
              - { id: a, stages: [evidence], require: { claim: sdk.sequenceStep, atLeast: $used }, reason: COUNTER_REPLAYED, severity: info, response: report, duringGrace: report }
              - { id: b, stages: [evidence], require: { claim: sdk.sequenceStep, atLeast: $used }, reason: COUNTER_REPLAYED, severity: info, response: deny, reportOnly: true, grace: P1D }
              - { id: c, stages: [play], require: { claim: play.firstUse, equals: true }, reason: COUNTER_REPLAYED, severity: info, response: deny, effective: 2026-01-01, enabled: false }
            """;
        IReadOnlyList<PolicyFault> notes = PolicyLint.Of(Encoding.UTF8.GetBytes(text), Heartbeats.Now);
        Assert.Equal(
            ["values.unused", "rules[0].duringGrace", "rules[1]", "rules[1].grace", "rules[2].enabled", "rules[2].effective"],
            notes.Select(note => note.Path));
        Assert.Empty(PolicyLint.Of(DefaultPolicy.Utf8.Span, Heartbeats.Now));
    }

    [Fact]
    public void The_published_schema_is_the_one_of_the_code_and_takes_the_shipped_policy()
    {
        JsonObject schema = JsonNode.Parse(File.ReadAllText(ProjectTree.PathOf("docs", "reference", "policy.schema.json")))!.AsObject();
        Assert.True(JsonNode.DeepEquals(PolicySchema.Create(), schema), "docs/reference/policy.schema.json is not what softpos policy schema prints");
        Assert.True(PolicyText.TryRead(DefaultPolicy.Utf8.Span, out JsonObject? shipped, out _));
        Assert.Empty(SchemaCheck.Faults(schema, shipped));
    }

    [Theory]
    [InlineData("response: deny", "response: shout")]
    [InlineData("reason: CHALLENGE_UNCHECKED", "reason: NO_SUCH_REASON")]
    [InlineData("claim: android.challenge.matches", "claim: android.challenge.smells")]
    [InlineData("stages: [enrolment]", "stages: enrolment")]
    [InlineData("equals: true", "equalz: true")]
    [InlineData("policy: softpos-default", "polity: softpos-default")]
    [InlineData("version: 1", "version: one")]
    public void The_schema_refuses_what_does_not_compile(string part, string wrong)
    {
        string text = Encoding.UTF8.GetString(DefaultPolicy.Utf8.Span);
        int at = text.IndexOf(part, StringComparison.Ordinal);
        text = text[..at] + wrong + text[(at + part.Length)..];
        Assert.False(CompiledPolicy.TryCompile(Encoding.UTF8.GetBytes(text), null, out _, out _));
        Assert.True(PolicyText.TryRead(Encoding.UTF8.GetBytes(text), out JsonObject? document, out _));
        Assert.NotEmpty(SchemaCheck.Faults(PolicySchema.Create(), document));
    }

    private static PolicyCases Read(string text)
    {
        Assert.True(PolicyCases.TryRead(Encoding.UTF8.GetBytes(text), out PolicyCases? cases, out IReadOnlyList<PolicyFault> faults), string.Join("; ", faults));
        return cases!;
    }
}
