using System.Globalization;
using System.Net.Sockets;
using System.Text;
using SoftPos.Monitoring;

namespace SoftPos.Backend.Alarms;

/// <summary>
/// A syslog receiver over TCP (octet counting, RFC 6587) or UDP (RFC 5426). Syslog acknowledges nothing: over TCP an event counts as taken
/// when the system took its bytes on a connection that the receiver had not closed; over UDP as soon as it was sent.
/// </summary>
internal sealed class SyslogSink(Uri address, string version) : IAlarmSink, IDisposable
{
    private const int DefaultPort = 514;

    /// <summary>What every receiver takes in one datagram (RFC 5424, 6.1).</summary>
    private const int MaxDatagram = 2048;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private Socket? _socket;

    public string Name { get; } = $"syslog:{address.GetLeftPart(UriPartial.Authority)}";

    private bool IsStream => address.Scheme == "tcp";

    /// <summary>What is wrong with an address; null when nothing is.</summary>
    public static string? FaultOf(Uri address) =>
        address.Scheme is not ("tcp" or "udp") || address.Host.Length == 0 ? "expected tcp://host:port or udp://host:port" : null;

    public async Task<string?> SendAsync(AlarmEvent happened, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        byte[] line = Encoding.UTF8.GetBytes(CefText.Line(happened, Environment.MachineName, Environment.ProcessId, version));
        await _gate.WaitAsync(cancellation);
        try
        {
            Socket socket = await ConnectAsync(cancellation);
            ReadOnlyMemory<byte> message = IsStream
                ? (byte[])[.. Encoding.ASCII.GetBytes(line.Length.ToString(CultureInfo.InvariantCulture)), (byte)' ', .. line]
                : line.AsMemory(0, Math.Min(line.Length, MaxDatagram));
            while (message.Length > 0)
            {
                message = message[await socket.SendAsync(message, SocketFlags.None, cancellation)..];
            }

            return null;
        }
        catch (SocketException fault)
        {
            Close();
            return fault.SocketErrorCode.ToString();
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        Close();
        _gate.Dispose();
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        // A receiver that closed its end shows as readable with nothing to read; what is written then would be lost.
        if (_socket is { } open && IsStream && open.Poll(0, SelectMode.SelectRead) && open.Available == 0)
        {
            Close();
        }

        if (_socket is null)
        {
            Socket socket = new(IsStream ? SocketType.Stream : SocketType.Dgram, IsStream ? ProtocolType.Tcp : ProtocolType.Udp);
            try
            {
                await socket.ConnectAsync(address.DnsSafeHost, address.Port > 0 ? address.Port : DefaultPort, cancellation);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            _socket = socket;
        }

        return _socket;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
