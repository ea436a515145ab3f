using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>What became of a change.</summary>
/// <param name="Refusal">Why it was not made; <see cref="ChangeRefusal.None"/> when it is durable.</param>
/// <param name="Traces">Its journal entries, in order; empty when refused.</param>
/// <param name="Time">Time of the commit.</param>
public sealed record Commit(ChangeRefusal Refusal, IReadOnlyList<JournalTrace> Traces, DateTimeOffset Time)
{
    /// <summary>The change is durable.</summary>
    public bool Done => Refusal == ChangeRefusal.None;

    /// <summary>Traces of a change that had no condition which could fail; anything else is a bug.</summary>
    public IReadOnlyList<JournalTrace> Require() =>
        Done ? Traces : throw new InvalidOperationException($"the change was refused: {Refusal}");
}
