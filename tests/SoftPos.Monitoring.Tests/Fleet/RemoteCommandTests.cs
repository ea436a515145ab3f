using SoftPos.Contract;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class RemoteCommandTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_command_is_given_until_it_is_acknowledged_and_every_step_is_in_the_journal()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        Assert.False((await fleet.AttestAsync(phone)).Answer!.HasCommands);
        (CommandRecord? sent, _) = await fleet.Commands.SendAsync(phone.TerminalId, RemoteCommandKind.Message, "Closed on Monday", Day, "anna", default);
        Assert.True((await fleet.AttestAsync(phone)).Answer!.HasCommands);
        for (int time = 0; time < 2; time++)
        {
            RemoteCommand given = Assert.Single((await fleet.PollAsync(phone)).Answer!.Commands);
            Assert.Equal((sent!.Command.CommandId, "Closed on Monday"), (given.CommandId, given.Content));
        }

        Assert.Empty((await fleet.PollAsync(phone, new CommandAcknowledgement(sent!.Command.CommandId, true, "shown"))).Answer!.Commands);
        Assert.False((await fleet.AttestAsync(phone)).Answer!.HasCommands);
        Assert.Equal(
            ["command.queued", "command.delivered", "command.acknowledged"],
            (await fleet.JournalAsync(phone)).Where(entry => entry.Kind.StartsWith("command.", StringComparison.Ordinal)).Select(entry => entry.Kind));
        Assert.DoesNotContain(await fleet.JournalAsync(phone), entry => entry.Content.ToJsonString().Contains("Closed", StringComparison.Ordinal));
        CommandRecord done = Assert.Single(await fleet.Database.Commands.NewestAsync(phone.TerminalId, 10));
        Assert.Equal((CommandState.Done, "shown"), (done.State, done.Detail));
    }

    [Fact]
    public async Task A_command_expires_and_what_the_terminal_could_not_do_is_known()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        await fleet.Commands.SendAsync(phone.TerminalId, RemoteCommandKind.Restart, null, TimeSpan.FromMinutes(1), "anna", default);
        fleet.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty((await fleet.PollAsync(phone)).Answer!.Commands);
        Assert.Equal("command.expired", (await fleet.JournalAsync(phone))[^1].Kind);
        await fleet.Commands.SendAsync(phone.TerminalId, RemoteCommandKind.Diagnostics, null, Day, "anna", default);
        RemoteCommand given = Assert.Single((await fleet.PollAsync(phone)).Answer!.Commands);
        await fleet.PollAsync(phone, new CommandAcknowledgement(given.CommandId, false, new string('x', 1000)));
        Assert.Equal(CommandState.Failed, (await fleet.Database.Commands.FindAsync(given.CommandId))!.State);
        Assert.Equal(64, (await fleet.JournalAsync(phone))[^1].Content["detailHash"]!.GetValue<string>().Length);
    }

    [Fact]
    public async Task Only_the_terminal_itself_with_a_fresh_nonce_gets_and_acknowledges_its_commands()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        TestPhone other = await fleet.EnrolAsync();
        (CommandRecord? sent, _) = await fleet.Commands.SendAsync(phone.TerminalId, RemoteCommandKind.Reattest, null, Day, "anna", default);
        await fleet.PollAsync(phone);

        Assert.Empty((await fleet.PollAsync(other, new CommandAcknowledgement(sent!.Command.CommandId, true, "mine"))).Answer!.Commands);
        Assert.Equal(CommandState.Delivered, (await fleet.Database.Commands.FindAsync(sent.Command.CommandId))!.State);
        Guid own = other.TerminalId;
        other.TerminalId = phone.TerminalId;
        Assert.Equal(ReasonCodes.SignatureInvalid, (await fleet.PollAsync(other)).Refusal?.Reason);
        other.TerminalId = own;

        Challenge challenge = fleet.Ask(ChallengePurpose.Heartbeat, phone.TerminalId);
        byte[] poll = phone.Poll(challenge);
        Assert.Null((await fleet.Commands.PollAsync(poll, default)).Refusal);
        Assert.Equal("nonce.used", (await fleet.Commands.PollAsync(poll, default)).Refusal?.Cause);
    }

    [Fact]
    public async Task Key_replacement_enrols_anew_in_the_old_place_and_that_is_its_acknowledgement()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        string place = (await fleet.RecordAsync(phone)).AcquirerTerminalId;
        (CommandRecord? sent, _) = await fleet.Commands.SendAsync(phone.TerminalId, RemoteCommandKind.ReplaceKeys, null, Day, "anna", default);
        RemoteCommand given = Assert.Single((await fleet.PollAsync(phone)).Answer!.Commands);
        TestPhone renewed = fleet.NewPhone();
        Assert.Equal(Verdict.Trusted, (await fleet.ActivateAsync(renewed, given.Content!)).Answer?.Verdict);
        Assert.Equal(place, (await fleet.RecordAsync(renewed)).AcquirerTerminalId);
        Assert.Equal(TerminalState.Retired, (await fleet.RecordAsync(phone)).State);
        Assert.Equal(CommandState.Done, (await fleet.Database.Commands.FindAsync(sent!.Command.CommandId))!.State);
    }

    [Fact]
    public async Task Commands_are_bounded_and_a_wipe_is_no_plain_command()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        TestPhone phone = await fleet.EnrolAsync();
        Assert.Equal("kind", (await SendAsync(RemoteCommandKind.Wipe, null, Day)).Refusal?.Field);
        Assert.Equal("content", (await SendAsync(RemoteCommandKind.Message, null, Day)).Refusal?.Field);
        Assert.Equal("content", (await SendAsync(RemoteCommandKind.Message, new string('x', RemoteCommand.MaxContent + 1), Day)).Refusal?.Field);
        Assert.Equal("life", (await SendAsync(RemoteCommandKind.Restart, null, TimeSpan.FromDays(91))).Refusal?.Field);
        for (int i = 0; i < Storage.RemoteCommandStore.MaxOpen; i++)
        {
            Assert.Null((await SendAsync(RemoteCommandKind.Restart, null, Day)).Refusal);
        }

        Assert.NotNull((await SendAsync(RemoteCommandKind.Restart, null, Day)).Refusal);

        Task<(CommandRecord? Command, Refusal? Refusal)> SendAsync(RemoteCommandKind kind, string? content, TimeSpan life) =>
            fleet.Commands.SendAsync(phone.TerminalId, kind, content, life, "anna", default);
    }
}
