using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using SoftPos.Iso8583;

namespace SoftPos.Lab.Acquirer;

/// <summary>
/// The lab's acquirer and issuer: listens on loopback, takes any number of connections, verifies cryptograms, PINs and MACs with real keys,
/// keeps a ledger, and misbehaves by the table of <see cref="SandboxAmounts"/>.
/// </summary>
public sealed class LabAcquirerHost : IAsyncDisposable
{
    /// <summary>Connections at once: a few nodes with a few links each; beyond it new ones are closed.</summary>
    private const int MaxConnections = 64;

    private readonly LabAcquirerOptions _options;
    private readonly TimeProvider _time;
    private readonly LabAcquirerDesk _desk;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly Task _accepting;

    /// <summary>Opens the ledger and listens at once.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public LabAcquirerHost(LabAcquirerOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _listener = new TcpListener(IPAddress.Loopback, options.Port);
        _listener.Start();
        Ledger = new LabLedger(options.LedgerPath);
        _desk = new LabAcquirerDesk(options, Ledger, time);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What it saw and decided.</summary>
    public LabLedger Ledger { get; }

    /// <summary>Stops listening and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        Ledger.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stopping.Token);
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                continue;
            }

            if (_connections.Count >= MaxConnections)
            {
                socket.Dispose();
                continue;
            }

            Task serving = ServeAsync(socket);
            _connections.TryAdd(serving, 0);
            _ = serving.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using NetworkStream stream = new(socket, ownsSocket: true);
        Channel<LabReply> replies = Channel.CreateBounded<LabReply>(4096);
        using CancellationTokenSource closing = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task writing = WriteAsync(stream, replies.Reader, closing);
        try
        {
            await ReadAsync(stream, replies.Writer, closing.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end went away: nothing to do, what was decided stands in the ledger.
        }

        replies.Writer.TryComplete();
        await closing.CancelAsync();
        await writing;
    }

    private async Task ReadAsync(NetworkStream stream, ChannelWriter<LabReply> replies, CancellationToken stop)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        while (true)
        {
            ReadResult result = await reader.ReadAsync(stop);
            ReadOnlySequence<byte> buffer = result.Buffer;
            FrameOutcome outcome;
            while ((outcome = _options.Framing.Read(ref buffer, out ReadOnlySequence<byte> message)) is FrameOutcome.Message or FrameOutcome.Heartbeat)
            {
                foreach (LabReply reply in outcome is FrameOutcome.Message ? _desk.Take(message.ToArray()) : [])
                {
                    await QueueAsync(replies, reply, stop);
                }
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (outcome is FrameOutcome.Broken || result.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>A delayed reply waits beside the others: a slow answer must not hold up the next one.</summary>
    private async ValueTask QueueAsync(ChannelWriter<LabReply> replies, LabReply reply, CancellationToken stop)
    {
        if (reply.Delay == TimeSpan.Zero)
        {
            await replies.WriteAsync(reply, stop);
            return;
        }

        _ = Task.Delay(reply.Delay, _time, stop).ContinueWith(
            delayed => delayed.IsCompletedSuccessfully && replies.TryWrite(reply), TaskScheduler.Default);
    }

    private async Task WriteAsync(NetworkStream stream, ChannelReader<LabReply> replies, CancellationTokenSource closing)
    {
        ArrayBufferWriter<byte> frames = new();
        try
        {
            while (await replies.WaitToReadAsync(closing.Token))
            {
                bool close = false;
                while (!close && replies.TryRead(out LabReply? reply))
                {
                    close = Append(reply, frames);
                }

                if (frames.WrittenCount > 0)
                {
                    await stream.WriteAsync(frames.WrittenMemory, closing.Token);
                    frames.Clear();
                }

                if (close)
                {
                    await closing.CancelAsync();
                    return;
                }
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await closing.CancelAsync();
        }
    }

    /// <summary>Appends a reply; true when the connection is to be closed after it.</summary>
    private bool Append(LabReply reply, ArrayBufferWriter<byte> frames)
    {
        switch (reply.Manner)
        {
            case ReplyManner.Close:
                return true;
            case ReplyManner.HalfThenClose:
                byte[] frame = _options.Framing.Frame(reply.Bytes.Span);
                frames.Write(frame.AsSpan(0, frame.Length / 2));
                return true;
            default:
                _options.Framing.Write(reply.Bytes.Span, frames);
                return false;
        }
    }
}
