using SoftPos.Attestation.Play;

namespace SoftPos.Attestation.Claims;

/// <summary>Claims of a Play Integrity verdict. What the verdict leaves out stays missing: absent is unknown, never good.</summary>
internal static class PlayClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly Claim RequestPackage = Claim.Define(Defined, "play.requestPackageName", ClaimKind.Text, "package that asked");
    private static readonly Claim PackageMatches = Claim.Define(
        Defined, "play.requestPackageMatches", ClaimKind.Flag, "that package is ours");
    private static readonly Claim Bound = Claim.Define(
        Defined, "play.requestMatches", ClaimKind.Flag, "requestHash or nonce is the one that was given out");
    private static readonly Claim Kind = Claim.Define(Defined, "play.kind", ClaimKind.Text, "standard (requestHash) or classic (nonce)");
    private static readonly Claim Age = Claim.Define(
        Defined, "play.ageSeconds", ClaimKind.Number, "age of the verdict; negative is the future");
    private static readonly Claim FirstUse = Claim.Define(Defined, "play.firstUse", ClaimKind.Flag, "the token was not seen before");
    private static readonly Claim Recognition = Claim.Define(
        Defined, "play.appRecognition", ClaimKind.Text, "PLAY_RECOGNIZED, UNRECOGNIZED_VERSION or UNEVALUATED");
    private static readonly Claim Package = Claim.Define(Defined, "play.packageName", ClaimKind.Text, "package that Google saw");
    private static readonly Claim Signers = Claim.Define(
        Defined, "play.signers", ClaimKind.Texts, "SHA-256 of the signing certificates, hex");
    private static readonly Claim Version = Claim.Define(Defined, "play.versionCode", ClaimKind.Number, "version code");
    private static readonly Claim Labels = Claim.Define(
        Defined, "play.deviceVerdicts", ClaimKind.Texts, "labels of the device; empty is failed");
    private static readonly Claim Evaluated = Claim.Define(
        Defined, "play.deviceEvaluated", ClaimKind.Flag, "there is a device verdict, be it an empty one");
    private static readonly Claim Legacy = Claim.Define(
        Defined, "play.legacyDeviceVerdicts", ClaimKind.Texts, "labels by the rules before May 2025");
    private static readonly Claim DeviceWithoutStrong = Claim.Define(
        Defined, "play.deviceWithoutStrong", ClaimKind.Flag, "device integrity, but not strong integrity, on Android 13 or later");
    private static readonly Claim Activity = Claim.Define(
        Defined, "play.recentDeviceActivity", ClaimKind.Text, "LEVEL_1 to LEVEL_4 or UNEVALUATED");
    private static readonly Claim SdkVersion = Claim.Define(Defined, "play.sdkVersion", ClaimKind.Number, "API level that Google saw");
    private static readonly Claim Recall = Claim.Define(
        Defined, "play.deviceRecallBits", ClaimKind.Texts, "device recall bits that are set: first, second, third");
    private static readonly Claim Licence = Claim.Define(Defined, "play.licensing", ClaimKind.Text, "LICENSED, UNLICENSED or UNEVALUATED");
    private static readonly Claim AccountActivity = Claim.Define(
        Defined, "play.accountActivity", ClaimKind.Text, "activity level of the account");
    private static readonly Claim AccessRisk = Claim.Define(
        Defined, "play.appAccessRisk", ClaimKind.Texts, "apps that may see or control the screen; empty is none");
    private static readonly Claim ProtectVerdict = Claim.Define(
        Defined, "play.playProtect", ClaimKind.Text, "NO_ISSUES, NO_DATA, POSSIBLE_RISK, MEDIUM_RISK, HIGH_RISK or UNEVALUATED");
    private static readonly Claim Testing = Claim.Define(
        Defined, "play.testingResponse", ClaimKind.Flag, "an answer that a tester set by hand");
    private static readonly Claim UnknownWords = Claim.Define(
        Defined, "play.unknownWords", ClaimKind.Texts, "values that this library does not know");
    private static readonly Claim AgainstChain = Claim.Define(
        Defined, "contradiction.playAgainstChain", ClaimKind.Flag, "the chain says locked and verified, Play does not vouch for the device");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    /// <summary>API level from which strong integrity asks for recent security updates (Android 13).</summary>
    private const int FirstApiOfStrongUpdates = 33;

    private static readonly string[] Recognitions = ["PLAY_RECOGNIZED", "UNRECOGNIZED_VERSION", "UNEVALUATED"];
    private static readonly string[] DeviceLabels =
        ["MEETS_BASIC_INTEGRITY", "MEETS_DEVICE_INTEGRITY", "MEETS_STRONG_INTEGRITY", "MEETS_VIRTUAL_INTEGRITY"];
    private static readonly string[] Licences = ["LICENSED", "UNLICENSED", "UNEVALUATED"];
    private static readonly string[] ProtectWords = ["NO_ISSUES", "NO_DATA", "POSSIBLE_RISK", "MEDIUM_RISK", "HIGH_RISK", "UNEVALUATED"];
    private static readonly string[] RiskSuffixes = ["_INSTALLED", "_CAPTURING", "_OVERLAYS", "_CONTROLLING"];

    public static void Fill(ClaimSet claims, PlayVerdict verdict, PlayExpectation expected)
    {
        claims.Set(RequestPackage, verdict.RequestPackageName);
        claims.Set(PackageMatches, verdict.RequestPackageName is { } asked && expected.Packages.Contains(asked, StringComparer.Ordinal));
        claims.Set(Kind, verdict.RequestHash is not null ? "standard" : verdict.Nonce is not null ? "classic" : null);
        claims.Set(Bound, expected.Binds(verdict));
        claims.Set(Age, verdict.Timestamp is { } made ? (expected.Time - made).TotalSeconds : null);
        claims.Set(FirstUse, expected.IsFirstUse);
        claims.Set(Recognition, verdict.AppRecognition);
        claims.Set(Package, verdict.PackageName);
        claims.Set(Signers, verdict.SignerDigests);
        claims.Set(Version, verdict.VersionCode);
        FillDevice(claims, verdict);
        claims.Set(Licence, verdict.Licensing);
        claims.Set(AccountActivity, verdict.AccountActivity);
        claims.Set(AccessRisk, verdict.AppsDetected);
        claims.Set(ProtectVerdict, verdict.PlayProtect);
        claims.Set(Testing, verdict.IsTestingResponse);
        claims.Set(UnknownWords, FindUnknown(verdict));
        bool? vouched = verdict.DeviceVerdicts?.Contains("MEETS_DEVICE_INTEGRITY");
        claims.Set(AgainstChain, expected.IsBootVerified is true && vouched is { } good ? !good : null);
    }

    private static void FillDevice(ClaimSet claims, PlayVerdict verdict)
    {
        claims.Set(Evaluated, verdict.HasDeviceIntegrity);
        claims.Set(Labels, verdict.DeviceVerdicts);
        claims.Set(Legacy, verdict.LegacyDeviceVerdicts);
        claims.Set(Activity, verdict.RecentActivity);
        claims.Set(SdkVersion, verdict.SdkVersion);
        claims.Set(Recall, verdict.RecallBits);
        bool? without = verdict.DeviceVerdicts is { } labels && labels.Contains("MEETS_DEVICE_INTEGRITY")
            ? !labels.Contains("MEETS_STRONG_INTEGRITY") && (verdict.SdkVersion is null or >= FirstApiOfStrongUpdates)
            : null;
        claims.Set(DeviceWithoutStrong, without);
    }

    private static string[] FindUnknown(PlayVerdict verdict)
    {
        List<string> unknown = [];
        AddUnknown(unknown, verdict.AppRecognition, Recognitions);
        AddUnknown(unknown, verdict.Licensing, Licences);
        AddUnknown(unknown, verdict.PlayProtect, ProtectWords);
        unknown.AddRange((verdict.DeviceVerdicts ?? []).Where(label => !DeviceLabels.Contains(label)));
        unknown.AddRange((verdict.AppsDetected ?? []).Where(risk =>
            !Array.Exists(RiskSuffixes, suffix => risk.EndsWith(suffix, StringComparison.Ordinal))));
        return [.. unknown];
    }

    private static void AddUnknown(List<string> unknown, string? word, string[] known)
    {
        if (word is not null && !known.Contains(word))
        {
            unknown.Add(word);
        }
    }
}
