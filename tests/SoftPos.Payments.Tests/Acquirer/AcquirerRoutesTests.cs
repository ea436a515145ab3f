using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

public sealed class AcquirerRoutesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly BreakerOptions Options = new() { Failures = 2, FirstPause = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromSeconds(15) };

    [Fact]
    public void A_breaker_opens_after_so_many_without_answer_and_lets_one_probe_out_after_its_pause()
    {
        CircuitBreaker breaker = CircuitBreaker.Closed.After(AnswerKind.NoAnswer, Now, Options);
        Assert.True(breaker.TrySend(Now, out _));
        breaker = breaker.After(AnswerKind.NoAnswer, Now, Options);
        Assert.Equal((BreakerPosition.Open, Now.AddSeconds(5)), (breaker.Position, breaker.OpenUntil));
        Assert.False(breaker.TrySend(Now.AddSeconds(4), out _));
        Assert.True(breaker.TrySend(Now.AddSeconds(5), out breaker));
        Assert.Equal(BreakerPosition.HalfOpen, breaker.Position);
        Assert.False(breaker.TrySend(Now.AddSeconds(6), out _));
        Assert.Equal(CircuitBreaker.Closed, breaker.After(AnswerKind.Answered, Now, Options));
    }

    [Fact]
    public void The_pause_grows_to_its_bound_and_a_probe_that_never_left_is_tried_again()
    {
        CircuitBreaker breaker = CircuitBreaker.Closed;
        DateTimeOffset now = Now;
        List<double> pauses = [];
        for (int i = 0; i < 5; i++)
        {
            breaker = breaker.After(AnswerKind.NoAnswer, now, Options);
            if (breaker.Position == BreakerPosition.Open)
            {
                pauses.Add((breaker.OpenUntil - now).TotalSeconds);
                now = breaker.OpenUntil;
                Assert.True(breaker.TrySend(now, out breaker));
            }
        }

        Assert.Equal([5, 10, 15, 15], pauses);
        CircuitBreaker unsent = breaker.After(AnswerKind.NotSent, now, Options);
        Assert.True(unsent.TrySend(now, out _));
        Assert.Equal(BreakerPosition.Open, breaker.After(AnswerKind.NoAnswer, now, Options).After(AnswerKind.NoAnswer, now, Options).Position);
    }

    [Fact]
    public async Task While_the_first_link_is_down_the_second_carries_and_the_first_is_taken_again()
    {
        await using LinkFixture first = new(), second = new();
        await using HostConnection spare = await second.ConnectAsync();
        AcquirerRoutes routes = Routes(first, second);
        Task<AcquirerAnswer> sending = SendAsync(routes, 1);
        await spare.AnswerAsync(await spare.ReadAsync());
        Assert.Equal(AnswerKind.Answered, (await sending).Kind);
        await using HostConnection wanted = await first.ConnectAsync();
        sending = SendAsync(routes, 2);
        await wanted.AnswerAsync(await wanted.ReadAsync());
        Assert.Equal(AnswerKind.Answered, (await sending).Kind);

        // Each link has its sign-on besides.
        Assert.Equal([2L, 2L], routes.States.Select(state => state.Counters.Answered));
        Assert.Equal([0, 1], routes.States.Select(state => state.Priority));
    }

    [Fact]
    public async Task What_may_have_left_is_never_sent_over_another_link_and_a_silent_link_is_left_alone()
    {
        await using LinkFixture first = new(), second = new();
        await using HostConnection silent = await first.ConnectAsync();
        await using HostConnection spare = await second.ConnectAsync();
        AcquirerRoutes routes = Routes(first, second);
        for (int i = 1; i <= Options.Failures; i++)
        {
            Task<AcquirerAnswer> unanswered = SendAsync(routes, i);
            await silent.ReadAsync();
            await first.ElapseAsync(LinkFixture.Timeout.TotalSeconds);
            Assert.Equal(AnswerKind.NoAnswer, (await unanswered).Kind);
        }

        Assert.Equal(1, second.Link.Counters.Sent);
        Assert.Equal(BreakerPosition.Open, routes.States[0].Breaker.Position);
        Task<AcquirerAnswer> sending = SendAsync(routes, 9);
        await spare.AnswerAsync(await spare.ReadAsync());
        Assert.Equal(AnswerKind.Answered, (await sending).Kind);
    }

    [Fact]
    public async Task Without_any_link_nothing_is_sent()
    {
        await using LinkFixture first = new(), second = new();
        AcquirerAnswer answer = await SendAsync(Routes(first, second), 1);
        Assert.Equal((AnswerKind.NotSent, AnswerReason.LinkDown), (answer.Kind, answer.Reason));
    }

    // The breaker's clock stands; the links have clocks of their own.
    private static AcquirerRoutes Routes(LinkFixture first, LinkFixture second) => new(
        [first.Link, second.Link],
        ShippedDialects.Lab,
        LinkFixture.Timeout,
        Options,
        new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now));

    private static Task<AcquirerAnswer> SendAsync(AcquirerRoutes routes, int stan) =>
        routes.SendAsync(LinkFixture.Request(stan).Encode(), TestContext.Current.CancellationToken);
}
