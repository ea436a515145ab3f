using System.Security.Cryptography;
using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>How a link reaches its acquirer. Times are those of ISO 8583 practice; each acquirer's contract overrules them.</summary>
public sealed record AcquirerLinkOptions
{
    /// <summary>Name in logs, state and console.</summary>
    public string Name { get; init; } = "acquirer";

    /// <summary>Host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Dialect of the messages.</summary>
    public required Iso8583Dialect Dialect { get; init; }

    /// <summary>Framing.</summary>
    public FrameFormat Framing { get; init; } = FrameFormat.TwoBytes;

    /// <summary>Wraps the TCP stream, for TLS with a client certificate; null for plain TCP (loopback and tunnels only).</summary>
    public Func<Stream, CancellationToken, ValueTask<Stream>>? Secure { get; init; }

    /// <summary>Signs on (0800, DE 70 = 001) after connecting, before any traffic.</summary>
    public bool SignOn { get; init; } = true;

    /// <summary>Longest time for connecting, TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence of the host after which an echo (0800, DE 70 = 301) is sent.</summary>
    public TimeSpan EchoAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time for the answer of a network message.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Echoes without answer in a row after which the connection is dropped.</summary>
    public int EchoesMissed { get; init; } = 2;

    /// <summary>Longest time for one write: beyond it the host does not read any more.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause before a new connection; doubled each time.</summary>
    public TimeSpan ReconnectFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause before a new connection.</summary>
    public TimeSpan ReconnectLongest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Messages in flight beyond which sending is refused: what an acquirer's window usually is.</summary>
    public int MaxInFlight { get; init; } = 500;

    /// <summary>A number from 0 to 1 that spreads reconnects of many nodes; handed in so that a run can be replayed.</summary>
    public Func<double> Jitter { get; init; } = static () => RandomNumberGenerator.GetInt32(1_000_000) / 1_000_000d;
}
