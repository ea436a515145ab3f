using SoftPos.Attestation.Android;

namespace SoftPos.Attestation.Claims;

/// <summary>Claims of an Android key attestation.</summary>
internal static class AndroidClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly Claim ChainKind = Claim.Define(
        Defined, "android.chain.kind", ClaimKind.Text, "factory, remote, software or none");
    private static readonly Claim ChainLength = Claim.Define(Defined, "android.chain.length", ClaimKind.Number, "certificates received");
    private static readonly Claim RootOmitted = Claim.Define(
        Defined, "android.chain.rootOmitted", ClaimKind.Flag, "the root did not come along");
    private static readonly Claim AnchorLabel = Claim.Define(
        Defined, "android.chain.anchor", ClaimKind.Text, "key that the chain ends in");
    private static readonly Claim Sandbox = Claim.Define(Defined, "android.chain.sandbox", ClaimKind.Flag, "the chain ends in a lab root");
    private static readonly Claim ChainLevel = Claim.Define(
        Defined, "android.chain.level", ClaimKind.Text, "level that the attestation certificate names: TRUSTED_ENVIRONMENT or STRONG_BOX");
    private static readonly Claim AttestationSerial = Claim.Define(
        Defined, "android.chain.attestationSerial", ClaimKind.Text, "serial of the attestation certificate, hex");
    private static readonly Claim Issued = Claim.Define(
        Defined, "android.provisioning.certificatesIssued", ClaimKind.Number, "certificates issued to the phone in about 30 days");
    private static readonly Claim ProvisioningMaker = Claim.Define(
        Defined, "android.provisioning.manufacturer", ClaimKind.Text, "maker by the provisioning server");
    private static readonly Claim RevocationChecked = Claim.Define(
        Defined, "android.revocation.checked", ClaimKind.Flag, "a status list was at hand");
    private static readonly Claim RevocationAge = Claim.Define(
        Defined, "android.revocation.ageHours", ClaimKind.Number, "age of the status list in hours");
    private static readonly Claim ChallengeMatches = Claim.Define(
        Defined, "android.challenge.matches", ClaimKind.Flag, "the attested challenge is ours");
    private static readonly Claim Version = Claim.Define(Defined, "android.attestationVersion", ClaimKind.Number, "version of the schema");
    private static readonly Claim VersionKnown = Claim.Define(
        Defined, "android.attestationVersionKnown", ClaimKind.Flag, "the version is published");
    private static readonly Claim KeyMint = Claim.Define(
        Defined, "android.keyMintVersion", ClaimKind.Number, "version of Keymaster or KeyMint");
    private static readonly Claim Level = Claim.Define(
        Defined, "android.securityLevel", ClaimKind.Text, "proven level: SOFTWARE, TRUSTED_ENVIRONMENT or STRONG_BOX");
    private static readonly Claim Ordered = Claim.Define(Defined, "android.tagsOrdered", ClaimKind.Flag, "tags stand in canonical order");
    private static readonly Claim UnknownTags = Claim.Define(
        Defined, "android.unknownTags", ClaimKind.Number, "tags outside the published schema");
    private static readonly Claim KeyKind = Claim.Define(
        Defined, "android.key.kind", ClaimKind.Text, "kind of the attested key: P256, P384, Rsa, MlDsa …");
    private static readonly Claim KeyBits = Claim.Define(
        Defined, "android.key.bits", ClaimKind.Number, "size of the attested key in bits");
    private static readonly Claim Purposes = Claim.Define(
        Defined, "android.key.purposes", ClaimKind.Texts, "encrypt, decrypt, sign, verify, wrap, agree, attest");
    private static readonly Claim Digests = Claim.Define(
        Defined, "android.key.digests", ClaimKind.Texts, "none, md5, sha1, sha224, sha256, sha384, sha512");
    private static readonly Claim Origin = Claim.Define(
        Defined, "android.key.origin", ClaimKind.Text, "GENERATED, DERIVED, IMPORTED, RESERVED or SECURELY_IMPORTED, by the hardware");
    private static readonly Claim AllApplications = Claim.Define(
        Defined, "android.key.allApplications", ClaimKind.Flag, "every app may use the key");
    private static readonly Claim EarlyBootOnly = Claim.Define(Defined, "android.key.earlyBootOnly", ClaimKind.Flag, "a system key");
    private static readonly Claim IdentityKey = Claim.Define(
        Defined, "android.key.identityCredential", ClaimKind.Flag, "a mobile document key");
    private static readonly Claim DeviceUnique = Claim.Define(
        Defined, "android.key.deviceUnique", ClaimKind.Flag, "attested under a per-device key");
    private static readonly Claim NoAuth = Claim.Define(Defined, "android.key.noAuthRequired", ClaimKind.Flag, "usable without the user");
    private static readonly Claim RootPresent = Claim.Define(
        Defined, "android.rootOfTrust.present", ClaimKind.Flag, "the hardware says how the phone booted");
    private static readonly Claim Locked = Claim.Define(
        Defined, "android.rootOfTrust.deviceLocked", ClaimKind.Flag, "the boot loader is locked");
    private static readonly Claim LockState = Claim.Define(Defined, "android.rootOfTrust.lockState", ClaimKind.Text, "locked or unlocked");
    private static readonly Claim BootState = Claim.Define(
        Defined, "android.rootOfTrust.verifiedBootState", ClaimKind.Text, "VERIFIED, SELF_SIGNED, UNVERIFIED or FAILED");
    private static readonly Claim BootKey = Claim.Define(
        Defined, "android.rootOfTrust.verifiedBootKey", ClaimKind.Text, "hash of the boot key, hex");
    private static readonly Claim BootHash = Claim.Define(
        Defined, "android.rootOfTrust.verifiedBootHash", ClaimKind.Text, "digest of the verified system, hex");
    private static readonly Claim BootKeyEmpty = Claim.Define(
        Defined, "android.rootOfTrust.bootKeyEmpty", ClaimKind.Flag, "the boot key is nothing but zeros");
    private static readonly Claim BootContradicts = Claim.Define(
        Defined, "android.rootOfTrust.contradictsItself", ClaimKind.Flag, "lock and boot state exclude each other");
    private static readonly Claim OsVersion = Claim.Define(
        Defined, "android.osVersion", ClaimKind.Number, "operating system version as MMmmss");
    private static readonly Claim OsPatch = Claim.Define(
        Defined, "android.osPatch", ClaimKind.Number, "OS patch level as YYYYMM; missing when unknown");
    private static readonly Claim OsPatchAge = Claim.Define(
        Defined, "android.osPatchAgeMonths", ClaimKind.Number, "months since the OS patch level; negative is the future");
    private static readonly Claim VendorPatch = Claim.Define(
        Defined, "android.vendorPatch", ClaimKind.Number, "vendor patch level as YYYYMM; missing when unknown");
    private static readonly Claim VendorPatchAge = Claim.Define(
        Defined, "android.vendorPatchAgeMonths", ClaimKind.Number, "months since the vendor patch level");
    private static readonly Claim BootPatch = Claim.Define(
        Defined, "android.bootPatch", ClaimKind.Number, "boot patch level as YYYYMM; missing when unknown");
    private static readonly Claim BootPatchAge = Claim.Define(
        Defined, "android.bootPatchAgeMonths", ClaimKind.Number, "months since the boot patch level");
    private static readonly Claim AppPresent = Claim.Define(Defined, "android.app.present", ClaimKind.Flag, "the system names the app");
    private static readonly Claim AppUnavailable = Claim.Define(
        Defined, "android.app.unavailable", ClaimKind.Flag, "the system could not name the app; a restart cures it");
    private static readonly Claim Packages = Claim.Define(Defined, "android.app.packages", ClaimKind.Texts, "packages that share the key");
    private static readonly Claim PackageCount = Claim.Define(
        Defined, "android.app.packageCount", ClaimKind.Number, "packages that share the key");
    private static readonly Claim AppVersion = Claim.Define(
        Defined, "android.app.version", ClaimKind.Number, "lowest version code of these packages");
    private static readonly Claim Signers = Claim.Define(
        Defined, "android.app.signers", ClaimKind.Texts, "SHA-256 of the signing certificates, hex");
    private static readonly Claim Brand = Claim.Define(Defined, "android.id.brand", ClaimKind.Text, "attested brand");
    private static readonly Claim Device = Claim.Define(Defined, "android.id.device", ClaimKind.Text, "attested device");
    private static readonly Claim Manufacturer = Claim.Define(Defined, "android.id.manufacturer", ClaimKind.Text, "attested maker");
    private static readonly Claim Model = Claim.Define(Defined, "android.id.model", ClaimKind.Text, "attested model");
    private static readonly Claim CreationSkew = Claim.Define(
        Defined, "android.creationSkewSeconds", ClaimKind.Number, "creation time of the key by the phone, less our time");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    public static void Fill(ClaimSet claims, AndroidAttestation attestation)
    {
        FillChain(claims, attestation);
        if (attestation.Description is not { } description)
        {
            return;
        }

        AuthorizationList hardware = description.HardwareEnforced;
        claims.Set(ChallengeMatches, attestation.IsChallengeOurs);
        claims.Set(Version, description.AttestationVersion);
        claims.Set(VersionKnown, AndroidKeyDescription.KnownVersions.Contains(description.AttestationVersion));
        claims.Set(KeyMint, description.KeyMintVersion);
        claims.Set(Level, attestation.Level is { } level ? KeyDescriptionJson.NameOf(level) : null);
        claims.Set(Ordered, hardware.AreTagsOrdered && description.SoftwareEnforced.AreTagsOrdered);
        claims.Set(UnknownTags, hardware.UnknownTags.Count + description.SoftwareEnforced.UnknownTags.Count);
        FillKey(claims, attestation, description);
        FillRoot(claims, hardware.RootOfTrust);
        FillPatches(claims, hardware, attestation.VerifiedAt);
        FillApp(claims, description.SoftwareEnforced.AttestationApplicationId ?? hardware.AttestationApplicationId);
        claims.Set(Brand, hardware.Brand);
        claims.Set(Device, hardware.Device);
        claims.Set(Manufacturer, hardware.Manufacturer);
        claims.Set(Model, hardware.Model);
        ulong? created = description.SoftwareEnforced.CreationDateTime ?? hardware.CreationDateTime;
        claims.Set(CreationSkew, created is { } milliseconds ? (milliseconds / 1000.0) - attestation.VerifiedAt.ToUnixTimeSeconds() : null);
    }

    private static void FillChain(ClaimSet claims, AndroidAttestation attestation)
    {
        claims.Set(ChainKind, attestation.Kind.ToString().ToLowerInvariant());
        claims.Set(ChainLength, attestation.Certificates.Count);
        claims.Set(RootOmitted, attestation.IsRootOmitted);
        claims.Set(AnchorLabel, attestation.Anchor?.Label);
        claims.Set(Sandbox, attestation.Anchor?.IsSandbox);
        claims.Set(ChainLevel, attestation.ChainLevel is { } level ? KeyDescriptionJson.NameOf(level) : null);
        claims.Set(AttestationSerial, attestation.Certificates.Count > 1 ? attestation.Certificates[1].SerialHex : null);
        claims.Set(Issued, attestation.Provisioning?.CertificatesIssued);
        claims.Set(ProvisioningMaker, attestation.Provisioning?.Manufacturer);
        claims.Set(RevocationChecked, attestation.IsRevocationChecked);
        claims.Set(RevocationAge, attestation.StatusListAge?.TotalHours);
    }

    private static void FillKey(ClaimSet claims, AndroidAttestation attestation, AndroidKeyDescription description)
    {
        AuthorizationList hardware = description.HardwareEnforced;
        claims.Set(KeyKind, attestation.Key?.Kind.ToString());
        claims.Set(KeyBits, attestation.Key?.Bits);
        claims.Set(Purposes, hardware.Purposes?.Select(PurposeName).ToArray());
        claims.Set(Digests, hardware.Digests?.Select(DigestName).ToArray());
        claims.Set(Origin, hardware.Origin is { } origin ? KeyDescriptionJson.NameOf(origin) : null);
        claims.Set(AllApplications, hardware.AllApplications || description.SoftwareEnforced.AllApplications);
        claims.Set(EarlyBootOnly, hardware.EarlyBootOnly || description.SoftwareEnforced.EarlyBootOnly);
        claims.Set(IdentityKey, hardware.IdentityCredentialKey || description.SoftwareEnforced.IdentityCredentialKey);
        claims.Set(DeviceUnique, hardware.DeviceUniqueAttestation || description.SoftwareEnforced.DeviceUniqueAttestation);
        claims.Set(NoAuth, hardware.NoAuthRequired);
    }

    /// <summary>Only the hardware's word counts; a root of trust in the software list is treated as missing.</summary>
    private static void FillRoot(ClaimSet claims, RootOfTrust? root)
    {
        claims.Set(RootPresent, root is not null);
        if (root is null)
        {
            return;
        }

        claims.Set(Locked, root.DeviceLocked);
        claims.Set(LockState, root.DeviceLocked ? "locked" : "unlocked");
        claims.Set(BootState, KeyDescriptionJson.NameOf(root.VerifiedBootState));
        claims.Set(BootKey, Convert.ToHexStringLower(root.VerifiedBootKey.Span));
        claims.Set(BootHash, root.VerifiedBootHash is { } hash ? Convert.ToHexStringLower(hash.Span) : null);
        claims.Set(BootKeyEmpty, root.HasNoBootKey);
        claims.Set(BootContradicts, root.ContradictsItself);
    }

    private static void FillPatches(ClaimSet claims, AuthorizationList hardware, DateTimeOffset time)
    {
        claims.Set(OsVersion, hardware.OsVersion);
        claims.Set(OsPatch, hardware.OsPatchLevel?.Month);
        claims.Set(OsPatchAge, hardware.OsPatchLevel?.AgeInMonths(time));
        claims.Set(VendorPatch, hardware.VendorPatchLevel?.Month);
        claims.Set(VendorPatchAge, hardware.VendorPatchLevel?.AgeInMonths(time));
        claims.Set(BootPatch, hardware.BootPatchLevel?.Month);
        claims.Set(BootPatchAge, hardware.BootPatchLevel?.AgeInMonths(time));
    }

    private static void FillApp(ClaimSet claims, AttestationApplicationId? app)
    {
        claims.Set(AppPresent, app is not null);
        if (app is null)
        {
            return;
        }

        claims.Set(AppUnavailable, app.IsUnavailable);
        claims.Set(Packages, app.Packages.Select(package => package.Name).ToArray());
        claims.Set(PackageCount, app.Packages.Count);
        claims.Set(AppVersion, app.Packages.Count == 0 ? null : app.Packages.Min(package => package.Version));
        claims.Set(Signers, app.SignerDigests.Select(digest => Convert.ToHexStringLower(digest.Span)).ToArray());
    }

    private static string PurposeName(int purpose) => purpose switch
    {
        0 => "encrypt",
        1 => "decrypt",
        2 => "sign",
        3 => "verify",
        5 => "wrap",
        6 => "agree",
        7 => "attest",
        _ => $"purpose-{purpose}",
    };

    private static string DigestName(int digest) => digest switch
    {
        0 => "none",
        1 => "md5",
        2 => "sha1",
        3 => "sha224",
        4 => "sha256",
        5 => "sha384",
        6 => "sha512",
        _ => $"digest-{digest}",
    };
}
