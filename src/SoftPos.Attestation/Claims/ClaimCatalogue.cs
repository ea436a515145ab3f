using System.Collections.Frozen;

namespace SoftPos.Attestation.Claims;

/// <summary>Every claim that a policy may name. A policy that names another one does not compile.</summary>
public static class ClaimCatalogue
{
    private static readonly Claim[] Claims = Number(
        [.. AndroidClaims.Catalogue, .. HistoryClaims.Catalogue, .. SdkClaims.Catalogue, .. HealthClaims.Catalogue, .. ProbeClaims.Catalogue,
            .. PlayClaims.Catalogue, .. AppleClaims.Catalogue, .. BaselineClaims.Catalogue, .. FleetClaims.Catalogue]);

    private static readonly FrozenDictionary<string, Claim> ByName = Claims.ToFrozenDictionary(claim => claim.Name, StringComparer.Ordinal);

    /// <summary>All claims in their fixed order.</summary>
    public static IReadOnlyList<Claim> All => Claims;

    /// <summary>A claim by name, or null.</summary>
    public static Claim? Find(string name) => ByName.GetValueOrDefault(name);

    private static Claim[] Number(Claim[] claims)
    {
        for (int i = 0; i < claims.Length; i++)
        {
            claims[i].Index = i;
        }

        return claims;
    }
}
