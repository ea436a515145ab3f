using SoftPos.Attestation.Certificates;
using SoftPos.Contract;

namespace SoftPos.Attestation.Android;

/// <summary>The security level that a chain itself shows, and whether leaf, key and description agree with one another.</summary>
internal static class AndroidChainLevel
{
    private const ulong AlgorithmRsa = 1;
    private const ulong AlgorithmEc = 3;

    /// <summary>Remote attestation certificates name it as organization, factory ones as title or anywhere in a subject.</summary>
    public static SecurityLevel? Of(IReadOnlyList<AttestationCertificate> certificates)
    {
        if (certificates.Count < 2)
        {
            return null;
        }

        DistinguishedName attestation = certificates[1].Subject;
        switch (attestation.Organization ?? attestation.Title)
        {
            case "StrongBox":
                return SecurityLevel.StrongBox;
            case "TEE":
                return SecurityLevel.TrustedEnvironment;
        }

        bool mentions = attestation.Mentions("strongbox") || (certificates.Count > 2 && certificates[2].Subject.Mentions("strongbox"));
        return mentions ? SecurityLevel.StrongBox : null;
    }

    public static void Check(AndroidChainPath path, AndroidKeyDescription? description, List<AttestationProblem> problems)
    {
        if (description is null)
        {
            return;
        }

        if (description.AttestationSecurityLevel != description.KeyMintSecurityLevel)
        {
            problems.Add(new AttestationProblem(
                "android.level.disagree",
                description.Level is SecurityLevel.Software ? ReasonCodes.SecurityLevelSoftware : ReasonCodes.SecurityLevelMismatch,
                $"attested in {description.AttestationSecurityLevel}, kept in {description.KeyMintSecurityLevel}"));
        }

        if (path.Level is { } level && description.AttestationSecurityLevel is not SecurityLevel.Software
            && level != description.AttestationSecurityLevel)
        {
            problems.Add(new AttestationProblem(
                "android.level.chain", ReasonCodes.SecurityLevelMismatch,
                    $"the leaf claims {description.AttestationSecurityLevel}, its chain is of {level}"));
        }

        CheckKey(path.Leaf.Key, description.HardwareEnforced, problems);
    }

    /// <summary>The leaf's key is what the secure hardware describes; a difference means that somebody else wrote the leaf.</summary>
    private static void CheckKey(PublicKeyInfo key, AuthorizationList hardware, List<AttestationProblem> problems)
    {
        bool agrees = key.Kind switch
        {
            KeyKind.Rsa => Is(hardware.Algorithm, AlgorithmRsa) && Is(hardware.KeySize, (ulong)key.Bits),
            KeyKind.P256 => Is(hardware.Algorithm, AlgorithmEc) && Is(hardware.KeySize, 256) && Is(hardware.EcCurve, 1),
            KeyKind.P384 => Is(hardware.Algorithm, AlgorithmEc) && Is(hardware.KeySize, 384) && Is(hardware.EcCurve, 2),
            KeyKind.OtherCurve or KeyKind.Curve25519 => Is(hardware.Algorithm, AlgorithmEc),
            _ => true,
        };
        if (!agrees)
        {
            problems.Add(new AttestationProblem("android.key.description", ReasonCodes.ChainInvalid,
                $"the key is {key.Kind} of {key.Bits} bits, its description says otherwise"));
        }
    }

    /// <summary>An absent tag is not a contradiction; policy asks for the ones it needs.</summary>
    private static bool Is(ulong? attested, ulong actual) => attested is null || attested == actual;
}
