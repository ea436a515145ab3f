namespace SoftPos.Simulation;

/// <summary>A bug that the simulator plants in its own surroundings, to show that it would be found.</summary>
public enum PlantedBug
{
    /// <summary>None.</summary>
    None,

    /// <summary>The link sends each reversal twice, the second under another number.</summary>
    DoubledReversal,

    /// <summary>The back end's randomness gives nonces again, as that of a machine whose state was rolled back.</summary>
    ReusedNonce,

    /// <summary>The disk says "flushed" of what it only holds in memory, so an answer leaves before it is durable.</summary>
    UnflushedAnswer,
}

/// <summary>How a run goes.</summary>
public sealed record SimulationOptions
{
    /// <summary>Steps while faults happen, before everything is let come to its end.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>Phones.</summary>
    public int Phones { get; init; } = 3;

    /// <summary>A bug to plant.</summary>
    public PlantedBug Bug { get; init; }

    /// <summary>Is told each line of the trace; null for nobody.</summary>
    public Action<string>? Line { get; init; }
}

/// <summary>What a run gave.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Trace">SHA-256 over its trace, lower-case hex: the same for the same seed, steps and program.</param>
/// <param name="Counts">How often what happened.</param>
/// <param name="Broken">The invariant that did not hold; null when all did.</param>
/// <param name="Detail">What was found instead.</param>
/// <param name="Last">The last lines of the trace where something did not hold.</param>
public sealed record SimulationReport(
    ulong Seed, string Trace, IReadOnlyDictionary<string, int> Counts, string? Broken, string? Detail, IReadOnlyList<string> Last)
{
    /// <summary>The command that repeats the run.</summary>
    /// <param name="options">Options of the run.</param>
    public string Replay(SimulationOptions options) => $"softpos simulate --seed {Seed} --steps {options?.Steps}"
        + (options is { Bug: not PlantedBug.None } ? $" --bug {options.Bug}" : string.Empty);
}
