using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>
/// A persistent connection to one acquirer, shared by many requests at once. It connects, signs on, echoes in silence and reconnects with
/// growing, jittered pauses. It sends the bytes that it is given and never makes a payment message itself, because those bytes are in the
/// journal before they come here. Every call ends: answered, not sent, or no answer.
/// </summary>
public sealed class AcquirerLink : IAsyncDisposable
{
    /// <summary>Exchanges remembered for telling late and duplicate answers: ten times the usual window in flight.</summary>
    private const int RecentCapacity = 5_000;

    /// <summary>Unmatched messages kept for a reader that is behind; the oldest are dropped and counted beyond it.</summary>
    private const int UnmatchedCapacity = 1_000;

    private readonly AcquirerLinkOptions _options;
    private readonly TimeProvider _time;
    private readonly NetworkMessages _network;
    private readonly ConcurrentDictionary<MatchKey, PendingSend> _inFlight = new();
    private readonly RecentKeys _recent = new(RecentCapacity);
    private readonly Channel<UnmatchedMessage> _unmatched;
    private readonly LinkTally _tally = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _stateLock = new();
    private TaskCompletionSource _stateChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinkChange _state;
    private volatile LinkConnection? _connection;
    private Task _running = Task.CompletedTask;
    private int _count;

    /// <summary>Makes a link; <see cref="Start"/> connects it.</summary>
    public AcquirerLink(AcquirerLinkOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        NetworkMessages.CheckDialect(options.Dialect);
        _options = options;
        _time = time;
        _network = new NetworkMessages(options.Dialect, time);
        _state = new LinkChange(LinkState.Stopped, time.GetUtcNow(), string.Empty);
        _unmatched = Channel.CreateBounded<UnmatchedMessage>(
            new BoundedChannelOptions(UnmatchedCapacity) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => LinkTally.Count(ref _tally.UnmatchedLost));
    }

    /// <summary>Name of the link.</summary>
    public string Name => _options.Name;

    /// <summary>State with its time and reason.</summary>
    public LinkChange State => Volatile.Read(ref _state);

    /// <summary>Whether it takes messages.</summary>
    public bool IsUp => State.State is LinkState.Up;

    /// <summary>Messages in flight.</summary>
    public int InFlight => Volatile.Read(ref _count);

    /// <summary>Counters since the link was made.</summary>
    public LinkCounters Counters => _tally.Read();

    /// <summary>Late, duplicate, unsolicited and malformed messages; to be read by one task that journals them.</summary>
    public ChannelReader<UnmatchedMessage> Unmatched => _unmatched.Reader;

    /// <summary>Begins to connect. Once.</summary>
    public void Start()
    {
        if (_running != Task.CompletedTask)
        {
            throw new InvalidOperationException("the link was started before");
        }

        _running = Task.Run(RunAsync);
    }

