using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Why a change was not made. Each is an outcome, not an exception: nothing of the change was written.</summary>
public enum ChangeRefusal
{
    /// <summary>It was made.</summary>
    None,

    /// <summary>A payment of that identity exists.</summary>
    PaymentExists,

    /// <summary>The payment is no longer in the state that the change starts from.</summary>
    PaymentMoved,

    /// <summary>The key serial number was used before, or an earlier one than the last.</summary>
    KeySerialSeen,

    /// <summary>The activation code is unknown, used or expired.</summary>
    CodeInvalid,

    /// <summary>The sign-in link is unknown, used or expired.</summary>
    LinkInvalid,

    /// <summary>The payment was settled, or its refunds stand in the way.</summary>
    PaymentSettled,

    /// <summary>The original of a refund or increment is not in a state that allows it.</summary>
    OriginalClosed,

    /// <summary>The refunds of a payment would exceed it.</summary>
    RefundTooHigh,

    /// <summary>Count or sum of a terminal's payments would pass its limit.</summary>
    VelocityExceeded,

    /// <summary>What is to be settled changed between reading and writing.</summary>
    BatchMoved,

    /// <summary>The terminal's evidence sequence is not above the stored one, or its record moved on.</summary>
    TerminalMoved,

    /// <summary>Something of that identity exists.</summary>
    Exists,

    /// <summary>The pushed order is no longer in the state that the change starts from, or is over something else.</summary>
    OrderClosed,

    /// <summary>The order does not stand any more, or too many stand.</summary>
    ResponseMoved,

    /// <summary>The command is no longer open, or too many wait for the terminal.</summary>
    CommandMoved,

    /// <summary>The policy version is no longer in the state that the change starts from.</summary>
    PolicyMoved,

    /// <summary>The alarm is no longer as it was read.</summary>
    AlarmMoved,

    /// <summary>The key, or the ceremony about it, is no longer in the state that the change starts from.</summary>
    KeyMoved,

    /// <summary>The chain of the terminal's offline sales is no longer where the change starts from.</summary>
    OfflineChainMoved,

    /// <summary>The appeal exists or is no longer open, or too many of the terminal are.</summary>
    AppealMoved,
}

/// <summary>
/// Journal entries and record writes that become durable together or not at all. Conditions are checked, in the same transaction, before any
/// write of the change. The stores add their parts as extension methods (<c>Put</c>, <c>Redeem</c>, …).
/// </summary>
public sealed class Change
{
    /// <summary>Longest kind, such as <c>payment.reversal-acknowledged</c>.</summary>
    public const int MaxKind = 64;

    /// <summary>Longest subject; an identity fits twice.</summary>
    public const int MaxSubject = 96;

    /// <summary>Longest content of an entry in bytes: an entry is a record of an event, not a file.</summary>
    public const int MaxContent = 65_536;

    /// <summary>Kinds of its journal entries, in their order.</summary>
    public IEnumerable<string> Kinds => Entries.Select(static entry => entry.Kind);

    internal List<Func<Session, DateTimeOffset, ChangeRefusal>> Conditions { get; } = [];

    internal List<Action<Session, DateTimeOffset>> Writes { get; } = [];

    internal List<Action<Session, IReadOnlyList<JournalTrace>>> Finishes { get; } = [];

    internal List<Action<Database>> AfterCommit { get; } = [];

    internal List<PendingEntry> Entries { get; } = [];

    /// <summary>Adds a journal entry. The time is that of the commit.</summary>
    /// <param name="kind">Area and event, such as <c>payment.sent</c>: lower-case words, '-' and '.'.</param>
    /// <param name="subject">What it is about, such as the identity of a payment or terminal; one line of printable ASCII.</param>
    /// <param name="content">UTF-8 JSON without secrets.</param>
    public Change Append(string kind, string subject, ReadOnlyMemory<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kind.Length, MaxKind);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subject.Length, MaxSubject);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxContent);
        int dot = kind.IndexOf('.', StringComparison.Ordinal);
        bool wellFormed = dot > 0 && kind.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
        if (!wellFormed)
        {
            throw new ArgumentException("a kind is 'area.event' in lower case", nameof(kind));
        }

        // The entry's text has one line per part, so a line break in one would let two entries read alike.
        if (subject.Length == 0 || !subject.All(static c => c is >= '!' and <= '~'))
        {
            throw new ArgumentException("a subject is printable ASCII without spaces", nameof(subject));
        }

        Entries.Add(new PendingEntry(kind, kind[..dot], subject, content));
        return this;
    }

    /// <summary>Adds a journal entry.</summary>
    public Change Append(string kind, string subject, JsonObject content) =>
        Append(kind, subject, System.Text.Encoding.UTF8.GetBytes(content.ToJsonString()));

    /// <summary>Adds a journal entry about a terminal or payment.</summary>
    public Change Append(string kind, Guid subject, JsonObject content) => Append(kind, subject.ToString(), content);

    internal Change Require(Func<Session, DateTimeOffset, ChangeRefusal> condition)
    {
        Conditions.Add(condition);
        return this;
    }

    internal Change Write(Action<Session, DateTimeOffset> write)
    {
        Writes.Add(write);
        return this;
    }

    internal Change Finish(Action<Session, IReadOnlyList<JournalTrace>> finish)
    {
        Finishes.Add(finish);
        return this;
    }

    internal Change After(Action<Database> action)
    {
        AfterCommit.Add(action);
        return this;
    }

    internal sealed record PendingEntry(string Kind, string Area, string Subject, ReadOnlyMemory<byte> Content);
}
