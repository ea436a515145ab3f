using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>A link to a scripted host, on a clock that only the test moves.</summary>
internal sealed class LinkFixture : IAsyncDisposable
{
    public LinkFixture(Func<AcquirerLinkOptions, AcquirerLinkOptions>? change = null)
    {
        AcquirerLinkOptions options = new() 
        {
            Host = "127.0.0.1",
            Port = Host.Port,
            Dialect = ShippedDialects.Lab,
            Jitter = () => 1,
            WriteTimeout = TimeSpan.FromSeconds(77),
        };
        Link = new AcquirerLink(change?.Invoke(options) ?? options, Time);
    }

    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(25);

    public WatchedTime Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public ScriptedHost Host { get; } = new();

    public AcquirerLink Link { get; }

    /// <summary>Starts the link and signs it on.</summary>
    public async Task<HostConnection> ConnectAsync()
    {
        Link.Start();
        HostConnection connection = await Host.AcceptSignedOnAsync();
        await Link.WaitUntilUpAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public static Iso8583Message Request(int stan, string type = "0100") => new(ShippedDialects.Lab, type)
    {
        [3] = "000000",
        [4] = "1250",
        [7] = "1124120000",
        [11] = stan.ToString(System.Globalization.CultureInfo.InvariantCulture),
        [41] = "TERM0001",
    };

    public Task<AcquirerAnswer> SendAsync(Iso8583Message message) => SendCancellableAsync(message, TestContext.Current.CancellationToken);

    public Task<AcquirerAnswer> SendCancellableAsync(Iso8583Message message, CancellationToken cancellation) =>
        Link.SendAsync(message.Encode(), MatchKey.Of(message), Timeout, cancellation);

    /// <summary>Waits until something waits for that long, then moves the clock by it.</summary>
    public async Task ElapseAsync(double seconds)
    {
        TimeSpan due = TimeSpan.FromSeconds(seconds);
        await Time.WaitForTimerAsync(due);
        Time.Advance(due);
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await Host.DisposeAsync();
    }
}

/// <summary>A clock that only the test moves, and that tells which timers were made: so a test never moves it too early.</summary>
internal sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits for the next timer of that length, passing over others.</summary>
    public async Task WaitForTimerAsync(TimeSpan due)
    {
        while (await _timers.Reader.ReadAsync(TestContext.Current.CancellationToken) != due)
        {
        }
    }
}
