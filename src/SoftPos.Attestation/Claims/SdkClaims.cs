using System.Security.Cryptography;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Attestation.Claims;

/// <summary>Claims of the terminal's own evidence.</summary>
internal static class SdkClaims
{
    private static readonly List<Claim> Defined = [];
    private static readonly IReadOnlyList<string> NoTexts = [];
    private static readonly string[] PurposeWords = [.. Enum.GetNames<ChallengePurpose>().Select(word => word.ToLowerInvariant())];

    private static readonly Claim SdkVersion = Claim.Define(Defined, "sdk.version", ClaimKind.Text, "version of the SDK");
    private static readonly Claim SdkVersionNumber = Claim.Define(
        Defined, "sdk.versionNumber", ClaimKind.Number, "version of the SDK as major x 1000000 + minor x 1000 + patch");
    private static readonly Claim Package = Claim.Define(Defined, "sdk.package", ClaimKind.Text, "package name");
    private static readonly Claim Signer = Claim.Define(Defined, "sdk.signer", ClaimKind.Text, "SHA-256 of the signing certificate, hex");
    private static readonly Claim Installer = Claim.Define(
        Defined, "sdk.installer", ClaimKind.Text, "package that installed the app; empty when unknown");
    private static readonly Claim Model = Claim.Define(Defined, "sdk.model", ClaimKind.Text, "brand and model");
    private static readonly Claim OsVersion = Claim.Define(Defined, "sdk.osVersion", ClaimKind.Text, "operating system version");
    private static readonly Claim OsPatch = Claim.Define(
        Defined, "sdk.osPatch", ClaimKind.Number, "OS patch level as YYYYMM; missing when unknown");
    private static readonly Claim OsPatchAge = Claim.Define(
        Defined, "sdk.osPatchAgeMonths", ClaimKind.Number, "months since the OS patch level");
    private static readonly Claim ClockSkew = Claim.Define(
        Defined, "sdk.clockSkewSeconds", ClaimKind.Number, "clock of the phone less ours, in seconds");
    private static readonly Claim BuildEpoch = Claim.Define(
        Defined, "sdk.buildEpoch", ClaimKind.Number, "epoch that the release stamped into the app; missing for a build without a stamp");
    private static readonly Claim BuildDaysLeft = Claim.Define(
        Defined, "sdk.buildDaysLeft", ClaimKind.Number, "days until the build expires, by our clock; below 0 when it has; missing without a stamp");
    private static readonly Claim NonceMatches = Claim.Define(
        Defined, "sdk.nonceMatches", ClaimKind.Flag, "the nonce is the one that was redeemed");
    private static readonly Claim TerminalMatches = Claim.Define(
        Defined, "sdk.terminalMatches", ClaimKind.Flag, "the evidence is by the terminal that signed it");
    private static readonly Claim SequenceStep = Claim.Define(
        Defined, "sdk.sequenceStep", ClaimKind.Number, "sequence number less the last accepted one; 1 is right");
    private static readonly Claim Purpose = Claim.Define(Defined, "sdk.purpose", ClaimKind.Text, "enrolment, heartbeat, tap or pin");
    private static readonly Claim OrderCorrect = Claim.Define(
        Defined, "sdk.orderCorrect", ClaimKind.Flag, "measurements stand in the order that the seed demands");
    private static readonly Claim ChainCorrect = Claim.Define(
        Defined, "sdk.chainCorrect", ClaimKind.Flag, "the measurement chain is the one of seed and results");
    private static readonly Claim Missing = Claim.Define(
        Defined, "sdk.missingProbes", ClaimKind.Texts, "demanded probes that did not report");
    private static readonly Claim Unavailable = Claim.Define(
        Defined, "sdk.unavailableProbes", ClaimKind.Texts, "probes that could not run");
    private static readonly Claim Unknown = Claim.Define(
        Defined, "sdk.unknownProbes", ClaimKind.Texts, "probes that this release does not know");
    private static readonly Claim Found = Claim.Define(Defined, "sdk.foundProbes", ClaimKind.Texts, "probes that found something");
    private static readonly Claim FoundGroups = Claim.Define(Defined, "sdk.foundGroups", ClaimKind.Texts, "groups of these probes");
    private static readonly Claim PatchDiffers = Claim.Define(
        Defined, "contradiction.osPatch", ClaimKind.Flag, "the phone says another OS patch than its hardware attested");
    private static readonly Claim ModelDiffers = Claim.Define(
        Defined, "contradiction.model", ClaimKind.Flag, "the phone says another model than its hardware attested");
    private static readonly Claim SignerDiffers = Claim.Define(
        Defined, "contradiction.signer", ClaimKind.Flag, "the phone says another signer than its hardware attested");
    private static readonly Claim RootOnLocked = Claim.Define(
        Defined, "contradiction.rootOnLockedBoot", ClaimKind.Flag, "traces of root although the hardware says locked and verified");
    private static readonly Claim BootDiffers = Claim.Define(
        Defined, "contradiction.bootProperties", ClaimKind.Flag, "boot properties are bad although the hardware says locked and verified");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    public static void Fill(ClaimSet claims, SdkEvidence evidence)
    {
        EvidenceClaims said = evidence.Claims;
        claims.Set(SdkVersion, said.SdkVersion);
        claims.Set(SdkVersionNumber, NumberOf(said.SdkVersion));
        claims.Set(Package, said.Package);
        claims.Set(Signer, Convert.ToHexStringLower(said.SignerDigest));
        claims.Set(Installer, said.Installer);
        claims.Set(Model, said.Model);
        claims.Set(OsVersion, said.OsVersion);
        PatchLevel patch = PatchLevel.From((ulong)Math.Max(said.OsPatch, 0));
        claims.Set(OsPatch, patch.Month);
        claims.Set(OsPatchAge, patch.AgeInMonths(evidence.Time));
        claims.Set(ClockSkew, (said.DeviceTime - evidence.Time).TotalSeconds);
        claims.Set(NonceMatches, CryptographicOperations.FixedTimeEquals(said.Nonce, evidence.Nonce));
        claims.Set(TerminalMatches, said.TerminalId == evidence.TerminalId);
        claims.Set(SequenceStep, (double)said.Sequence - evidence.LastSequence);
        claims.Set(Purpose, PurposeWords[(int)said.Purpose]);
        FillMeasurements(claims, evidence);
        HealthClaims.Fill(claims, said.Health);
        FillBuild(claims, evidence);
    }

