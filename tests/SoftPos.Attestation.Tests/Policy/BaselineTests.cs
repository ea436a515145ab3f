using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Baseline;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests.Policy;

public class BaselineTests
{
    private const string Ending = """
        policy: test
        version: 1
        baseline:
          systems: [{ names: ["16"], supportEnds: 2026-12-31, deniedFrom: 2027-02-01, source: a test }]
          models: [{ names: ["Shop Phone"], deniedFrom: 2027-03-01, source: a test }]
        rules:
          - id: baseline.system
            stages: [evidence, baseline]
            require: { claim: baseline.systemSupportDays, atLeast: 30, missing: pass }
            reason: OS_SUPPORT_ENDED
            severity: serious
            response: deny
            graceUntil: baseline.systemDenyDays
          - id: baseline.model
            stages: [evidence, baseline]
            require: { claim: baseline.modelSupportDays, atLeast: 30, missing: pass }
            reason: MODEL_SUPPORT_ENDED
            severity: serious
            response: deny
            graceUntil: baseline.modelDenyDays
        """;

    [Fact]
    [Requirement("ATT-19")]
    public void A_system_is_noticed_with_its_day_and_denied_from_that_day_on()
    {
        CompiledPolicy policy = Compile(Ending);
        Assert.Empty(Ask(policy, "16", At(2026, 12, 1)).Findings);

        BaselineAnswer warned = Ask(policy, "16", At(2026, 12, 2));
        Finding notice = Assert.Single(warned.Findings);
        Assert.Equal((Verdict.Trusted, FindingResponse.Notice, At(2027, 2, 1)), (warned.Verdict, notice.Response, notice.Deadline!.Value));
        Assert.Equal((new DateOnly(2026, 12, 2), new DateOnly(2027, 2, 1)), (warned.NoticeFrom!.Value, warned.DeniedFrom!.Value));

        Assert.Equal(Verdict.Trusted, Ask(policy, "16", At(2027, 1, 31).AddHours(23)).Verdict);
        BaselineAnswer denied = Ask(policy, "16", At(2027, 2, 1));
        Assert.Equal((Verdict.Denied, FindingResponse.Deny), (denied.Verdict, Assert.Single(denied.Findings).Response));
    }

    [Fact]
    [Requirement("ATT-19")]
    public void A_model_that_is_taken_off_by_a_day_alone_is_told_before_it()
    {
        CompiledPolicy policy = Compile(Ending);
        BaselineAnswer answer = BaselineCheck.Of(policy, "shop phone", string.Empty, null, At(2026, 11, 24));
        Assert.Equal(
            (Verdict.Trusted, new DateOnly(2027, 1, 31), new DateOnly(2027, 3, 1)),
            (answer.Verdict, answer.NoticeFrom!.Value, answer.DeniedFrom!.Value));
    }

    [Fact]
    [Requirement("ATT-19", Partly = true)]
    public void The_shipped_policy_says_until_when_a_phone_may_be_used()
    {
        CompiledPolicy policy = DefaultPolicy.For(["app"], ["00"]);
        BaselineAnswer answer = BaselineCheck.Of(policy, "Google Pixel 7", "16", 202_611, At(2026, 11, 24));

        // Its patch level runs out before its maker's support does.
        Assert.Equal((Verdict.Trusted, new DateOnly(2027, 12, 1)), (answer.Verdict, answer.DeniedFrom!.Value));
        Assert.Equal(Verdict.Denied, BaselineCheck.Of(policy, "Lab Old", "16", 202_611, At(2026, 11, 24)).Verdict);
        Assert.Equal(Verdict.Denied, BaselineCheck.Of(policy, "Lab Strict", "16", 202_608, At(2026, 11, 24)).Verdict);
        Assert.Null(BaselineCheck.Of(policy, "nobody knows it", "16", null, At(2026, 11, 24)).DeniedFrom);
    }

