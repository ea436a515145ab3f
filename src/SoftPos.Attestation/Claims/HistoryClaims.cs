using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Claims;

/// <summary>Claims that compare evidence with what the same terminal said before.</summary>
internal static class HistoryClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly Claim Known = Claim.Define(Defined, "history.known", ClaimKind.Flag, "the terminal has been seen before");
    private static readonly Claim OsVersionLowered = Claim.Define(
        Defined, "history.osVersionLowered", ClaimKind.Flag, "operating system version below the highest seen");
    private static readonly Claim OsPatchLowered = Claim.Define(
        Defined, "history.osPatchLowered", ClaimKind.Flag, "OS patch level below the highest seen");
    private static readonly Claim VendorPatchLowered = Claim.Define(
        Defined, "history.vendorPatchLowered", ClaimKind.Flag, "vendor patch level below the highest seen");
    private static readonly Claim BootPatchLowered = Claim.Define(
        Defined, "history.bootPatchLowered", ClaimKind.Flag, "boot patch level below the highest seen");
    private static readonly Claim AppVersionLowered = Claim.Define(
        Defined, "history.appVersionLowered", ClaimKind.Flag, "app version below the highest seen");
    private static readonly Claim BootKeyChanged = Claim.Define(
        Defined, "history.bootKeyChanged", ClaimKind.Flag, "boot key is not the one pinned at first sight");
    private static readonly Claim ModelChanged = Claim.Define(
        Defined, "history.modelChanged", ClaimKind.Flag, "model is not the one of first sight");
    private static readonly Claim SerialSharing = Claim.Define(
        Defined, "history.terminalsOnAttestationKey", ClaimKind.Number, "terminals that used the same factory attestation certificate");
    private static readonly Claim BrandSharing = Claim.Define(
        Defined, "history.brandsOnAttestationKey", ClaimKind.Number, "brands that used the same factory attestation certificate");
    private static readonly Claim RemoteModel = Claim.Define(
        Defined, "history.modelIsRemotelyProvisioned", ClaimKind.Flag, "the model is known for remotely provisioned chains");
    private static readonly Claim Suspended = Claim.Define(
        Defined, "history.attestationSuspended", ClaimKind.Flag, "the status list suspends a certificate of the enrolled chains");
    private static readonly Claim ListAge = Claim.Define(
        Defined, "history.revocationAgeHours", ClaimKind.Number, "age of the status list that enrolled chains are held against, in hours");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    public static void Fill(ClaimSet claims, TerminalHistory history)
    {
        claims.Set(Known, history.IsKnown);
        claims.Set(OsVersionLowered, Lowered(claims["android.osVersion"], history.OsVersion));
        claims.Set(OsPatchLowered, Lowered(claims["android.osPatch"], history.OsPatch) ?? Lowered(claims["sdk.osPatch"], history.OsPatch));
        claims.Set(VendorPatchLowered, Lowered(claims["android.vendorPatch"], history.VendorPatch));
        claims.Set(BootPatchLowered, Lowered(claims["android.bootPatch"], history.BootPatch));
        claims.Set(AppVersionLowered, Lowered(claims["android.app.version"], history.AppVersion));
        claims.Set(BootKeyChanged, Changed(claims["android.rootOfTrust.verifiedBootKey"], history.BootKey));
        claims.Set(ModelChanged, Changed(claims["sdk.model"], history.Model));
        claims.Set(SerialSharing, history.TerminalsOnAttestationKey);
        claims.Set(BrandSharing, history.BrandsOnAttestationKey);
        claims.Set(RemoteModel, history.IsModelRemotelyProvisioned);
    }

    public static void FillRevocation(ClaimSet claims, StatusList? list, StatusEntry? listed, DateTimeOffset time)
    {
        claims.Set(Suspended, list is null ? null : listed?.Status is CertificateStatus.Suspended);
        claims.Set(ListAge, (time - list?.FetchedAt)?.TotalHours);
    }

    private static bool? Lowered(ClaimValue now, double? highest) =>
        now.Kind is ClaimKind.Number && highest is { } mark ? now.Number < mark : null;

    private static bool? Changed(ClaimValue now, string? before) =>
        now.Kind is ClaimKind.Text && before is not null ? !string.Equals(now.Text, before, StringComparison.Ordinal) : null;
}
