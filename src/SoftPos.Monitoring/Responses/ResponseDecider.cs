using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What may be ordered, lifted and restored. Pure.</summary>
internal static class ResponseDecider
{
    /// <summary>Longest value: a model, a signer's hash, an identity.</summary>
    public const int MaxValue = 128;

    /// <summary>Longest note.</summary>
    public const int MaxNote = 500;

    /// <summary>Longest name of a person.</summary>
    public const int MaxBy = 64;

    /// <summary>The order of a request, or what is wrong with it.</summary>
    public static (ResponseOrder? Order, Refusal? Fault) Decide(ResponseRequest request, long number, DateTimeOffset now)
    {
        Refusal? fault = FaultOf(request, now);
        return fault is not null ? (null, fault) : (new ResponseOrder
        {
            Number = number,
            Action = request.Action,
            Scope = request.Scope,
            Value = request.Scope is ResponseScope.Terminal ? Guid.Parse(request.Value).ToString() : request.Value,
            Reason = request.Reason,
            Note = request.Note,
            By = request.By,
            At = now,
            ExpiresAt = request.ExpiresAt,
            IsRehearsal = request.IsRehearsal,
        }, null);
    }

    /// <summary>The lifted order, or why it cannot be lifted.</summary>
    public static (ResponseOrder? Lifted, Refusal? Fault) Lift(ResponseOrder order, string by, string note, DateTimeOffset now)
    {
        if (order.LiftedAt is not null)
        {
            return (null, Refusal.Malformed("number", "this order was lifted before"));
        }

        if (order is { Action: ResponseAction.Wipe, IsRehearsal: false })
        {
            return (null, Refusal.Malformed("number", "a wipe cannot be taken back: phones may have destroyed their keys already; enrol them again"));
        }

        return PersonFault(by, note) is { } fault ? (null, fault) : (order with { LiftedAt = now, LiftedBy = by }, null);
    }

    /// <summary>The terminal in use again, or why not. Findings stay until the next evidence.</summary>
    public static (TerminalRecord? Restored, Refusal? Fault) Restore(TerminalRecord terminal, IReadOnlyList<ResponseOrder> orders)
    {
        string? why = terminal.State switch
        {
            TerminalState.Retired => "this terminal is retired; enrol the phone again",
            TerminalState.Refused => "this phone was refused at its enrolment; it holds no keys",
            _ when orders.Any(static order => order is { Action: ResponseAction.Wipe, IsRehearsal: false }) =>
                "this terminal is being wiped, which cannot be taken back; enrol the phone again",
            TerminalState.Active when !orders.Any(static order => order.Scope is ResponseScope.Terminal) =>
                "nothing stands against this terminal alone; lift the order that covers it",
            _ => null,
        };

        // A new verdict is earned by evidence, never given.
        return why is not null
            ? (null, Refusal.Malformed("terminalId", why))
            : (terminal with { State = TerminalState.Active, Verdict = terminal.State is TerminalState.Suspended ? Verdict.Unknown : terminal.Verdict }, null);
    }

    public static Refusal? PersonFault(string by, string note) =>
        by.Length is 0 or > MaxBy ? Refusal.Malformed("by", $"who orders it, 1 to {MaxBy} characters")
        : note.Length is 0 or > MaxNote ? Refusal.Malformed("note", $"why, in 1 to {MaxNote} characters")
        : null;

    private static Refusal? FaultOf(ResponseRequest request, DateTimeOffset now)
    {
        if (!Enum.IsDefined(request.Action) || !Enum.IsDefined(request.Scope))
        {
            return Refusal.Malformed("action", "an action and a scope of the documentation");
        }

        if (!ReasonCatalogue.Contains(request.Reason))
        {
            return Refusal.Malformed("reason", "a code of the reason catalogue, such as TERMINAL_SUSPENDED");
        }

        if (ValueFault(request.Scope, request.Value) is { } expected)
        {
            return Refusal.Malformed("value", expected);
        }

        if (request.ExpiresAt <= now)
        {
            return Refusal.Malformed("expiresAt", "a time to come");
        }

        return request is { Action: ResponseAction.Wipe, ExpiresAt: not null }
            ? Refusal.Malformed("expiresAt", "a wipe has no end")
            : PersonFault(request.By, request.Note);
    }

    /// <summary>What a value must be under its scope; null when it is.</summary>
    public static string? ValueFault(ResponseScope scope, string text) => scope switch
    {
        _ when text.Length is 0 or > MaxValue => $"1 to {MaxValue} characters",
        ResponseScope.Terminal when !Guid.TryParse(text, out _) => "the identity of a terminal",
        ResponseScope.Signer when text.Length != 64 || !text.All(char.IsAsciiHexDigitLower) =>
            "SHA-256 of the signing certificate, 64 lower-case hex digits",
        ResponseScope.OsBuild when text.Split('/') is not [{ Length: > 0 }, { Length: 6 } patch] || !patch.All(char.IsAsciiDigit) =>
            "version and patch level, such as 16/202611",
        ResponseScope.Installation when text != ResponseOrder.Everyone => $"the word {ResponseOrder.Everyone}",
        _ => null,
    };
}
