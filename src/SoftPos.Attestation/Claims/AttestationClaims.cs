using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;

namespace SoftPos.Attestation.Claims;

/// <summary>Turns verified evidence into the claims that a policy asks for.</summary>
public static class AttestationClaims
{
    /// <summary>Claims of an Android key attestation, with what is known of the terminal.</summary>
    public static ClaimSet Of(AndroidAttestation attestation, TerminalHistory history)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        ArgumentNullException.ThrowIfNull(history);
        ClaimSet claims = new();
        AndroidClaims.Fill(claims, attestation);
        HistoryClaims.Fill(claims, history);
        return claims;
    }
}
