using SoftPos.Emv.Authentication;

namespace SoftPos.Emv.Configuration;

/// <summary>Where a configuration may be used; lab and production never mix.</summary>
public enum ReaderEnvironment
{
    Lab,
    Production,
}

/// <summary>The whole configuration of a contactless reader: one document, applied at once.</summary>
public sealed record ReaderConfiguration
{
    /// <summary>Most combinations: every scheme, every kind, with room.</summary>
    public const int MaxCombinations = 256;

    /// <summary>Most CA keys; schemes publish about a hundred, tests included.</summary>
    public const int MaxCaKeys = 256;

    /// <summary>Most revocations; EMV asks for thirty per RID.</summary>
    public const int MaxRevocations = 1024;

    /// <summary>Most entries of the exception file.</summary>
    public const int MaxExceptions = 100_000;

    /// <summary>Version of the document, as its author counts.</summary>
    public required string Version { get; init; }

    /// <summary>Lab or production.</summary>
    public required ReaderEnvironment Environment { get; init; }

    /// <summary>What the terminal says about itself.</summary>
    public required TerminalProfile Terminal { get; init; }

    /// <summary>Combinations in the order of the document.</summary>
    public required IReadOnlyList<Combination> Combinations { get; init; }

    /// <summary>CA keys and revocations.</summary>
    public required CaKeySet CaKeys { get; init; }

    /// <summary>Digits of account numbers that must be declined offline; empty for no exception file.</summary>
    public IReadOnlySet<string> ExceptionFile { get; init; } = new HashSet<string>();

    /// <summary>Version and counts.</summary>
    public override string ToString() => $"reader configuration {Version} ({Environment}, {Combinations.Count} combinations)";
}
