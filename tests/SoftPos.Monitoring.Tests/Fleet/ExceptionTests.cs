using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class ExceptionTests
{
    /// <summary>Refuses whoever has no update of this month.</summary>
    private static readonly byte[] Strict = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(DefaultPolicy.Utf8.Span)
        .Replace("patchDenyMonths: 12", "patchDenyMonths: 0", StringComparison.Ordinal).Replace("version: 1", "version: 2", StringComparison.Ordinal));

    [Fact]
    public async Task A_terminal_works_until_the_instant_its_finding_is_recorded_as_excepted_and_its_token_ends_with_it()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync(), other = await fleet.EnrolAsync();
        await ActivateAsync(fleet, Strict);
        DateTimeOffset start = fleet.Clock.GetUtcNow(), until = start.AddMinutes(20);
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        PolicyException exception = await GrantAsync(fleet, "sdk.patch", ResponseScope.Terminal, phone.TerminalId.ToString(), until);

        AttestationAnswer answer = (await fleet.AttestAsync(phone, ChallengePurpose.Tap)).Answer!;
        Assert.Equal(Verdict.Trusted, answer.Verdict);
        Assert.NotNull(answer.ResultToken);
        JsonNode finding = (await fleet.JournalAsync(phone))[^1].Content["findings"]![0]!;
        Assert.Equal(
            ("sdk.patch", "Report", exception.Number),
            ((string)finding["rule"]!, (string)finding["response"]!, (long)finding["exception"]!));
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(other)).Answer?.Verdict);

        // Ten seconds before the end a token lives for ten seconds.
        fleet.Clock.Advance(until.AddSeconds(-10) - fleet.Clock.GetUtcNow());
        Assert.Equal(until, (await fleet.AttestAsync(phone, ChallengePurpose.Tap)).Answer!.ExpiresAt);
        fleet.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        Assert.Equal(1, await fleet.Exceptions.RoundAsync(default));
        Assert.Equal("policy.exception-ended", (await fleet.JournalAsync(phone))[^1].Kind);
        Assert.Equal(PolicyExceptionState.Ended, (await fleet.Database.Exceptions.FindAsync(exception.Number))!.State);

        SimulationReport report = await fleet.Simulation.RunAsync(fleet.Options.Policy.Current, start, default);
        Assert.Empty(report.Changed);
    }

    [Fact]
    public async Task It_needs_two_persons_a_reason_and_an_end_within_thirty_days()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await ActivateAsync(fleet, Strict);
        DateTimeOffset now = fleet.Clock.GetUtcNow();
        ExceptionRequest good = new()
        {
            Rule = "sdk.patch", Scope = ResponseScope.Model, Value = "Lab One", Until = now.AddDays(30), Note = "the maker's update is late", By = "anna",
        };
        Assert.Equal("until", await FaultAsync(good with { Until = now.AddDays(30).AddSeconds(1) }));
        Assert.Equal("until", await FaultAsync(good with { Until = now }));
        Assert.Equal("note", await FaultAsync(good with { Note = "" }));
        Assert.Equal("by", await FaultAsync(good with { By = "" }));
        Assert.Equal("scope", await FaultAsync(good with { Scope = ResponseScope.Installation, Value = "all" }));
        Assert.Equal("value", await FaultAsync(good with { Scope = ResponseScope.Terminal, Value = "the one at the door" }));
        Assert.Equal("rule", await FaultAsync(good with { Rule = "no.such" }));

        PolicyException proposed = (await fleet.Exceptions.ProposeAsync(good, default)).Exception!;
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        Assert.Equal("by", (await fleet.Exceptions.ApproveAsync(proposed.Number, "anna", default)).Refusal?.Field);
        Assert.NotNull((await fleet.Exceptions.ApproveAsync(proposed.Number, "ben", default)).Exception);
        Assert.Equal("number", (await fleet.Exceptions.ApproveAsync(proposed.Number, "carla", default)).Refusal?.Field);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);

        // In the next process too; taken back, it holds for nothing from then on.
        await fleet.ReopenAsync();
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        Assert.NotNull((await fleet.Exceptions.LiftAsync(proposed.Number, "anna", "the update is out", default)).Exception);
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        Assert.Equal("number", (await fleet.Exceptions.LiftAsync(proposed.Number, "anna", "again", default)).Refusal?.Field);
        Assert.Equal(
            ["policy.exception-proposed", "policy.exception-approved", "policy.exception-lifted"],
            (await fleet.JournalAsync("policy")).Select(static one => one.Kind).Skip(3));

        async Task<string?> FaultAsync(ExceptionRequest request) => (await fleet.Exceptions.ProposeAsync(request, default)).Refusal?.Field;
    }

    [Theory]
    [InlineData("probe.root")]
    [InlineData("probe.hook")]
    [InlineData("probe.repack")]
    [InlineData("probe.clone")]
    [InlineData("probe.debugger")]
    [InlineData("boot.locked")]
    [InlineData("level.hardware")]
    [InlineData("key.origin")]
    [InlineData("revocation.suspended")]
    [InlineData("contradiction.root")]
    [InlineData("sdk.nonce")]
    [InlineData("sdk.complete")]
    [InlineData("sdk.signer")]
    public async Task There_is_none_for_what_can_tell_of_a_rooted_or_hooked_phone_or_a_compromised_key(string rule)
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        Refusal refused = (await fleet.Exceptions.ProposeAsync(
            new ExceptionRequest
            {
                Rule = rule, Scope = ResponseScope.Merchant, Value = TestFleet.Merchant, Until = fleet.Clock.GetUtcNow().AddDays(1), Note = "they ask", By = "anna",
            },
            default)).Refusal!;
        Assert.Equal("rule", refused.Field);
        Assert.Contains("no exception is possible", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_asks_about_root_under_a_harmless_reason_is_held_against_the_phone_all_the_same()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await ActivateAsync(fleet, Strict);
        await GrantAsync(fleet, "sdk.patch", ResponseScope.Merchant, TestFleet.Merchant, fleet.Clock.GetUtcNow().AddDays(1));
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);

        // The rule of that name becomes another one: what was granted for the old one is not for it.
        byte[] disguised = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Strict).Replace(
            "require: { claim: sdk.osPatchAgeMonths, atMost: $patchDenyMonths, missing: pass }",
            "require: { claim: sdk.foundGroups, contains: root }", StringComparison.Ordinal));
        await ActivateAsync(fleet, disguised);
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
    }

    [Fact]
    public async Task One_that_was_changed_in_the_store_stops_the_start()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        PolicyException one = await GrantAsync(fleet, "sdk.patch", ResponseScope.Model, "Lab One", fleet.Clock.GetUtcNow().AddDays(1));
        (await fleet.Database.CommitAsync(new Change().Move(one, one with { Value = "Other" }))).Require();
        await Assert.ThrowsAsync<InvalidDataException>(fleet.ReopenAsync);
    }

    private static async Task ActivateAsync(TestFleet fleet, byte[] document)
    {
        PolicyVersionRecord version = (await fleet.Policies.ProposeAsync(document, "anna", default)).Version!;
        await fleet.Policies.ApproveAsync(version.Number, "ben", default);
        Assert.NotNull((await fleet.Policies.ActivateAsync(version.Number, "anna", default)).Version);
    }

    private static async Task<PolicyException> GrantAsync(TestFleet fleet, string rule, ResponseScope scope, string value, DateTimeOffset until)
    {
        ExceptionOutcome proposed = await fleet.Exceptions.ProposeAsync(
            new ExceptionRequest { Rule = rule, Scope = scope, Value = value, Until = until, Note = "the maker's update is late", By = "anna" }, default);
        Assert.Null(proposed.Refusal);
        return (await fleet.Exceptions.ApproveAsync(proposed.Exception!.Number, "ben", default)).Exception!;
    }
}
