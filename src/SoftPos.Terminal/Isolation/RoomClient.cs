using System.Collections.Concurrent;

namespace SoftPos.Terminal;

/// <summary>The host process's end of the way to the SDK's own process.</summary>
internal sealed class RoomClient(Action<byte[]> send)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<RoomAnswer>> _open = new();
    private int _last;

    /// <summary>A state of the payment that runs.</summary>
    public event Action<PaymentScreen>? Showed;

    /// <summary>The operator tells the merchant something.</summary>
    public event Action<MerchantNotice>? Noticed;

    /// <summary>Asks and waits for the answer.</summary>
    /// <exception cref="InvalidOperationException">The room refused the request, or died.</exception>
    public async Task<RoomAnswer> AskAsync(RoomRequest request, CancellationToken cancellation = default)
    {
        int number = Interlocked.Increment(ref _last);
        TaskCompletionSource<RoomAnswer> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[number] = answered;
        try
        {
            send(RoomCodec.Write(request with { Number = number }));
            RoomAnswer answer = await answered.Task.WaitAsync(cancellation).ConfigureAwait(false);
            return answer.Fault is { } fault ? throw new InvalidOperationException(fault) : answer;
        }
        finally
        {
            _open.TryRemove(number, out _);
        }
    }

    /// <summary>Takes a message of the room; one that is none is dropped.</summary>
    public void Receive(ReadOnlySpan<byte> message)
    {
        if (RoomCodec.ReadAnswer(message) is not { } answer)
        {
            return;
        }

        if (answer.Screen is { } screen)
        {
            Showed?.Invoke(screen);
        }
        else if (answer.Notice is { } notice)
        {
            Noticed?.Invoke(notice);
        }
        else if (_open.TryGetValue(answer.Number, out TaskCompletionSource<RoomAnswer>? open))
        {
            open.TrySetResult(answer);
        }
    }

    /// <summary>The room's process is gone: whoever waits learns it. What became of a payment is asked for when it is back.</summary>
    public void Lose()
    {
        foreach (TaskCompletionSource<RoomAnswer> open in _open.Values)
        {
            open.TrySetException(new InvalidOperationException("the payment process ended; ask for the state of open payments"));
        }
    }
}
