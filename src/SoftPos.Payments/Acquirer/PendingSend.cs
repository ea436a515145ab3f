using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>
/// One message on its way. Its stage moves forward only: queued, then either abandoned or written. So it is always certain whether a byte
/// may have left, however timeout, writer and loss of the connection race.
/// </summary>
internal sealed class PendingSend(ReadOnlyMemory<byte> message, MatchKey key)
{
    private const int Queued = 0;
    private const int Writing = 1;
    private const int Abandoned = 2;

    private readonly TaskCompletionSource<AcquirerAnswer> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stage;

    public ReadOnlyMemory<byte> Message { get; } = message;

    public MatchKey Key { get; } = key;

    public Task<AcquirerAnswer> Completion => _completion.Task;

    /// <summary>The writer takes it; false when it was abandoned before.</summary>
    public bool TryBeginWrite() => Interlocked.CompareExchange(ref _stage, Writing, Queued) == Queued;

    /// <summary>The answer came.</summary>
    public bool TryAnswer(ReadOnlyMemory<byte> bytes) => _completion.TrySetResult(AcquirerAnswer.Answered(bytes));

    /// <summary>Ends it without answer: as not sent when no byte was written yet, else as unknown.</summary>
    public bool TryGiveUp(AnswerReason reason)
    {
        bool unsent = Interlocked.CompareExchange(ref _stage, Abandoned, Queued) is Queued or Abandoned;
        return _completion.TrySetResult(unsent ? AcquirerAnswer.NotSent(reason) : AcquirerAnswer.NoAnswer(reason));
    }
}
