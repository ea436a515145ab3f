using SoftPos.Contract;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class ResponseTests
{
    [Theory]
    [InlineData(ResponseAction.Notice, TerminalState.Active, Verdict.Trusted)]
    [InlineData(ResponseAction.Limit, TerminalState.Active, Verdict.Limited)]
    [InlineData(ResponseAction.Reattest, TerminalState.Active, Verdict.Unknown)]
    [InlineData(ResponseAction.Deny, TerminalState.Active, Verdict.Denied)]
    [InlineData(ResponseAction.Suspend, TerminalState.Suspended, Verdict.Denied)]
    [InlineData(ResponseAction.Wipe, TerminalState.Suspended, Verdict.Denied)]
    [Requirement("ATT-14")]
    [Requirement("ATT-15", Partly = true)]
    public async Task Each_grade_shows_in_the_trust_status_at_once_under_an_unexpired_token_and_in_the_journal(
        ResponseAction action, TerminalState state, Verdict verdict)
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        TestPhone other = await fleet.EnrolAsync();
        Assert.NotNull((await fleet.AttestAsync(phone, ChallengePurpose.Tap)).Answer!.ResultToken);

        ResponseOrder order = await OrderAsync(fleet, action, ResponseScope.Terminal, phone.TerminalId.ToString());
        TerminalRecord standing = (await fleet.Database.TrustStatus.ReadAsync(phone.TerminalId, default))!;
        Assert.Equal((state, verdict), (standing.State, standing.Verdict));
        Assert.Equal("order." + order.Number, standing.Findings[0].Rule);
        Assert.Equal(Verdict.Trusted, (await fleet.Database.TrustStatus.ReadAsync(other.TerminalId, default))!.Verdict);
        (string kind, System.Text.Json.Nodes.JsonNode content) = (await fleet.JournalAsync(phone))[^1];
        Assert.Equal(("response.ordered", "CLONED", "seen twice"), (kind, content["reason"]!.GetValue<string>(), content["note"]!.GetValue<string>()));

        // What the next evidence earns is bounded by the order too.
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        AttestationOutcome next = await fleet.AttestAsync(phone);
        if (state is TerminalState.Suspended)
        {
            Assert.Equal(ReasonCodes.TerminalSuspended, next.Refusal?.Reason);
        }
        else
        {
            Assert.Equal(action is ResponseAction.Reattest ? Verdict.Trusted : verdict, next.Answer!.Verdict);
            Assert.Equal(action is not ResponseAction.Deny, next.Answer.ResultToken is not null);
        }
    }

    [Theory]
    [InlineData(ResponseScope.SdkVersion, "2.0.0")]
    [InlineData(ResponseScope.Model, "Bad Phone")]
    [InlineData(ResponseScope.Merchant, "m2")]
    [InlineData(ResponseScope.OsVersion, "16")]
    [InlineData(ResponseScope.OsBuild, "16/202610")]
    [InlineData(ResponseScope.Signer, null)]
    [InlineData(ResponseScope.Installation, "all")]
    [Requirement("ATT-15", Partly = true)]
    public async Task A_scope_covers_whom_it_names_and_lifting_it_ends_it(ResponseScope scope, string? value)
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        await fleet.AddMerchantAsync("m2");
        TestPhone met = await fleet.EnrolAsync(merchant: "m2", set: phone => (phone.Model, phone.SdkVersion) = ("Bad Phone", "2.0.0"));
        TestPhone spared = await fleet.EnrolAsync();
        await fleet.AttestAsync(met);
        bool isNarrow = scope is ResponseScope.SdkVersion or ResponseScope.Model or ResponseScope.Merchant;

        ResponseOutcome outcome = await fleet.Responses.OrderAsync(
            Request(ResponseAction.Suspend, scope, value ?? Lab.Phones.LabApp.SignerHex), default);
        Assert.Equal(isNarrow ? 1 : 2, outcome.Reach!.Terminals);
        Assert.Equal(TerminalState.Suspended, (await fleet.Database.TrustStatus.ReadAsync(met.TerminalId, default))!.State);
        Assert.Equal(
            isNarrow ? TerminalState.Active : TerminalState.Suspended, (await fleet.Database.TrustStatus.ReadAsync(spared.TerminalId, default))!.State);
        Assert.Equal(ReasonCodes.TerminalSuspended, (await fleet.AttestAsync(met)).Refusal?.Reason);

        Assert.Null((await fleet.Responses.LiftAsync(outcome.Order!.Number, "anna", "false alarm", default)).Refusal);
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(met)).Answer?.Verdict);
        Assert.NotNull((await fleet.Responses.LiftAsync(outcome.Order.Number, "anna", "again", default)).Refusal);
    }

    [Fact]
    [Requirement("ATT-14")]
    public async Task A_rehearsal_changes_nothing_and_says_whom_it_would_meet()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        ResponseOutcome outcome = await fleet.Responses.OrderAsync(
            Request(ResponseAction.Wipe, ResponseScope.Model, "Lab One") with { IsRehearsal = true }, default);
        Assert.Equal((1, 1), (outcome.Reach!.Terminals, outcome.Reach.Merchants[TestFleet.Merchant]));
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        System.Text.Json.Nodes.JsonNode appraised = (await fleet.JournalAsync(phone))[^1].Content;
        Assert.True(appraised["orders"]![0]!["rehearsal"]!.GetValue<bool>());
        Assert.Empty((await fleet.PollAsync(phone)).Answer!.Commands);
        Assert.Null((await fleet.Responses.LiftAsync(outcome.Order!.Number, "anna", "done", default)).Refusal);
    }

    [Fact]
    public async Task An_order_ends_at_its_time_and_survives_a_restart_until_then()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        DateTimeOffset end = fleet.Clock.GetUtcNow().AddHours(1);
        await fleet.Responses.OrderAsync(Request(ResponseAction.Deny, ResponseScope.Model, "Lab One") with { ExpiresAt = end }, default);
        await fleet.ReopenAsync();
        Assert.Equal(Verdict.Denied, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        fleet.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
    }

    [Fact]
    [Requirement("ATT-15", Partly = true)]
    public async Task A_restored_terminal_pays_only_after_new_evidence_and_a_wipe_is_not_taken_back()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await OrderAsync(fleet, ResponseAction.Suspend, ResponseScope.Terminal, phone.TerminalId.ToString());
        Assert.Null(await fleet.Responses.RestoreAsync(phone.TerminalId, "anna", "checked by phone", default));
        Assert.Equal(Verdict.Trusted, (await fleet.AttestAsync(phone)).Answer?.Verdict);
        Assert.NotNull(await fleet.Responses.RestoreAsync(phone.TerminalId, "anna", "again", default));

        // A suspension by policy is lifted by the same word, and leaves no verdict behind.
        TestPhone clone = phone.Clone();
        await fleet.AttestAsync(phone);
        await fleet.AttestAsync(clone);
        Assert.Null(await fleet.Responses.RestoreAsync(phone.TerminalId, "anna", "clone is gone", default));
        Assert.Equal(Verdict.Unknown, (await fleet.Database.TrustStatus.ReadAsync(phone.TerminalId, default))!.Verdict);

        ResponseOrder wipe = await OrderAsync(fleet, ResponseAction.Wipe, ResponseScope.Terminal, phone.TerminalId.ToString());
        Assert.NotNull(await fleet.Responses.RestoreAsync(phone.TerminalId, "anna", "sorry", default));
        Assert.Contains("cannot be taken back", (await fleet.Responses.LiftAsync(wipe.Number, "anna", "sorry", default)).Refusal!.Detail, StringComparison.Ordinal);

        RemoteCommand command = Assert.Single((await fleet.PollAsync(phone)).Answer!.Commands);
        Assert.Equal(RemoteCommandKind.Wipe, command.Kind);
        await fleet.PollAsync(phone, new CommandAcknowledgement(command.CommandId, true, "destroyed"));
        Assert.Equal(TerminalState.Retired, (await fleet.RecordAsync(phone)).State);
        Assert.Equal(ReasonCodes.TerminalUnknown, (await fleet.PollAsync(phone)).Refusal?.Reason);
    }

    [Theory]
    [InlineData(ResponseScope.Terminal, "not an identity", "CLONED", "why", "value")]
    [InlineData(ResponseScope.Signer, "ABC", "CLONED", "why", "value")]
    [InlineData(ResponseScope.OsBuild, "16", "CLONED", "why", "value")]
    [InlineData(ResponseScope.Installation, "some", "CLONED", "why", "value")]
    [InlineData(ResponseScope.Model, "Lab One", "BECAUSE", "why", "reason")]
    [InlineData(ResponseScope.Model, "Lab One", "CLONED", "", "note")]
    public async Task A_bad_order_is_told_which_field_is_wrong(ResponseScope scope, string value, string reason, string note, string field)
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        ResponseRequest request = Request(ResponseAction.Suspend, scope, value) with { Reason = reason, Note = note };
        Assert.Equal(field, (await fleet.Responses.OrderAsync(request, default)).Refusal?.Field);
        Assert.Empty(fleet.Database.Responses.Standing);
    }

    [Fact]
    public async Task A_terminal_is_transferred_told_of_its_merchant_and_retired()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        await fleet.AddMerchantAsync("m2");
        TestPhone phone = await fleet.EnrolAsync();
        Assert.Equal("merchantId", (await fleet.Responses.TransferAsync(phone.TerminalId, "nobody", "anna", "sold", default))?.Field);
        Assert.Null(await fleet.Responses.TransferAsync(phone.TerminalId, "m2", "anna", "sold", default));
        Assert.Equal("m2", (await fleet.RecordAsync(phone)).MerchantId);
        Assert.True((await fleet.AttestAsync(phone)).Answer!.HasCommands);
        RemoteCommand command = Assert.Single((await fleet.PollAsync(phone)).Answer!.Commands);
        Assert.Equal(RemoteCommandKind.Configuration, command.Kind);
        Assert.Contains("Stall m2", command.Content, StringComparison.Ordinal);
        Assert.Null(await fleet.Responses.RetireAsync(phone.TerminalId, "anna", "phone lost", default));
        Assert.Equal(ReasonCodes.TerminalUnknown, (await fleet.AttestAsync(phone)).Refusal?.Reason);
    }

    private static ResponseRequest Request(ResponseAction action, ResponseScope scope, string value) => new()
    {
        Action = action, Scope = scope, Value = value, Reason = "CLONED", Note = "seen twice", By = "anna",
    };

    private static async Task<ResponseOrder> OrderAsync(TestFleet fleet, ResponseAction action, ResponseScope scope, string value) =>
        (await fleet.Responses.OrderAsync(Request(action, scope, value), default)).Order!;
}
