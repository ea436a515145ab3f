using SoftPos.Contract;

namespace SoftPos.Attestation;

/// <summary>Something that verification itself, before any policy, holds against the evidence. A policy cannot allow it.</summary>
/// <param name="Rule">Stable identity, such as <c>android.chain.signature</c>.</param>
/// <param name="Reason">Code in the reason catalogue.</param>
/// <param name="Detail">What was seen, for operators.</param>
public sealed record AttestationProblem(string Rule, string Reason, string Detail)
{
    /// <summary>Position of the certificate, leaf 0; null where it is not about one.</summary>
    public int? Certificate { get; init; }

    /// <summary>Where the bytes stop being readable; null where it is not about form.</summary>
    public FormatFault? Fault { get; init; }

    /// <summary>How grave it is.</summary>
    public Severity Severity { get; init; } = Severity.Critical;

    /// <summary>Nothing is proven either way: the verdict is unknown rather than denied.</summary>
    public bool IsInconclusive { get; init; }
}
