using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>
/// Two that use one terminal's state: the number of a signed, fresh evidence was used before. No policy can allow it, because from then on
/// nobody can say which of the two is the merchant's; the identity as a whole is suspended until a person looks.
/// </summary>
internal static class CloneDetection
{
    public const string Rule = "sequence.forked";

    public static AppraisalResult Judge(AppraisalResult result, SequenceWindow window, VerifiedEvidence evidence)
    {
        if (window.Look(evidence.Claims!.Sequence) is not SequenceSight.Seen)
        {
            return result;
        }

        Finding forked = new()
        {
            Rule = Rule,
            Reason = ReasonCodes.Cloned,
            Claim = "sdk.sequenceStep",
            Value = ((decimal)evidence.Claims.Sequence - window.Highest).ToString(System.Globalization.CultureInfo.InvariantCulture),
            EvidenceHash = evidence.EvidenceHash,
            Severity = Severity.Critical,
            Response = FindingResponse.Suspend,
            Detail = "a fresh evidence carries a number that this terminal has used before: two hold its state",
        };
        return result with { Verdict = Verdict.Denied, Findings = [forked, .. result.Findings] };
    }
}
