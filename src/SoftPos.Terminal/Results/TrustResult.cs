using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What the back end concluded of this phone: the answer to a preflight, an activation or a heartbeat.</summary>
public sealed record TrustResult
{
    /// <summary>Whether payments are possible now.</summary>
    public bool CanPay => Verdict is Verdict.Trusted or Verdict.Limited && Reason is null;

    /// <summary>Verdict; <see cref="Verdict.Unknown"/> when the back end could not be asked.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why not; null when payments are possible.</summary>
    public TerminalReason? Reason { get; init; }

    /// <summary>All findings, those that refuse and those that only notice.</summary>
    public IReadOnlyList<MerchantFinding> Findings { get; init; } = [];

    internal static TrustResult Refused(TerminalReason reason) => new() { Verdict = Verdict.Unknown, Reason = reason };

    /// <summary>A verdict with its findings; a refusal gets its reason here, in one place.</summary>
    internal static TrustResult Of(Verdict verdict, IReadOnlyList<MerchantFinding> findings, string language) => new()
    {
        Verdict = verdict,
        Findings = findings,
        Reason = verdict switch
        {
            Verdict.Trusted or Verdict.Limited => null,
            Verdict.Denied when IsOldApp(findings) => TerminalReason.Of(ReasonCodes.UpgradeRequired, language),
            Verdict.Denied => TerminalReason.Of(ReasonCodes.AttestationDenied, language),
            _ => TerminalReason.Of(ReasonCodes.NotAttested, language),
        },
    };

    /// <summary>
    /// Nothing but an old version stands against this phone: the merchant is told what to do, and not to look for faults.
    /// </summary>
    private static bool IsOldApp(IReadOnlyList<MerchantFinding> findings)
    {
        MerchantFinding[] refusing = [.. findings.Where(static finding => finding.Response >= FindingResponse.Deny)];
        return refusing.Length > 0 && refusing.All(static finding => finding.Reason == ReasonCodes.UpgradeRequired);
    }

    /// <summary>The want of an answer: refused by the back end, or the back end not reached.</summary>
    internal static TrustResult Of<T>(LinkAnswer<T> answer, string language)
        where T : class =>
        Refused(answer.Problem is { } problem
            ? TerminalReason.Of(problem.Code, language, problem)
            : TerminalReason.Of(ReasonCodes.BackendUnreachable, language));
}
