namespace SoftPos.Contract;

/// <summary>How a terminal stands under the orders that cover it. Pure; the record itself keeps what its own evidence earned.</summary>
public static class ResponseOverlay
{
    /// <summary>The terminal as requests must see it.</summary>
    /// <param name="terminal">Record as stored.</param>
    /// <param name="orders">Orders that cover it and stand; rehearsals change nothing.</param>
    public static TerminalRecord Apply(TerminalRecord terminal, IReadOnlyList<ResponseOrder> orders)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(orders);
        TerminalRecord standing = terminal;
        foreach (ResponseOrder order in orders)
        {
            if (!order.IsRehearsal && !(order.Action is ResponseAction.Reattest && IsAnswered(order, terminal)))
            {
                standing = Apply(standing, order);
            }
        }

        return standing;
    }

    /// <summary>Whether good evidence came after the order; at the same millisecond is not after.</summary>
    private static bool IsAnswered(ResponseOrder order, TerminalRecord terminal) => terminal.LastTrustedAt > order.At;

    private static TerminalRecord Apply(TerminalRecord terminal, ResponseOrder order) => terminal with
    {
        State = order.Action >= ResponseAction.Suspend && terminal.State is TerminalState.Active ? TerminalState.Suspended : terminal.State,
        Verdict = Worse(terminal.Verdict, order.Action),
        Findings = [FindingOf(order), .. terminal.Findings],
    };

    private static Verdict Worse(Verdict verdict, ResponseAction action) => action switch
    {
        ResponseAction.Notice => verdict,
        ResponseAction.Limit => verdict is Verdict.Trusted ? Verdict.Limited : verdict,
        ResponseAction.Reattest => verdict is Verdict.Denied ? verdict : Verdict.Unknown,
        _ => Verdict.Denied,
    };

    private static Finding FindingOf(ResponseOrder order) => new()
    {
        Rule = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"order.{order.Number}"),
        Reason = order.Reason,
        Claim = "order." + order.Scope,
        Value = order.Value,
        EvidenceHash = string.Empty,
        Severity = order.Action >= ResponseAction.Deny ? Severity.Serious : Severity.Warning,
        Response = order.Action switch
        {
            ResponseAction.Notice => FindingResponse.Notice,
            ResponseAction.Limit => FindingResponse.Limit,
            ResponseAction.Reattest or ResponseAction.Deny => FindingResponse.Deny,
            ResponseAction.Suspend => FindingResponse.Suspend,
            _ => FindingResponse.Wipe,
        },
        Deadline = order.ExpiresAt,
        Detail = $"ordered by {order.By}: {order.Note}",
    };
}
