using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What an operator asks for.</summary>
public sealed record ResponseRequest
{
    /// <summary>What is to happen.</summary>
    public required ResponseAction Action { get; init; }

    /// <summary>What the value names.</summary>
    public required ResponseScope Scope { get; init; }

    /// <summary>Who is meant.</summary>
    public required string Value { get; init; }

    /// <summary>Code in the reason catalogue.</summary>
    public required string Reason { get; init; }

    /// <summary>Why, in a sentence for operators.</summary>
    public required string Note { get; init; }

    /// <summary>Who asks.</summary>
    public required string By { get; init; }

    /// <summary>When it is to end by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Only write down what it would do.</summary>
    public bool IsRehearsal { get; init; }
}

/// <summary>Whom an order meets now.</summary>
/// <param name="Terminals">Terminals.</param>
/// <param name="Merchants">Terminals of each merchant.</param>
/// <param name="Models">Terminals of each model.</param>
public sealed record ResponseReach(int Terminals, IReadOnlyDictionary<string, int> Merchants, IReadOnlyDictionary<string, int> Models);

/// <summary>An order with its reach, or what was wrong with what was asked.</summary>
public sealed record ResponseOutcome
{
    /// <summary>The order as it stands now.</summary>
    public ResponseOrder? Order { get; init; }

    /// <summary>Whom it meets.</summary>
    public ResponseReach? Reach { get; init; }

    /// <summary>Why there is none.</summary>
    public Refusal? Refusal { get; init; }
}
