using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

public sealed class AcquirerLinkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_in_any_order_find_their_requests()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer>[] sent = [.. Enumerable.Range(1, 200).Select(stan => fixture.SendAsync(LinkFixture.Request(stan)))];
        List<Iso8583Message> requests = [];
        while (requests.Count < sent.Length)
        {
            requests.Add(await host.ReadAsync());
        }

        foreach (Iso8583Message request in requests.AsEnumerable().Reverse())
        {
            await host.AnswerAsync(request);
        }

        for (int i = 0; i < sent.Length; i++)
        {
            AcquirerAnswer answer = await sent[i];
            Assert.Equal(AnswerKind.Answered, answer.Kind);
            Assert.True(Iso8583View.TryRead(answer.Bytes.Span, ShippedDialects.Lab, out Iso8583View view, out _));
            Assert.Equal($"{i + 1:D6}", view.Text(11));
            Assert.Equal("0110", view.Type.ToString());
        }

        Assert.Equal(0, fixture.Link.InFlight);
    }

    [Fact]
    public async Task A_link_that_is_down_sends_nothing()
    {
        await using LinkFixture fixture = new();
        AcquirerAnswer answer = await fixture.SendAsync(LinkFixture.Request(1));
        Assert.Equal((AnswerKind.NotSent, AnswerReason.LinkDown), (answer.Kind, answer.Reason));
    }

    [Fact]
    public async Task Silence_ends_as_unknown_and_the_late_answer_is_surfaced_once_as_late_then_as_duplicate()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer> sent = fixture.SendAsync(LinkFixture.Request(1));
        Iso8583Message request = await host.ReadAsync();
        await fixture.ElapseAsync(25);
        AcquirerAnswer answer = await sent;
        Assert.Equal((AnswerKind.NoAnswer, AnswerReason.Timeout), (answer.Kind, answer.Reason));
        await host.AnswerAsync(request);
        await host.AnswerAsync(request);
        UnmatchedMessage late = await fixture.Link.Unmatched.ReadAsync(Cancellation);
        UnmatchedMessage again = await fixture.Link.Unmatched.ReadAsync(Cancellation);
        Assert.Equal((UnmatchedKind.Late, UnmatchedKind.Duplicate), (late.Kind, again.Kind));
        Assert.Equal(MatchKey.Of(request), late.Key);
        Assert.Equal(1, fixture.Link.Counters.Late);
    }

    [Fact]
    public async Task An_answer_with_another_stan_or_an_echoed_request_answers_nothing()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer> sent = fixture.SendAsync(LinkFixture.Request(1));
        Iso8583Message request = await host.ReadAsync();
        await host.SendAsync(request.Encode());
        Iso8583Message wrong = HostConnection.AnswerTo(request, "00");
        wrong[11] = "000002";
        await host.SendAsync(wrong.Encode());
        Assert.Equal(UnmatchedKind.Unsolicited, (await fixture.Link.Unmatched.ReadAsync(Cancellation)).Kind);
        Assert.Equal(UnmatchedKind.Unsolicited, (await fixture.Link.Unmatched.ReadAsync(Cancellation)).Kind);
        await fixture.ElapseAsync(25);
        AcquirerAnswer answer = await sent;
        Assert.Equal(AnswerKind.NoAnswer, answer.Kind);
    }

    [Fact]
    public async Task A_second_answer_is_surfaced_as_duplicate()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer> sent = fixture.SendAsync(LinkFixture.Request(1));
        Iso8583Message request = await host.ReadAsync();
        await host.AnswerAsync(request);
        await host.AnswerAsync(request, "05");
        Assert.Equal(AnswerKind.Answered, (await sent).Kind);
        Assert.Equal(UnmatchedKind.Duplicate, (await fixture.Link.Unmatched.ReadAsync(Cancellation)).Kind);
    }

    [Fact]
    public async Task A_key_in_flight_is_not_sent_twice()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer> first = fixture.SendAsync(LinkFixture.Request(1));
        AcquirerAnswer second = await fixture.SendAsync(LinkFixture.Request(1));
        Assert.Equal((AnswerKind.NotSent, AnswerReason.DuplicateKey), (second.Kind, second.Reason));
        await host.AnswerAsync(await host.ReadAsync());
        Assert.Equal(AnswerKind.Answered, (await first).Kind);
    }

    [Fact]
    public async Task A_full_window_refuses_before_a_byte_is_written()
    {
        await using LinkFixture fixture = new(options => options with { MaxInFlight = 2 });
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer> first = fixture.SendAsync(LinkFixture.Request(1));
        Task<AcquirerAnswer> second = fixture.SendAsync(LinkFixture.Request(2));
        AcquirerAnswer third = await fixture.SendAsync(LinkFixture.Request(3));
        Assert.Equal((AnswerKind.NotSent, AnswerReason.TooManyInFlight), (third.Kind, third.Reason));
        await host.AnswerAsync(await host.ReadAsync());
        await host.AnswerAsync(await host.ReadAsync());
        await Task.WhenAll(first, second);
        Task<AcquirerAnswer> fourth = fixture.SendAsync(LinkFixture.Request(4));
        Assert.Equal("000004", (await host.ReadAsync())[11]);
        Assert.False(fourth.IsCompleted);
    }

    [Fact]
    public async Task A_lost_connection_leaves_what_was_sent_unknown_and_the_link_comes_back()
    {
        await using LinkFixture fixture = new();
        HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer> sent = fixture.SendAsync(LinkFixture.Request(1));
        Iso8583Message request = await host.ReadAsync();
        await host.DisposeAsync();
        AcquirerAnswer answer = await sent;
        Assert.Equal((AnswerKind.NoAnswer, AnswerReason.ConnectionLost), (answer.Kind, answer.Reason));

        await fixture.ElapseAsync(1);
        await using HostConnection again = await fixture.Host.AcceptSignedOnAsync();
        await fixture.Link.WaitUntilUpAsync(Cancellation);
        await again.AnswerAsync(request);
        Assert.Equal(UnmatchedKind.Late, (await fixture.Link.Unmatched.ReadAsync(Cancellation)).Kind);
        Task<AcquirerAnswer> next = fixture.SendAsync(LinkFixture.Request(2));
        await again.AnswerAsync(await again.ReadAsync());
        Assert.Equal(AnswerKind.Answered, (await next).Kind);
        Assert.Equal(2, fixture.Link.Counters.Connections);
    }

    [Fact]
    public async Task Silence_makes_an_echo_and_unanswered_echoes_a_new_connection()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        await fixture.ElapseAsync(30);
        Iso8583Message echo = await host.ReadAsync();
        Assert.Equal(("0800", "301"), (echo.Type.ToString(), echo[70]));
        await host.AnswerAsync(echo);
        await fixture.ElapseAsync(30);
        Assert.Equal("301", (await host.ReadAsync())[70]);
        await fixture.ElapseAsync(10);
        Assert.Equal("301", (await host.ReadAsync())[70]);
        await fixture.ElapseAsync(10);
        await fixture.ElapseAsync(1);
        await using HostConnection again = await fixture.Host.AcceptSignedOnAsync();
        await fixture.Link.WaitUntilUpAsync(Cancellation);
    }

    [Fact]
    public async Task An_echo_of_the_host_is_answered()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Iso8583Message echo = new(ShippedDialects.Lab, "0800") { [7] = "1124120000", [11] = "77", [70] = "301" };
        await host.SendAsync(echo.Encode());
        Iso8583Message answer = await host.ReadAsync();
        Assert.Equal(("0810", "000077", "00", "301"), (answer.Type.ToString(), answer[11], answer[39], answer[70]));
    }

    [Fact]
    public async Task Unreadable_bytes_are_surfaced_and_the_link_stays_up()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        await host.SendAsync([0x30, 0x31, 0xFF]);
        await host.SendRawAsync([0, 0]);
        UnmatchedMessage malformed = await fixture.Link.Unmatched.ReadAsync(Cancellation);
        Assert.Equal(UnmatchedKind.Malformed, malformed.Kind);
        Assert.Equal("mti", malformed.Fault!.Value.Field);
        Task<AcquirerAnswer> sent = fixture.SendAsync(LinkFixture.Request(1));
        await host.AnswerAsync(await host.ReadAsync());
        Assert.Equal(AnswerKind.Answered, (await sent).Kind);
    }

    [Fact]
    public async Task An_impossible_frame_drops_the_connection()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        await host.SendRawAsync([0xFF, 0xFF]);
        await fixture.ElapseAsync(1);
        await using HostConnection again = await fixture.Host.AcceptSignedOnAsync();
        await fixture.Link.WaitUntilUpAsync(Cancellation);
        Assert.Equal(2, fixture.Link.Counters.Connections);
    }

    [Fact]
    public async Task A_refused_sign_on_keeps_the_link_down_and_says_why()
    {
        await using LinkFixture fixture = new();
        fixture.Link.Start();
        await using HostConnection host = await fixture.Host.AcceptAsync();
        await host.AnswerAsync(await host.ReadAsync(), "58");
        LinkChange state = fixture.Link.State;
        while (state.State is not LinkState.Waiting)
        {
            Assert.NotEqual(LinkState.Up, state.State);
            state = await fixture.Link.NextChangeAsync(state, Cancellation);
        }

        Assert.Equal("the host refused the sign-on", state.Reason);
        Assert.Equal(AnswerReason.LinkDown, (await fixture.SendAsync(LinkFixture.Request(1))).Reason);
    }

    [Fact]
    public async Task Giving_up_after_the_write_is_unknown_and_no_exception()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        using CancellationTokenSource caller = new();
        Task<AcquirerAnswer> sent = fixture.SendCancellableAsync(LinkFixture.Request(1), caller.Token);
        await host.ReadAsync();
        await caller.CancelAsync();
        AcquirerAnswer answer = await sent;
        Assert.Equal((AnswerKind.NoAnswer, AnswerReason.Cancelled), (answer.Kind, answer.Reason));
    }

    [Fact]
    public async Task Ending_the_link_leaves_no_waiter()
    {
        LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer>[] sent = [.. Enumerable.Range(1, 50).Select(stan => fixture.SendAsync(LinkFixture.Request(stan)))];
        await host.ReadAsync();
        await fixture.DisposeAsync();
        Assert.All(await Task.WhenAll(sent), answer => Assert.NotEqual(AnswerKind.Answered, answer.Kind));
        Assert.Equal(LinkState.Stopped, fixture.Link.State.State);
        Assert.Equal(AnswerReason.LinkDown, (await fixture.SendAsync(LinkFixture.Request(99))).Reason);
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_may_follow_an_unanswered_advice_and_takes_its_late_answer()
    {
        await using LinkFixture fixture = new();
        await using HostConnection host = await fixture.ConnectAsync();
        Task<AcquirerAnswer> advice = fixture.SendAsync(LinkFixture.Request(5, "0420"));
        Iso8583Message first = await host.ReadAsync();
        await fixture.ElapseAsync(25);
        Assert.Equal(AnswerKind.NoAnswer, (await advice).Kind);
        Task<AcquirerAnswer> repeat = fixture.SendAsync(LinkFixture.Request(5, "0421"));
        Assert.Equal("0421", (await host.ReadAsync()).Type.ToString());
        await host.AnswerAsync(first);
        AcquirerAnswer answer = await repeat;
        Assert.Equal(AnswerKind.Answered, answer.Kind);
    }

    [Fact]
    public async Task An_abandoned_message_is_not_sent_and_a_begun_one_is_unknown()
    {
        PendingSend abandoned = new(new byte[1], default);
        Assert.True(abandoned.TryGiveUp(AnswerReason.Timeout));
        Assert.False(abandoned.TryBeginWrite());
        Assert.Equal(AnswerKind.NotSent, (await abandoned.Completion).Kind);

        PendingSend begun = new(new byte[1], default);
        Assert.True(begun.TryBeginWrite());
        Assert.True(begun.TryGiveUp(AnswerReason.Timeout));
        Assert.Equal(AnswerKind.NoAnswer, (await begun.Completion).Kind);
        Assert.False(begun.TryAnswer(new byte[1]));
    }

    [Theory]
    [InlineData(1, 0, 500)]
    [InlineData(1, 1, 1000)]
    [InlineData(4, 1, 8000)]
    [InlineData(7, 1, 60000)]
    [InlineData(5000, 0, 30000)]
    public void Pauses_double_up_to_the_longest_and_are_spread(int attempt, double jitter, int expectedMs)
    {
        AcquirerLinkOptions options = new() { Host = "127.0.0.1", Port = 1, Dialect = ShippedDialects.Lab, Jitter = () => jitter };
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), ReconnectPause.Of(attempt, options));
    }
}
