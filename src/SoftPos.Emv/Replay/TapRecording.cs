using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Replay;

/// <summary>A torn transaction that the reader remembered when the tap began.</summary>
/// <param name="Kernel">Kernel that keeps it.</param>
/// <param name="At">Its local time.</param>
/// <param name="Objects">Its objects.</param>
public sealed record TapTornRecord(int Kernel, DateTime At, TlvMap Objects);

/// <summary>One tap as it was: configuration, transaction, and everything that went into the reader and came out of it, in order.</summary>
public sealed record TapRecording
{
    /// <summary>Value of <c>format</c> in a file.</summary>
    public const string Format = "opensoftpos-tap";

    /// <summary>Version of the file format.</summary>
    public const int FormatVersion = 1;

    /// <summary>Most steps of a recording: the reader's own bounds on activations and commands end far below.</summary>
    public const int MaxSteps = 40_000;

    /// <summary>Account data were removed: the run cannot be repeated bit for bit.</summary>
    public required bool IsMasked { get; init; }

    /// <summary>When the tap began, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Configuration of the reader.</summary>
    public required ReaderConfiguration Configuration { get; init; }

    /// <summary>What the merchant asked for.</summary>
    public required TransactionRequest Request { get; init; }

    /// <summary>Start A when true, start B without pre-processing otherwise.</summary>
    public bool HasPreProcessing { get; init; } = true;

    /// <summary>Torn transactions that the reader remembered.</summary>
    public IReadOnlyList<TapTornRecord> Torn { get; init; } = [];

    /// <summary>Failures of mag-stripe mode in a row that the reader remembered.</summary>
    public int MagStripeFailures { get; init; }

    /// <summary>What happened, in order.</summary>
    public required IReadOnlyList<TapStep> Steps { get; init; }

    /// <summary>Counts only.</summary>
    public override string ToString() => $"tap of {Steps.Count} steps{(IsMasked ? ", masked" : string.Empty)}";
}
