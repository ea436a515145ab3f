using SoftPos.Contract;

namespace SoftPos.Monitoring.Tests.Fleet;

public sealed class AppealTests
{
    [Fact]
    public async Task An_appeal_is_held_once_with_what_was_known_and_answered_once()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        AppealDesk desk = new(fleet.Database, fleet.Clock);
        TestPhone phone = await fleet.EnrolAsync();
        AppealRequest request = RequestOf(1, "This phone is new, and Thandi's");
        (AppealAnswer? answer, Refusal? refusal) = await desk.TakeAsync(Signed(phone, request), default);
        Assert.Null(refusal);
        (AppealAnswer? again, _) = await desk.TakeAsync(Signed(phone, request), default);
        Assert.Equal(answer!.Number, again!.Number);
        AppealRecord record = Assert.Single(await fleet.Database.Appeals.PageAsync(AppealState.Open, long.MaxValue, 10));
        Assert.Equal((phone.TerminalId, request.Text, Verdict.Trusted), (record.TerminalId, record.Text, record.Verdict));
        Assert.DoesNotContain(await fleet.JournalAsync(phone), entry => entry.Content.ToJsonString().Contains("Thandi", StringComparison.Ordinal));

        (AppealRecord? closed, _) = await desk.CloseAsync(answer.Number, "anna", "looked at it with the merchant", default);
        Assert.Equal((AppealState.Closed, "anna"), (closed!.State, closed.By));
        Assert.Equal("number", (await desk.CloseAsync(answer.Number, "anna", "again", default)).Refusal!.Field);
        Assert.Empty(await fleet.Database.Appeals.PageAsync(AppealState.Open, long.MaxValue, 10));
        Assert.Equal(
            ["appeal.received", "appeal.closed"],
            (await fleet.JournalAsync(phone)).Where(entry => entry.Kind.StartsWith("appeal.", StringComparison.Ordinal)).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task Open_appeals_of_one_terminal_are_bounded_and_an_answer_makes_room()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        AppealDesk desk = new(fleet.Database, fleet.Clock);
        TestPhone phone = await fleet.EnrolAsync();
        for (int number = 1; number <= Storage.AppealStore.MaxOpen; number++)
        {
            Assert.Null((await desk.TakeAsync(Signed(phone, RequestOf(number, "please")), default)).Refusal);
        }

        byte[] more = Signed(phone, RequestOf(9, "please"));
        Assert.Equal(ReasonCodes.RateLimited, (await desk.TakeAsync(more, default)).Refusal!.Reason);
        TestPhone other = await fleet.EnrolAsync();
        Assert.Null((await desk.TakeAsync(Signed(other, RequestOf(8, "please")), default)).Refusal);
        Assert.Equal("appealId", (await desk.TakeAsync(Signed(other, RequestOf(1, "mine now")), default)).Refusal!.Field);
        await desk.CloseAsync(1, "anna", "answered", default);
        Assert.Null((await desk.TakeAsync(more, default)).Refusal);
    }

    [Fact]
    public async Task What_is_no_appeal_of_the_terminal_is_refused()
    {
        await using TestFleet fleet = await TestFleet.OpenAsync();
        AppealDesk desk = new(fleet.Database, fleet.Clock);
        TestPhone phone = await fleet.EnrolAsync(), other = await fleet.EnrolAsync();
        AppealRequest request = RequestOf(1, "please");
        byte[] foreign = SignedMessage.Sign(other, AppealRequest.ContentType, phone.TerminalId.ToByteArray(bigEndian: true), request.Encode());
        Assert.Equal(ReasonCodes.SignatureInvalid, (await desk.TakeAsync(foreign, default)).Refusal!.Reason);
        byte[] poll = SignedMessage.Sign(phone, MessageType.Commands, phone.TerminalId.ToByteArray(bigEndian: true), request.Encode());
        Assert.Equal("message", (await desk.TakeAsync(poll, default)).Refusal!.Field);
        foreach (string text in (string[])["", " \n", "\u001b[2J", new string('x', AppealRequest.MaxText + 1)])
        {
            Assert.Equal("payload", (await desk.TakeAsync(Signed(phone, request with { Text = text }), default)).Refusal!.Field);
        }

        Assert.Empty(await fleet.Database.Appeals.PageAsync(null, long.MaxValue, 10));
    }

    private static AppealRequest RequestOf(int number, string text) =>
        new() { AppealId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1), Text = text };

    private static byte[] Signed(TestPhone phone, AppealRequest request) =>
        SignedMessage.Sign(phone, AppealRequest.ContentType, phone.TerminalId.ToByteArray(bigEndian: true), request.Encode());
}
