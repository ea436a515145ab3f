using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using SoftPos.Emv.Authentication;

namespace SoftPos.Lab.Cards;

/// <summary>
/// The lab's certification authorities, issuers and card keys: real RSA keys of the sizes of live cards, published with the project, so
/// worth nothing outside the lab.
/// </summary>
public static class LabCardKeys
{
    /// <summary>Index of every lab CA key; no scheme has published a key with it.</summary>
    public const byte CaKeyIndex = 0xE1;

    private static readonly JsonNode Keys = Load();
    private static readonly ConcurrentDictionary<string, LabRsaKey> Opened = new(StringComparer.Ordinal);

    /// <summary>CA public keys for the reader configuration of the lab; the cards of kernel 8 have keys on curves instead.</summary>
    public static IReadOnlyList<CaPublicKey> CaKeys { get; } = [.. LabScheme.All.Where(scheme => Keys[scheme.Name] is not null).Select(PublicKey)];

    /// <summary>CA public keys on elliptic curves, for kernel 8.</summary>
    public static IReadOnlyList<CaEccPublicKey> EccCaKeys => Kernel8Keys.CaKeys;

    internal static LabRsaKey Ca(string scheme) => Open(scheme, "ca");

    internal static LabRsaKey Issuer(string scheme) => Open(scheme, "issuer");

    internal static LabRsaKey Card(string scheme) => Open(scheme, "card");

    private static LabRsaKey Open(string scheme, string whose) => Opened.GetOrAdd($"{scheme} {whose}", _ => new LabRsaKey(Keys[scheme]![whose]!));

    private static CaPublicKey PublicKey(LabScheme scheme)
    {
        LabRsaKey key = Ca(scheme.Name);
        return new CaPublicKey(Convert.FromHexString(scheme.Rid), CaKeyIndex, key.Modulus, key.Exponent, CaKeyEnvironment.Lab);
    }

    private static JsonNode Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Lab.Cards.lab-keys.json")
            ?? throw new InvalidOperationException("lab-keys.json is not embedded");
        return JsonNode.Parse(stream)!;
    }
}
