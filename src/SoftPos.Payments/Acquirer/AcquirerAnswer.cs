namespace SoftPos.Payments.Acquirer;

/// <summary>What became of a message given to an acquirer link.</summary>
public enum AnswerKind
{
    /// <summary>No byte of it was written: the acquirer cannot know it, nothing is to be reversed.</summary>
    NotSent,

    /// <summary>Some or all of it was written and no answer came: the outcome is unknown.</summary>
    NoAnswer,

    /// <summary>The answer is there.</summary>
    Answered,
}

/// <summary>Why there is no answer.</summary>
public enum AnswerReason
{
    /// <summary>There is an answer.</summary>
    None,

    /// <summary>The link was not up.</summary>
    LinkDown,

    /// <summary>As many messages as the link allows are in flight already.</summary>
    TooManyInFlight,

    /// <summary>A message with the same match key is in flight.</summary>
    DuplicateKey,

    /// <summary>The message cannot be framed.</summary>
    MessageTooLong,

    /// <summary>The time was over.</summary>
    Timeout,

    /// <summary>The connection was lost.</summary>
    ConnectionLost,

    /// <summary>The caller gave up.</summary>
    Cancelled,
}

/// <summary>Outcome of <see cref="AcquirerLink.SendAsync"/>: a value, never an exception, because every outcome drives the payment on.</summary>
/// <param name="Kind">Not sent, no answer, or answered.</param>
/// <param name="Reason">Why there is no answer.</param>
/// <param name="Bytes">The answer as received, without frame; empty when there is none.</param>
public readonly record struct AcquirerAnswer(AnswerKind Kind, AnswerReason Reason, ReadOnlyMemory<byte> Bytes)
{
    internal static AcquirerAnswer NotSent(AnswerReason reason) => new(AnswerKind.NotSent, reason, default);

    internal static AcquirerAnswer NoAnswer(AnswerReason reason) => new(AnswerKind.NoAnswer, reason, default);

    internal static AcquirerAnswer Answered(ReadOnlyMemory<byte> bytes) => new(AnswerKind.Answered, AnswerReason.None, bytes);

    /// <summary>Kind and reason; never the bytes.</summary>
    public override string ToString() => Kind is AnswerKind.Answered ? $"Answered[{Bytes.Length}]" : $"{Kind}({Reason})";
}
