using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>One connection of a link: one reader, one writer. Ends at the first fault of either and says why.</summary>
internal sealed class LinkConnection(Stream stream, AcquirerLinkOptions options, TimeProvider time, Action<ReadOnlyMemory<byte>> received)
    : IAsyncDisposable
{
    /// <summary>Bytes that one write gathers from waiting messages: about a hundred authorisations.</summary>
    private const int GatherBytes = 64 * 1024;

    /// <summary>Room beside the messages in flight: the link's own network messages and answers to those of the host.</summary>
    private const int NetworkRoom = 64;

    private readonly Channel<PendingSend> _outbox =
        Channel.CreateBounded<PendingSend>(new BoundedChannelOptions(options.MaxInFlight + NetworkRoom) { SingleReader = true });

    private long _lastReceived = time.GetTimestamp();

    /// <summary>Time since the last byte of the host.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _lastReceived));

    /// <summary>Queues a message; false when the connection has ended or the queue is full.</summary>
    public bool TryEnqueue(PendingSend pending) => _outbox.Writer.TryWrite(pending);

    /// <summary>Reads and writes until the connection ends; returns the reason in words.</summary>
    public async Task<string> RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<string> reading = ReadAsync(ending.Token);
        Task<string> writing = WriteAsync(ending.Token);
        Task<string> first = await Task.WhenAny(reading, writing);
        _outbox.Writer.TryComplete();
        await ending.CancelAsync();
        await stream.DisposeAsync();
        await Task.WhenAll(reading, writing);
        return await first;
    }

    public ValueTask DisposeAsync()
    {
        _outbox.Writer.TryComplete();
        return stream.DisposeAsync();
    }

    private async Task<string> ReadAsync(CancellationToken stop)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        try
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync(stop);
                Volatile.Write(ref _lastReceived, time.GetTimestamp());
                ReadOnlySequence<byte> buffer = result.Buffer;
                if (!TakeFrames(ref buffer))
                {
                    return "the host sent a frame that cannot be read";
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    return "the host closed the connection";
                }
            }
        }
        catch (OperationCanceledException)
        {
            return "stopped";
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            return $"reading failed: {fault.Message}";
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private bool TakeFrames(ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            switch (options.Framing.Read(ref buffer, out ReadOnlySequence<byte> message))
            {
                case FrameOutcome.Message:
                    received(message.ToArray());
                    break;
                case FrameOutcome.Heartbeat:
                    break;
                case FrameOutcome.Incomplete:
                    return true;
                default:
                    return false;
            }
        }
    }

    private async Task<string> WriteAsync(CancellationToken stop)
    {
        ArrayBufferWriter<byte> gathered = new(GatherBytes);
        try
        {
            while (await _outbox.Reader.WaitToReadAsync(stop))
            {
                while (gathered.WrittenCount < GatherBytes && _outbox.Reader.TryRead(out PendingSend? pending))
                {
                    if (pending.TryBeginWrite())
                    {
                        options.Framing.Write(pending.Message.Span, gathered);
                    }
                }

                if (gathered.WrittenCount > 0)
                {
                    await stream.WriteAsync(gathered.WrittenMemory, stop).AsTask().WaitAsync(options.WriteTimeout, time, stop);
                    gathered.Clear();
                }
            }

            return "stopped";
        }
        catch (OperationCanceledException)
        {
            return "stopped";
        }
        catch (TimeoutException)
        {
            return "the host does not read";
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            return $"writing failed: {fault.Message}";
        }
        finally
        {
            // A write may still be under way: end it before the buffer, which held card data, is zeroed.
            await stream.DisposeAsync();
            gathered.Clear();
        }
    }
}
