namespace SoftPos.Payments.Acquirer;

/// <summary>Counts what a link does, from several tasks at once.</summary>
internal sealed class LinkTally
{
    public long Sent;
    public long Answered;
    public long TimedOut;
    public long NotSent;
    public long Late;
    public long Duplicate;
    public long Unsolicited;
    public long Malformed;
    public long Connections;
    public long UnmatchedLost;

    public static void Count(ref long counter) => Interlocked.Increment(ref counter);

    public void Count(AcquirerAnswer answer)
    {
        if (answer.Kind is AnswerKind.NotSent)
        {
            Count(ref NotSent);
            return;
        }

        Count(ref Sent);
        Count(ref answer.Kind is AnswerKind.Answered ? ref Answered : ref TimedOut);
    }

    public void Count(UnmatchedKind kind)
    {
        switch (kind)
        {
            case UnmatchedKind.Late:
                Count(ref Late);
                break;
            case UnmatchedKind.Duplicate:
                Count(ref Duplicate);
                break;
            default:
                Count(ref Unsolicited);
                break;
        }
    }

    public LinkCounters Read() => new(
        Volatile.Read(ref Sent),
        Volatile.Read(ref Answered),
        Volatile.Read(ref TimedOut),
        Volatile.Read(ref NotSent),
        Volatile.Read(ref Late),
        Volatile.Read(ref Duplicate),
        Volatile.Read(ref Unsolicited),
        Volatile.Read(ref Malformed),
        Volatile.Read(ref Connections),
        Volatile.Read(ref UnmatchedLost));
}
