using SoftPos.Attestation.Android;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Play;

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

    /// <summary>Claims of a Play Integrity verdict.</summary>
    public static ClaimSet Of(PlayVerdict verdict, PlayExpectation expected)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(expected);
        ClaimSet claims = new();
        PlayClaims.Fill(claims, verdict, expected);
        return claims;
    }

    /// <summary>Claims of an App Attest attestation.</summary>
    public static ClaimSet Of(AppAttestation attestation)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        ClaimSet claims = new();
        AppleClaims.Fill(claims, attestation);
        return claims;
    }

    /// <summary>Claims of an App Attest assertion.</summary>
    public static ClaimSet Of(AppAssertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        ClaimSet claims = new();
        AppleClaims.Fill(claims, assertion);
        return claims;
    }

    /// <summary>Claims of an App Attest receipt.</summary>
    public static ClaimSet Of(AppReceipt receipt, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ClaimSet claims = new();
        AppleClaims.Fill(claims, receipt, time);
        return claims;
    }
}