    /// <summary>Waits until the state is another one than <paramref name="known"/>; changes in quick succession may be seen as one.</summary>
    public async Task<LinkChange> NextChangeAsync(LinkChange known, CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_stateLock)
            {
                if (!ReferenceEquals(_state, known))
                {
                    return _state;
                }

                changed = _stateChanged.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Waits until the link takes messages.</summary>
    public async Task WaitUntilUpAsync(CancellationToken cancellation = default)
    {
        for (LinkChange state = State; state.State is not LinkState.Up;)
        {
            state = await NextChangeAsync(state, cancellation);
        }
    }

    /// <summary>
    /// Sends a message, already encoded and journaled, and waits for the answer with the same key. Cancelling after the write gives
    /// <see cref="AnswerKind.NoAnswer"/>, not an exception: the outcome is then unknown and must be reversed.
    /// </summary>
    public async Task<AcquirerAnswer> SendAsync(
        ReadOnlyMemory<byte> message, MatchKey key, TimeSpan timeout, CancellationToken cancellation = default)
    {
        LinkConnection? connection = _connection;
        if (message.Length is 0 or > FrameFormat.MaxMessageLength)
        {
            return NotSent(AnswerReason.MessageTooLong);
        }

        if (connection is null || !IsUp)
        {
            return NotSent(AnswerReason.LinkDown);
        }

        try
        {
            return Interlocked.Increment(ref _count) > _options.MaxInFlight
                ? NotSent(AnswerReason.TooManyInFlight)
                : await ExchangeAsync(connection, message, key, timeout, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Ends the link: what is in flight gets no answer, what is queued is not sent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _unmatched.Writer.TryComplete();
    }

    private AcquirerAnswer NotSent(AnswerReason reason)
    {
        LinkTally.Count(ref _tally.NotSent);
        return AcquirerAnswer.NotSent(reason);
    }

    private async Task<AcquirerAnswer> ExchangeAsync(
        LinkConnection connection, ReadOnlyMemory<byte> message, MatchKey key, TimeSpan timeout, CancellationToken cancellation)
    {
        PendingSend pending = new(message, key);
        if (!_inFlight.TryAdd(key, pending))
        {
            return NotSent(AnswerReason.DuplicateKey);
        }

        try
        {
            if (!connection.TryEnqueue(pending))
            {
                pending.TryGiveUp(AnswerReason.ConnectionLost);
            }

            await pending.Completion.WaitAsync(timeout, _time, cancellation);
        }
        catch (TimeoutException)
        {
            GiveUp(pending, AnswerReason.Timeout);
        }
        catch (OperationCanceledException)
        {
            GiveUp(pending, AnswerReason.Cancelled);
        }
        finally
        {
            _inFlight.TryRemove(KeyValuePair.Create(key, pending));
        }

        AcquirerAnswer answer = await pending.Completion;
        _tally.Count(answer);
        return answer;
    }

    /// <summary>Remembered before it is given up, so that an answer that comes in that moment is late and not unsolicited.</summary>
    private void GiveUp(PendingSend pending, AnswerReason reason)
    {
        _recent.Add(pending.Key, answered: false);
        pending.TryGiveUp(reason);
    }

    private async Task RunAsync()
    {
        CancellationToken stop = _stopping.Token;
        int attempt = 0;
        while (!stop.IsCancellationRequested)
        {
            long began = _time.GetTimestamp();
            string reason = await ConnectOnceAsync(stop);
            _connection = null;
            if (stop.IsCancellationRequested)
            {
                break;
            }

            // A link that held for a while starts its pauses anew; one that falls at once does not hammer the host.
            attempt = _time.GetElapsedTime(began) >= _options.ReconnectLongest ? 0 : attempt + 1;
            SetState(LinkState.Waiting, reason);
            await Task.Delay(ReconnectPause.Of(attempt, _options), _time, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        SetState(LinkState.Stopped, string.Empty);
    }

    /// <summary>Connects, signs on and serves until the connection ends; returns why it did.</summary>
    private async Task<string> ConnectOnceAsync(CancellationToken stop)
    {
        SetState(LinkState.Connecting, string.Empty);
        LinkConnection connection;
        try
        {
            connection = new LinkConnection(await OpenAsync(stop), _options, _time, Receive);
        }
        catch (Exception fault)
        {
            // Whatever keeps the stream from opening, TLS and its certificates included, is a dead dependency: wait and try again.
            return $"no connection: {fault.Message}";
        }

        LinkTally.Count(ref _tally.Connections);
        _connection = connection;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<string> serving = connection.RunAsync(ending.Token);
        Task<string> keeping = KeepAsync(connection, ending.Token);
        Task<string> first = await Task.WhenAny(serving, keeping);
        SetState(LinkState.Connecting, await first);
        await ending.CancelAsync();
        await Task.WhenAll(serving, keeping);
        foreach (PendingSend pending in _inFlight.Values)
        {
            GiveUp(pending, AnswerReason.ConnectionLost);
        }

        return await first;
    }

    private async Task<Stream> OpenAsync(CancellationToken stop)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using CancellationTokenSource connecting = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using ITimer timer = _time.CreateTimer(_ => connecting.Cancel(), null, _options.ConnectTimeout, Timeout.InfiniteTimeSpan);
            await socket.ConnectAsync(_options.Host, _options.Port, connecting.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            return _options.Secure is { } secure ? await secure(stream, connecting.Token) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Signs on, then echoes whenever the host is silent; returns only when the connection is to be dropped.</summary>
    private async Task<string> KeepAsync(LinkConnection connection, CancellationToken stop)
    {
        if (_options.SignOn)
        {
            SetState(LinkState.SigningOn, string.Empty);
            AcquirerAnswer answer = await NetworkAsync(connection, _network.SignOn(), stop);
            if (answer.Kind is not AnswerKind.Answered || !_network.IsAccepted(answer.Bytes.Span))
            {
                return answer.Kind is AnswerKind.Answered ? "the host refused the sign-on" : "no answer to the sign-on";
            }
        }

        if (!stop.IsCancellationRequested)
        {
            SetState(LinkState.Up, string.Empty);
        }

        int missed = 0;
        while (!stop.IsCancellationRequested)
        {
            TimeSpan left = _options.EchoAfter - connection.Silence;
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, _time, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
                continue;
            }

            AcquirerAnswer answer = await NetworkAsync(connection, _network.Echo(), stop);
            missed = answer.Kind is AnswerKind.Answered ? 0 : missed + 1;
            if (missed >= _options.EchoesMissed)
            {
                return "no answer to echoes";
            }
        }

        return "stopped";
    }

    private async Task<AcquirerAnswer> NetworkAsync(LinkConnection connection, Iso8583Message message, CancellationToken stop) =>
        await ExchangeAsync(connection, message.Encode(), MatchKey.Of(message), _options.NetworkTimeout, stop);

    private void Receive(ReadOnlyMemory<byte> bytes)
    {
        if (!Iso8583View.TryRead(bytes.Span, _options.Dialect, out Iso8583View view, out Iso8583Fault fault))
        {
            LinkTally.Count(ref _tally.Malformed);
            _unmatched.Writer.TryWrite(new UnmatchedMessage(UnmatchedKind.Malformed, default, bytes, _time.GetUtcNow(), fault));
            return;
        }

        MatchKey key = MatchKey.Of(view);
        if (view.Type is { Class: 8, IsResponse: false })
        {
            _connection?.TryEnqueue(new PendingSend(_network.Accept(view).Encode(), key));
            return;
        }

        if (view.Type.IsResponse && _inFlight.TryGetValue(key, out PendingSend? pending) && pending.TryAnswer(bytes))
        {
            _recent.Add(key, answered: true);
            return;
        }

        UnmatchedKind kind = view.Type.IsResponse ? _recent.Sort(key) : UnmatchedKind.Unsolicited;
        _tally.Count(kind);
        _unmatched.Writer.TryWrite(new UnmatchedMessage(kind, key, bytes, _time.GetUtcNow(), null));
    }

    private void SetState(LinkState state, string reason)
    {
        LinkChange change = new(state, _time.GetUtcNow(), reason);
        TaskCompletionSource changed;
        lock (_stateLock)
        {
            _state = change;
            changed = _stateChanged;
            _stateChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }
}
