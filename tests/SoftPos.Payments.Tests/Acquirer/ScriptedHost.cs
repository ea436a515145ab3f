using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>A listener on loopback whose every move a test makes itself.</summary>
internal sealed class ScriptedHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedHost() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task<HostConnection> AcceptAsync() => new(await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken));

    /// <summary>Accepts and answers the sign-on.</summary>
    public async Task<HostConnection> AcceptSignedOnAsync()
    {
        HostConnection connection = await AcceptAsync();
        Iso8583Message signOn = await connection.ReadAsync();
        Assert.Equal("0800", signOn.Type.ToString());
        Assert.Equal("001", signOn[70]);
        await connection.AnswerAsync(signOn);
        return connection;
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}

internal sealed class HostConnection(Socket socket) : IAsyncDisposable
{
    private readonly PipeReader _reader = PipeReader.Create(new NetworkStream(socket));

    public async Task<Iso8583Message> ReadAsync()
    {
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(TestContext.Current.CancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            FrameOutcome outcome = FrameFormat.TwoBytes.Read(ref buffer, out ReadOnlySequence<byte> message);
            if (outcome is FrameOutcome.Message)
            {
                bool whole = Iso8583Message.TryDecode(
                    message.ToArray(), ShippedDialects.Lab, out Iso8583Message? decoded, out Iso8583Fault fault);
                Assert.True(whole, fault.Message);
                _reader.AdvanceTo(buffer.Start);
                return decoded!;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            Assert.False(result.IsCompleted, "the link closed the connection");
        }
    }

    public Task AnswerAsync(Iso8583Message request, string code = "00") => SendAsync(AnswerTo(request, code).Encode());

    public static Iso8583Message AnswerTo(Iso8583Message request, string code)
    {
        Iso8583Message answer = new(request.Dialect, request.Type.Response);
        foreach (int field in new[] { 3, 4, 7, 11, 37, 41, 42, 49, 70 })
        {
            answer[field] = request[field];
        }

        answer[39] = code;
        return answer;
    }

    public async Task SendAsync(byte[] message) => await SendRawAsync(FrameFormat.TwoBytes.Frame(message));

    public async Task SendRawAsync(byte[] bytes) => await socket.SendAsync(bytes);

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
