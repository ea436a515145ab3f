namespace SoftPos.Attestation.Appraisal;

/// <summary>What the hardware attested when the terminal was enrolled, kept so that later evidence can be held against it.</summary>
public sealed record EnrolledFacts
{
    /// <summary>Nothing to compare with.</summary>
    public static EnrolledFacts None { get; } = new();

    /// <summary>The boot loader was locked and the system verified; null when not known.</summary>
    public bool? IsBootVerified { get; init; }

    /// <summary>OS patch level, YYYYMM.</summary>
    public double? OsPatch { get; init; }

    /// <summary>Attested model, where device properties were asked for.</summary>
    public string? Model { get; init; }

    /// <summary>SHA-256 of the app's signing certificates, lower-case hex.</summary>
    public IReadOnlyList<string> Signers { get; init; } = [];

    /// <summary>Serials of the certificates of both chains, unpadded lower-case hex: a key may be revoked after it was enrolled.</summary>
    public IReadOnlyList<string> CertificateSerials { get; init; } = [];

    /// <summary>Takes the facts out of an enrolment's claims.</summary>
    public static EnrolledFacts Of(Claims.ClaimSet claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        Claims.ClaimValue locked = claims["android.rootOfTrust.deviceLocked"];
        Claims.ClaimValue patch = claims["android.osPatch"];
        Claims.ClaimValue model = claims["android.id.model"];
        return new EnrolledFacts
        {
            IsBootVerified = locked.Kind is Claims.ClaimKind.Flag ? locked.Flag
                && claims["android.rootOfTrust.verifiedBootState"].Text == "VERIFIED" : null,
            OsPatch = patch.Kind is Claims.ClaimKind.Number ? patch.Number : null,
            Model = model.Kind is Claims.ClaimKind.Text ? model.Text : null,
            Signers = claims["android.app.signers"].Texts,
        };
    }
}