    [Fact]
    [Requirement("ATT-19", Partly = true)]
    public void The_shipped_list_is_dated_and_every_entry_has_a_source_or_is_an_example()
    {
        PlatformBaseline baseline = PlatformBaseline.Shipped;
        Assert.True(baseline.Version > 0);
        Assert.Equal(64, baseline.Hash.Length);
        Assert.NotEmpty(baseline.Systems);
        Assert.All(baseline.Systems.Concat(baseline.Models), static entry =>
        {
            Assert.True(entry.Source.Length > 0 || entry.IsExample, entry.Names[0]);
            Assert.True(entry.IsExample || entry.Released is not null, entry.Names[0]);
        });
        Assert.Equal("8.1", baseline.FindSystem("8.1.0")!.Names[0]);
        Assert.Equal("16", baseline.FindSystem("Android 16")!.Names[0]);
        Assert.Null(baseline.FindSystem("99"));
        Assert.Equal(("8.1", "16", null), (PlatformBaseline.TextOf(80_100), PlatformBaseline.TextOf(160_000), PlatformBaseline.TextOf(0)));
    }

    [Fact]
    public void A_document_replaces_an_entry_of_the_list_and_leaves_the_others()
    {
        PlatformBaseline baseline = Compile(Ending).Baseline;
        Assert.Equal(new DateOnly(2026, 12, 31), baseline.FindSystem("16")!.SupportEnds);
        Assert.Equal(PlatformBaseline.Shipped.FindSystem("13")!.SupportEnds, baseline.FindSystem("13")!.SupportEnds);
        Assert.Null(PlatformBaseline.Shipped.FindModel("Shop Phone"));
    }

    [Theory]
    [Requirement("ATT-19", Partly = true)]
    [InlineData("supportEnds: 2026-12-31", "supportEnds: soon", "baseline.systems[0].supportEnds")]
    [InlineData("names: [\"16\"]", "names: []", "baseline.systems[0].names")]
    [InlineData("source: a test }]\n  models", "source: a test }, { names: [\"16\"] }]\n  models", "baseline.systems[1].names")]
    [InlineData("deniedFrom: 2027-02-01", "released: 2027-02-01", "baseline.systems[0]")]
    [InlineData("deniedFrom: 2027-02-01", "deniedOn: 2027-02-01", "baseline.systems[0].deniedOn")]
    [InlineData("graceUntil: baseline.systemDenyDays", "graceUntil: baseline.systemKnown", "rules[0].graceUntil")]
    public void A_wrong_list_does_not_compile_and_the_place_is_named(string right, string wrong, string path)
    {
        Assert.Contains(right, Ending, StringComparison.Ordinal);
        byte[] document = Encoding.UTF8.GetBytes(Ending.Replace(right, wrong, StringComparison.Ordinal));
        Assert.False(CompiledPolicy.TryCompile(document, null, out _, out IReadOnlyList<PolicyFault> faults));
        Assert.Contains(faults, fault => fault.Path == path);
    }

    [Fact]
    public void Lint_asks_for_sources_and_notes_a_denial_before_the_end()
    {
        string odd = Ending.Replace("deniedFrom: 2027-02-01, source: a test", "deniedFrom: 2026-01-01", StringComparison.Ordinal);
        IReadOnlyList<PolicyFault> notes = PolicyLint.Of(Encoding.UTF8.GetBytes(odd), At(2026, 11, 24));
        Assert.Contains(notes, static note => note is { Path: "baseline.systems[0]" });
        Assert.Contains(notes, static note => note is { Path: "baseline.systems[0].deniedFrom" });
    }

    [Fact]
    public void The_schema_takes_a_document_with_a_list_and_refuses_an_unknown_key_in_it()
    {
        JsonObject schema = PolicySchema.Create();
        Assert.True(PolicyText.TryRead(Encoding.UTF8.GetBytes(Ending), out JsonObject? document, out _));
        Assert.Empty(SchemaCheck.Faults(schema, document!));
        document!["baseline"]!["systems"]![0]!["mood"] = "good";
        Assert.NotEmpty(SchemaCheck.Faults(schema, document));
    }

    private static BaselineAnswer Ask(CompiledPolicy policy, string system, DateTimeOffset time) =>
        BaselineCheck.Of(policy, string.Empty, system, null, time);

    private static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    private static CompiledPolicy Compile(string text) =>
        CompiledPolicy.TryCompile(Encoding.UTF8.GetBytes(text), null, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults)
            ? policy!
            : throw new ArgumentException(string.Join("; ", faults));
}
