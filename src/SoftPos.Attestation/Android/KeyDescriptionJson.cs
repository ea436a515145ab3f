using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Attestation.Android;

/// <summary>
/// A key description as JSON, in the form that the published test chains use: numbers as decimal texts, octets as base64, enumerations
/// by their names, absent tags left out.
/// </summary>
public static class KeyDescriptionJson
{
    /// <summary>Writes all fields.</summary>
    public static JsonObject Of(AndroidKeyDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return new JsonObject
        {
            ["attestationVersion"] = Number((ulong)description.AttestationVersion),
            ["attestationSecurityLevel"] = NameOf(description.AttestationSecurityLevel),
            ["keyMintVersion"] = Number((ulong)description.KeyMintVersion),
            ["keyMintSecurityLevel"] = NameOf(description.KeyMintSecurityLevel),
            ["attestationChallenge"] = Convert.ToBase64String(description.AttestationChallenge.Span),
            ["uniqueId"] = Convert.ToBase64String(description.UniqueId.Span),
            ["softwareEnforced"] = Of(description.SoftwareEnforced),
            ["hardwareEnforced"] = Of(description.HardwareEnforced),
        };
    }

    /// <summary>SOFTWARE, TRUSTED_ENVIRONMENT or STRONG_BOX.</summary>
    public static string NameOf(SecurityLevel level) => level switch
    {
        SecurityLevel.Software => "SOFTWARE",
        SecurityLevel.TrustedEnvironment => "TRUSTED_ENVIRONMENT",
        _ => "STRONG_BOX",
    };

    /// <summary>VERIFIED, SELF_SIGNED, UNVERIFIED or FAILED.</summary>
    public static string NameOf(VerifiedBootState state) => state switch
    {
        VerifiedBootState.Verified => "VERIFIED",
        VerifiedBootState.SelfSigned => "SELF_SIGNED",
        VerifiedBootState.Unverified => "UNVERIFIED",
        _ => "FAILED",
    };

    /// <summary>GENERATED, DERIVED, IMPORTED, RESERVED or SECURELY_IMPORTED.</summary>
    public static string NameOf(KeyOrigin origin) => origin switch
    {
        KeyOrigin.Generated => "GENERATED",
        KeyOrigin.Derived => "DERIVED",
        KeyOrigin.Imported => "IMPORTED",
        KeyOrigin.Unknown => "RESERVED",
        _ => "SECURELY_IMPORTED",
    };

    private static JsonObject Of(AuthorizationList list)
    {
        JsonObject json = [];
        AddUse(json, list);
        AddOrigin(json, list);
        if (list.UnknownTags.Count > 0)
        {
            json["unknownTags"] = new JsonArray([.. list.UnknownTags.Select(unknown => (JsonNode)new JsonObject
            {
                ["tag"] = unknown.Tag,
                ["value"] = Convert.ToBase64String(unknown.Value.Span),
            })]);
        }

        json["areTagsOrdered"] = list.AreTagsOrdered;
        return json;
    }

    private static void AddUse(JsonObject json, AuthorizationList list)
    {
        Add(json, "purposes", list.Purposes);
        Add(json, "algorithms", list.Algorithm);
        Add(json, "keySize", list.KeySize);
        Add(json, "blockModes", list.BlockModes);
        Add(json, "digests", list.Digests);
        Add(json, "paddings", list.Paddings);
        Add(json, "callerNonce", list.CallerNonce);
        Add(json, "minMacLength", list.MinMacLength);
        Add(json, "ecCurve", list.EcCurve);
        Add(json, "mlDsaVariant", list.MlDsaVariant);
        Add(json, "rsaPublicExponent", list.RsaPublicExponent);
        Add(json, "rsaOaepMgfDigests", list.RsaOaepMgfDigests);
        Add(json, "rollbackResistance", list.RollbackResistance);
        Add(json, "earlyBootOnly", list.EarlyBootOnly);
        Add(json, "activeDateTime", list.ActiveDateTime);
        Add(json, "originationExpireDateTime", list.OriginationExpireDateTime);
        Add(json, "usageExpireDateTime", list.UsageExpireDateTime);
        Add(json, "usageCountLimit", list.UsageCountLimit);
        Add(json, "userSecureId", list.UserSecureId);
        Add(json, "noAuthRequired", list.NoAuthRequired);
        Add(json, "userAuthType", list.UserAuthType);
        Add(json, "authTimeout", list.AuthTimeout);
        Add(json, "allowWhileOnBody", list.AllowWhileOnBody);
        Add(json, "trustedUserPresenceRequired", list.TrustedUserPresenceRequired);
        Add(json, "trustedConfirmationRequired", list.TrustedConfirmationRequired);
        Add(json, "unlockedDeviceRequired", list.UnlockedDeviceRequired);
    }

