namespace SoftPos.Attestation.Android;

/// <summary>A tag that the published schema does not name.</summary>
/// <param name="Tag">Tag number.</param>
/// <param name="Value">DER of what it holds.</param>
public sealed record UnknownTag(int Tag, ReadOnlyMemory<byte> Value);

/// <summary>One AuthorizationList of a key description; a property is null (or false) when the tag is absent.</summary>
public sealed record AuthorizationList
{
    /// <summary>1: what the key may do (0 encrypt, 1 decrypt, 2 sign, 3 verify, 5 wrap, 6 agree, 7 attest).</summary>
    public IReadOnlyList<int>? Purposes { get; internal set; }

    /// <summary>2: 1 RSA, 3 EC, 32 AES, 33 3DES, 128 HMAC.</summary>
    public ulong? Algorithm { get; internal set; }

    /// <summary>3: bits.</summary>
    public ulong? KeySize { get; internal set; }

    /// <summary>4: symmetric only.</summary>
    public IReadOnlyList<int>? BlockModes { get; internal set; }

    /// <summary>5: 0 none, 1 MD5, 2 SHA-1, 3 to 6 SHA-224 to SHA-512.</summary>
    public IReadOnlyList<int>? Digests { get; internal set; }

    /// <summary>6: 1 none, 2 OAEP, 3 PSS, 4 and 5 PKCS #1, 64 PKCS #7.</summary>
    public IReadOnlyList<int>? Paddings { get; internal set; }

    /// <summary>7.</summary>
    public bool CallerNonce { get; internal set; }

    /// <summary>8: bits.</summary>
    public ulong? MinMacLength { get; internal set; }

    /// <summary>10: 0 P-224, 1 P-256, 2 P-384, 3 P-521, 4 Curve25519.</summary>
    public ulong? EcCurve { get; internal set; }

    /// <summary>11.</summary>
    public ulong? MlDsaVariant { get; internal set; }

    /// <summary>200.</summary>
    public ulong? RsaPublicExponent { get; internal set; }

    /// <summary>203.</summary>
    public IReadOnlyList<int>? RsaOaepMgfDigests { get; internal set; }

    /// <summary>303: a deleted key is gone for good.</summary>
    public bool RollbackResistance { get; internal set; }

    /// <summary>305: usable only while the phone boots; no app has such a key.</summary>
    public bool EarlyBootOnly { get; internal set; }

    /// <summary>400: milliseconds since 1970.</summary>
    public ulong? ActiveDateTime { get; internal set; }

    /// <summary>401: milliseconds since 1970.</summary>
    public ulong? OriginationExpireDateTime { get; internal set; }

    /// <summary>402: milliseconds since 1970.</summary>
    public ulong? UsageExpireDateTime { get; internal set; }

    /// <summary>405.</summary>
    public ulong? UsageCountLimit { get; internal set; }

    /// <summary>502.</summary>
    public ulong? UserSecureId { get; internal set; }

    /// <summary>503: usable without the user.</summary>
    public bool NoAuthRequired { get; internal set; }

    /// <summary>504: bits, 1 password, 2 biometric.</summary>
    public ulong? UserAuthType { get; internal set; }

    /// <summary>505: seconds.</summary>
    public ulong? AuthTimeout { get; internal set; }

    /// <summary>506.</summary>
    public bool AllowWhileOnBody { get; internal set; }

    /// <summary>507.</summary>
    public bool TrustedUserPresenceRequired { get; internal set; }

    /// <summary>508.</summary>
    public bool TrustedConfirmationRequired { get; internal set; }

    /// <summary>509.</summary>
    public bool UnlockedDeviceRequired { get; internal set; }

    /// <summary>600: every app may use the key.</summary>
    public bool AllApplications { get; internal set; }

    /// <summary>601.</summary>
    public ReadOnlyMemory<byte>? ApplicationId { get; internal set; }

    /// <summary>701: milliseconds since 1970 by the phone's clock.</summary>
    public ulong? CreationDateTime { get; internal set; }

    /// <summary>702.</summary>
    public KeyOrigin? Origin { get; internal set; }

    /// <summary>703: the old form of 303.</summary>
    public bool RollbackResistant { get; internal set; }

    /// <summary>704.</summary>
    public RootOfTrust? RootOfTrust { get; internal set; }

    /// <summary>705: MMmmss in decimal, 140000 is Android 14.</summary>
    public ulong? OsVersion { get; internal set; }

    /// <summary>706.</summary>
    public PatchLevel? OsPatchLevel { get; internal set; }

    /// <summary>709.</summary>
    public AttestationApplicationId? AttestationApplicationId { get; internal set; }

    /// <summary>710.</summary>
    public string? Brand { get; internal set; }

    /// <summary>711.</summary>
    public string? Device { get; internal set; }

    /// <summary>712.</summary>
    public string? Product { get; internal set; }

    /// <summary>713.</summary>
    public string? Serial { get; internal set; }

    /// <summary>714.</summary>
    public string? Imei { get; internal set; }

    /// <summary>715.</summary>
    public string? Meid { get; internal set; }

    /// <summary>716.</summary>
    public string? Manufacturer { get; internal set; }

    /// <summary>717.</summary>
    public string? Model { get; internal set; }

    /// <summary>718.</summary>
    public PatchLevel? VendorPatchLevel { get; internal set; }

    /// <summary>719.</summary>
    public PatchLevel? BootPatchLevel { get; internal set; }

    /// <summary>720: the key is attested under a per-device key.</summary>
    public bool DeviceUniqueAttestation { get; internal set; }

    /// <summary>721: a mobile document key.</summary>
    public bool IdentityCredentialKey { get; internal set; }

    /// <summary>723.</summary>
    public string? SecondImei { get; internal set; }

    /// <summary>724: SHA-256 over the list of APEX modules.</summary>
    public ReadOnlyMemory<byte>? ModuleHash { get; internal set; }

    /// <summary>Tags outside the published schema, as found.</summary>
    public IReadOnlyList<UnknownTag> UnknownTags { get; internal set; } = [];

    /// <summary>Whether tags stood in ascending order, as DER demands and some makers forget.</summary>
    public bool AreTagsOrdered { get; internal set; } = true;
}
