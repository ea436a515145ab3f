namespace SoftPos.Attestation.Android;

/// <summary>One app that shares the key's user identity.</summary>
/// <param name="Name">Package name.</param>
/// <param name="Version">Long version code.</param>
public sealed record AttestedPackage(string Name, ulong Version);

/// <summary>Which app made the key, as the operating system says (tag 709).</summary>
/// <param name="Packages">Apps that share the user identity; one for an app of its own.</param>
/// <param name="SignerDigests">SHA-256 of their signing certificates.</param>
public sealed record AttestationApplicationId(IReadOnlyList<AttestedPackage> Packages, IReadOnlyList<ReadOnlyMemory<byte>> SignerDigests)
{
    /// <summary>
    /// The system could not name the app: a known race between keystore and package manager, or a crashed system server. A restart
    /// cures it; it is no attack.
    /// </summary>
    public bool IsUnavailable =>
        Packages is [{ Name: "UnknownPackage" or "UnknownApplication" }] || (Packages.Count > 0 && SignerDigests.Count == 0);
}