    private static void AddOrigin(JsonObject json, AuthorizationList list)
    {
        Add(json, "allApplications", list.AllApplications);
        Add(json, "applicationId", list.ApplicationId);
        Add(json, "creationDateTime", list.CreationDateTime);
        Add(json, "origin", list.Origin is { } origin ? NameOf(origin) : null);
        Add(json, "rollbackResistant", list.RollbackResistant);
        if (list.RootOfTrust is { } root)
        {
            json["rootOfTrust"] = Of(root);
        }

        Add(json, "osVersion", list.OsVersion);
        Add(json, "osPatchLevel", list.OsPatchLevel?.Raw);
        if (list.AttestationApplicationId is { } app)
        {
            json["attestationApplicationId"] = Of(app);
        }

        Add(json, "attestationIdBrand", list.Brand);
        Add(json, "attestationIdDevice", list.Device);
        Add(json, "attestationIdProduct", list.Product);
        Add(json, "attestationIdSerial", list.Serial);
        Add(json, "attestationIdImei", list.Imei);
        Add(json, "attestationIdMeid", list.Meid);
        Add(json, "attestationIdManufacturer", list.Manufacturer);
        Add(json, "attestationIdModel", list.Model);
        Add(json, "vendorPatchLevel", list.VendorPatchLevel?.Raw);
        Add(json, "bootPatchLevel", list.BootPatchLevel?.Raw);
        Add(json, "deviceUniqueAttestation", list.DeviceUniqueAttestation);
        Add(json, "identityCredentialKey", list.IdentityCredentialKey);
        Add(json, "attestationIdSecondImei", list.SecondImei);
        Add(json, "moduleHash", list.ModuleHash);
    }

    private static JsonObject Of(RootOfTrust root)
    {
        JsonObject json = new()
        {
            ["verifiedBootKey"] = Convert.ToBase64String(root.VerifiedBootKey.Span),
            ["deviceLocked"] = root.DeviceLocked,
            ["verifiedBootState"] = NameOf(root.VerifiedBootState),
        };
        Add(json, "verifiedBootHash", root.VerifiedBootHash);
        return json;
    }

    private static JsonObject Of(AttestationApplicationId app) => new()
    {
        ["packages"] = new JsonArray([.. app.Packages.Select(package => (JsonNode)new JsonObject
        {
            ["name"] = package.Name,
            ["version"] = Number(package.Version),
        })]),
        ["signatures"] = new JsonArray([.. app.SignerDigests.Select(digest => (JsonNode)Convert.ToBase64String(digest.Span))]),
    };

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Add(JsonObject json, string name, IReadOnlyList<int>? values)
    {
        if (values is not null)
        {
            json[name] = new JsonArray([.. values.Select(value => (JsonNode)value.ToString(CultureInfo.InvariantCulture))]);
        }
    }

    private static void Add(JsonObject json, string name, ulong? value)
    {
        if (value is { } number)
        {
            json[name] = Number(number);
        }
    }

    private static void Add(JsonObject json, string name, bool present)
    {
        if (present)
        {
            json[name] = true;
        }
    }

    private static void Add(JsonObject json, string name, string? text)
    {
        if (text is not null)
        {
            json[name] = text;
        }
    }

    private static void Add(JsonObject json, string name, ReadOnlyMemory<byte>? octets)
    {
        if (octets is { } bytes)
        {
            json[name] = Convert.ToBase64String(bytes.Span);
        }
    }
}
