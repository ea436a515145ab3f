using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using SoftPos.Emv.Authentication;

namespace SoftPos.Emv.Configuration;

/// <summary>CA public keys that the payment schemes publish, for live cards and for test cards, each with its published checksum.</summary>
public static class PublishedCaKeys
{
    private static readonly List<CaPublicKey> All = Load();

    /// <summary>Keys of live cards. Withdrawn key lengths carry the day of their withdrawal.</summary>
    public static IReadOnlyList<CaPublicKey> Production { get; } = [.. All.Where(key => key.Environment is CaKeyEnvironment.Production)];

    /// <summary>Keys of the schemes' test cards; a production configuration refuses them.</summary>
    public static IReadOnlyList<CaPublicKey> Test { get; } = [.. All.Where(key => key.Environment is CaKeyEnvironment.Test)];

    private static List<CaPublicKey> Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Emv.ca-keys.json")
            ?? throw new InvalidOperationException("ca-keys.json is not embedded");
        List<CaPublicKey> keys = [];
        foreach (JsonNode? entry in JsonNode.Parse(stream)!.AsArray())
        {
            CaPublicKey key = new(
                Bytes(entry!["rid"]!),
                Bytes(entry["index"]!)[0],
                Bytes(entry["modulus"]!),
                Bytes(entry["exponent"]!),
                entry["environment"]!.GetValue<string>() == "production" ? CaKeyEnvironment.Production : CaKeyEnvironment.Test,
                entry["expires"] is { } expires ? DateOnly.Parse(expires.GetValue<string>(), CultureInfo.InvariantCulture) : null);
            if (!key.Checksum().AsSpan().SequenceEqual(Bytes(entry["checksum"]!)))
            {
                throw new InvalidOperationException($"published CA key {key} does not match its checksum");
            }

            keys.Add(key);
        }

        return keys;
    }

    private static byte[] Bytes(JsonNode node) => Convert.FromHexString(node.GetValue<string>());
}