    /// <summary>What phone and hardware say of the same thing; needs the enrolment's claims beside the phone's.</summary>
    public static void FillContradictions(ClaimSet claims, EnrolledFacts enrolled)
    {
        ClaimValue found = claims["sdk.foundGroups"];
        bool? isGood = enrolled.IsBootVerified;
        claims.Set(RootOnLocked, isGood is true && found.Kind is ClaimKind.Texts ? found.Texts.Contains("root") : null);
        claims.Set(BootDiffers, isGood is true && found.Kind is ClaimKind.Texts ? found.Texts.Contains("boot") : null);
        ClaimValue patch = claims["sdk.osPatch"];
        claims.Set(PatchDiffers, enrolled.OsPatch is { } attested && patch.Kind is ClaimKind.Number ? patch.Number < attested : null);
        ClaimValue signer = claims["sdk.signer"];
        claims.Set(SignerDiffers, enrolled.Signers.Count > 0 && signer.Kind is ClaimKind.Text ? !enrolled.Signers.Contains(signer.Text) : null);
        ClaimValue model = claims["sdk.model"];
        bool comparable = enrolled.Model is not null && model.Kind is ClaimKind.Text;
        claims.Set(ModelDiffers, comparable ? !model.Text.Contains(enrolled.Model!, StringComparison.OrdinalIgnoreCase) : null);
    }

    /// <summary>The stamp comes among the health figures: a day is a number of days since 1970, and the phone's own clock has no say.</summary>
    private static void FillBuild(ClaimSet claims, SdkEvidence evidence)
    {
        IReadOnlyDictionary<string, double> figures = evidence.Claims.Health;
        if (figures.TryGetValue("buildEpoch", out double epoch) && figures.TryGetValue("buildExpiryDays", out double expiry))
        {
            claims.Set(BuildEpoch, epoch);
            claims.Set(BuildDaysLeft, expiry - Math.Floor((evidence.Time - DateTimeOffset.UnixEpoch).TotalDays));
        }
    }

    private static void FillMeasurements(ClaimSet claims, SdkEvidence evidence)
    {
        IReadOnlyList<Measurement> measurements = evidence.Claims.Measurements;
        claims.Set(OrderCorrect, MeasurementOrder.IsKept(measurements, evidence.Seed));
        claims.Set(ChainCorrect, CryptographicOperations.FixedTimeEquals(
            MeasurementOrder.Chain(measurements, evidence.Seed), evidence.Claims.MeasurementChain));
        ProbeClaims.Fill(claims, measurements);
        List<string>? unavailable = null, unknown = null, found = null, groups = null;
        for (int i = 0; i < measurements.Count; i++)
        {
            string probe = measurements[i].Probe;
            if (!ProbeClaims.IsKnown(probe))
            {
                (unknown ??= []).Add(probe);
            }

            if (measurements[i].Result is MeasurementResult.Unavailable)
            {
                (unavailable ??= []).Add(probe);
            }
            else if (measurements[i].Result is MeasurementResult.Found)
            {
                (found ??= []).Add(probe);
                string group = GroupOf(probe);
                if (groups?.Contains(group) is not true)
                {
                    (groups ??= []).Add(group);
                }
            }
        }

        claims.Set(Missing, MissingOf(claims, evidence.RequiredProbes));
        claims.Set(Unavailable, unavailable ?? NoTexts);
        claims.Set(Unknown, unknown ?? NoTexts);
        claims.Set(Found, found ?? NoTexts);
        claims.Set(FoundGroups, groups ?? NoTexts);
    }

    /// <summary>A demanded probe is one that this release knows, so what was measured of it is a claim already.</summary>
    private static IReadOnlyList<string> MissingOf(ClaimSet claims, IReadOnlyList<string> required)
    {
        List<string>? missing = null;
        for (int i = 0; i < required.Count; i++)
        {
            if (!ProbeClaims.IsMeasured(claims, required[i]))
            {
                (missing ??= []).Add(required[i]);
            }
        }

        return missing ?? NoTexts;
    }

    private static string GroupOf(string probe) => probe.IndexOf('.', StringComparison.Ordinal) is > 0 and int dot ? probe[..dot] : probe;

    /// <summary>Major, minor and patch as one number, so that a policy can ask for a minimum; missing when it is no such version.</summary>
    private static double? NumberOf(string version) =>
        System.Version.TryParse(version.AsSpan(0, version.AsSpan().IndexOfAny('-', '+') is >= 0 and int end ? end : version.Length), out Version? parsed)
            ? (parsed.Major * 1_000_000.0) + (parsed.Minor * 1_000.0) + Math.Max(parsed.Build, 0)
            : null;
}
