using SoftPos.Attestation.Android;
using SoftPos.Contract;

namespace SoftPos.Attestation.Appraisal;

/// <summary>What two keys of one phone and one app must have in common, so that nobody pairs a good chain with another phone's key.</summary>
internal static class EnrolmentPair
{
    private const int Sign = 2;
    private const int Agree = 6;

    public static IEnumerable<AttestationProblem> Compare(AndroidAttestation signing, AndroidAttestation agreement)
    {
        if (signing.Description is not { } one || agreement.Description is not { } other)
        {
            yield break;
        }

        if (one.HardwareEnforced.Purposes?.Contains(Sign) is not true)
        {
            yield return Unsuitable("the signing key may not sign");
        }

        if (other.HardwareEnforced.Purposes?.Contains(Agree) is not true)
        {
            yield return Unsuitable("the key agreement key may not agree on keys");
        }

        if (signing.Key!.Encoded.Span.SequenceEqual(agreement.Key!.Encoded.Span))
        {
            yield return Unsuitable("both keys are the same");
        }

        if (!SamePhone(one.HardwareEnforced, other.HardwareEnforced))
        {
            yield return new AttestationProblem("enrolment.pair", ReasonCodes.Contradiction, "the two keys are not of the same phone and system");
        }
    }

    private static bool SamePhone(AuthorizationList one, AuthorizationList other) =>
        one.RootOfTrust is { } first && other.RootOfTrust is { } second
            ? first.VerifiedBootKey.Span.SequenceEqual(second.VerifiedBootKey.Span)
                && first.DeviceLocked == second.DeviceLocked
                && first.VerifiedBootState == second.VerifiedBootState
                && one.OsPatchLevel == other.OsPatchLevel
            : one.RootOfTrust is null && other.RootOfTrust is null;

    private static AttestationProblem Unsuitable(string detail) => new("enrolment.keys", ReasonCodes.KeyUnsuitable, detail);
}
