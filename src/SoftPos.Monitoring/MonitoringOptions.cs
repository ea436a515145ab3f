using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>By what terminals are appraised.</summary>
public sealed record MonitoringOptions
{
    /// <summary>The policy in force.</summary>
    public required LivePolicy Policy { get; init; }

    /// <summary>Keys that attestation chains may end in; a lab key only in a sandbox.</summary>
    public required TrustAnchors Anchors { get; init; }

    /// <summary>Gives the revocation status list in force; null where there is none.</summary>
    public Func<StatusList?> StatusList { get; init; } = static () => null;

    /// <summary>Version of the reader configuration for the terminals of a merchant; null where none is published for them.</summary>
    public Func<string, CancellationToken, ValueTask<long?>>? ReaderConfigurationVersion { get; init; }

    /// <summary>
    /// Adds to a good answer what the rooms beside this one have for the terminal, such as a permission for sales while the back end is
    /// away. Gets the terminal as it stands after the appraisal.
    /// </summary>
    public Func<TerminalRecord, AttestationAnswer, CancellationToken, ValueTask<AttestationAnswer>>? News { get; init; }

    /// <summary>Ring of the terminals.</summary>
    public string Ring { get; init; } = AppraisalContext.Production;

    /// <summary>Age from which a terminal is told to fetch new initial keys: long before payments under the old ones are refused.</summary>
    public TimeSpan KeysDueAfter { get; init; } = TimeSpan.FromDays(60);

    /// <summary>Transactions of one initial key after which the terminal is told to fetch new ones.</summary>
    public long KeysDueAfterTransactions { get; init; } = 100_000;

    /// <summary>Makes the identity of a terminal that is enrolled at that time.</summary>
    public Func<DateTimeOffset, Guid> NewTerminalId { get; init; } = static now => Guid.CreateVersion7(now);

    /// <summary>How often an open terminal reports.</summary>
    public TimeSpan EvidenceInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What evidence may be late by: a slow network, one attempt that is repeated.</summary>
    public TimeSpan EvidenceSlack { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>When evidence that comes now must be followed by the next.</summary>
    public DateTimeOffset DueAfter(DateTimeOffset now) => now + EvidenceInterval + EvidenceSlack;

    /// <summary>Life of a result token: at most a minute for a tap.</summary>
    public TimeSpan ResultLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Life of a result for PIN entry.</summary>
    public TimeSpan PinResultLifetime { get; init; } = TimeSpan.FromSeconds(15);
}
