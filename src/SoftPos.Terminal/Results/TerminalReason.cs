using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Why something ended as it did, from the one catalogue, in the merchant's language.</summary>
public sealed record TerminalReason
{
    /// <summary>Code in the catalogue, such as <c>ATTESTATION_DENIED</c>.</summary>
    public required string Code { get; init; }

    /// <summary>What happened.</summary>
    public required string Text { get; init; }

    /// <summary>What to do.</summary>
    public required string Fix { get; init; }

    /// <summary>Who can put it right.</summary>
    public required Owner Owner { get; init; }

    /// <summary>The merchant can put it right alone.</summary>
    public bool SelfFixable { get; init; }

    /// <summary>Putting it right needs the network.</summary>
    public bool NeedsNetwork { get; init; }

    /// <summary>What the back end said of this occurrence; empty when there is nothing.</summary>
    public string Detail { get; init; } = string.Empty;

    /// <summary>Number under which the back end finds this occurrence; empty when there is none.</summary>
    public string TraceId { get; init; } = string.Empty;

    internal static TerminalReason Of(string code, string language, BackendProblem? problem = null)
    {
        Reason reason = ReasonCatalogue.Get(code);
        return new TerminalReason
        {
            Code = reason.Code,
            Text = reason.TextIn(language),
            Fix = reason.FixIn(language),
            Owner = reason.Owner,
            SelfFixable = reason.SelfFixable,
            NeedsNetwork = reason.NeedsNetwork,
            Detail = problem?.Detail ?? string.Empty,
            TraceId = problem?.TraceId ?? string.Empty,
        };
    }
}
