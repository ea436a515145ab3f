namespace SoftPos.Keys;

/// <summary>What a person proposes to do with a key.</summary>
public sealed record KeyProposal
{
    /// <summary>What is to be done.</summary>
    public required KeyAction Action { get; init; }

    /// <summary>Name of the key or custodian.</summary>
    public required string Subject { get; init; }

    /// <summary>Purpose; for new keys.</summary>
    public string Purpose { get; init; } = string.Empty;

    /// <summary>Who answers for the key; for new keys.</summary>
    public string Owner { get; init; } = string.Empty;

    /// <summary>Crypto-period; that of the purpose when null.</summary>
    public TimeSpan? Period { get; init; }

    /// <summary>How an imported key came: <c>components</c>, <c>shares</c> or <c>key block</c>.</summary>
    public string Method { get; init; } = string.Empty;

    /// <summary>Custodians who entered a part, in order.</summary>
    public IReadOnlyList<string> Holders { get; init; } = [];

    /// <summary>Name of the key under which it came, or null.</summary>
    public string? Parent { get; init; }

    /// <summary>Why, in the words of who proposes.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {Subject}";
}

/// <summary>What became of a step: the ceremony as it stands now, or why not.</summary>
public sealed record CeremonyOutcome(Storage.CeremonyRecord? Ceremony, KeyLifeRefusal Refusal)
{
    /// <summary>The step was taken and is durable.</summary>
    public bool Done => Refusal is KeyLifeRefusal.None;
}
