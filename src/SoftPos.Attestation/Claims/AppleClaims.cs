using SoftPos.Attestation.Apple;

namespace SoftPos.Attestation.Claims;

/// <summary>Claims of Apple App Attest.</summary>
internal static class AppleClaims
{
    private static readonly List<Claim> Defined = [];

    private static readonly Claim Environment = Claim.Define(Defined, "apple.environment", ClaimKind.Text, "production or development");
    private static readonly Claim EnvironmentMatches = Claim.Define(
        Defined, "apple.environmentMatches", ClaimKind.Flag, "the environment is the one that is asked for");
    private static readonly Claim Counter = Claim.Define(Defined, "apple.counter", ClaimKind.Number, "counter of the authenticator data");
    private static readonly Claim CounterRises = Claim.Define(
        Defined, "apple.counterRises", ClaimKind.Flag, "an attestation counts 0; an assertion counts more than the last one");
    private static readonly Claim KeyId = Claim.Define(Defined, "apple.keyId", ClaimKind.Text, "key identifier, hex");
    private static readonly Claim OsVersion = Claim.Define(
        Defined, "apple.osVersion", ClaimKind.Text, "operating system version by the certificate");
    private static readonly Claim ReceiptType = Claim.Define(Defined, "apple.receipt.type", ClaimKind.Text, "ATTEST or RECEIPT");
    private static readonly Claim ReceiptAge = Claim.Define(Defined, "apple.receipt.ageSeconds", ClaimKind.Number, "age of the receipt");
    private static readonly Claim ReceiptExpired = Claim.Define(
        Defined, "apple.receipt.expired", ClaimKind.Flag, "the receipt is past its expiration");
    private static readonly Claim RiskMetric = Claim.Define(
        Defined, "apple.receipt.riskMetric", ClaimKind.Number, "attested keys of the device in 30 days");

    /// <summary>In the order of definition.</summary>
    public static IReadOnlyList<Claim> Catalogue => Defined;

    public static void Fill(ClaimSet claims, AppAttestation attestation)
    {
        claims.Set(Environment, attestation.Environment);
        claims.Set(EnvironmentMatches, attestation.IsEnvironmentExpected);
        claims.Set(Counter, attestation.Counter);
        claims.Set(CounterRises, attestation.Counter is { } counter ? counter == 0 : null);
        claims.Set(KeyId, attestation.KeyId is { } keyId ? Convert.ToHexStringLower(keyId.Span) : null);
        claims.Set(OsVersion, attestation.OsVersion);
    }

    public static void Fill(ClaimSet claims, AppAssertion assertion)
    {
        claims.Set(Counter, assertion.Counter);
        claims.Set(CounterRises, assertion.CounterRises);
    }

    public static void Fill(ClaimSet claims, AppReceipt receipt, DateTimeOffset time)
    {
        claims.Set(ReceiptType, receipt.Type);
        claims.Set(ReceiptAge, receipt.CreationTime is { } created ? (time - created).TotalSeconds : null);
        claims.Set(ReceiptExpired, receipt.ExpirationTime is { } end ? end < time : null);
        claims.Set(RiskMetric, receipt.RiskMetric);
    }
}
