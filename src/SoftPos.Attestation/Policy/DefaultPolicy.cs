using System.Reflection;
using System.Text.Json.Nodes;

namespace SoftPos.Attestation.Policy;

/// <summary>The policy that ships, as a document and compiled.</summary>
public static class DefaultPolicy
{
    private static readonly Lazy<byte[]> Document = new(() => Load("default-policy.yaml"));
    private static readonly Lazy<byte[]> CaseDocument = new(() => Load("default-policy.cases.yaml"));

    /// <summary>The YAML text, UTF-8.</summary>
    public static ReadOnlyMemory<byte> Utf8 => Document.Value;

    /// <summary>The cases beside it, UTF-8.</summary>
    public static ReadOnlyMemory<byte> Cases => CaseDocument.Value;

    /// <summary>Compiles it with the values of a deployment.</summary>
    /// <param name="packages">Package names of the app.</param>
    /// <param name="signers">SHA-256 of its signing certificates, lower-case hex.</param>
    /// <param name="minAppVersion">Lowest version code.</param>
    public static CompiledPolicy For(IEnumerable<string> packages, IEnumerable<string> signers, long minAppVersion = 0) =>
        With(ValuesFor(packages, signers, minAppVersion));

    /// <summary>The values of a deployment, which stand above those of any document.</summary>
    /// <param name="packages">Package names of the app.</param>
    /// <param name="signers">SHA-256 of its signing certificates, lower-case hex.</param>
    /// <param name="minAppVersion">Lowest version code.</param>
    public static JsonObject ValuesFor(IEnumerable<string> packages, IEnumerable<string> signers, long minAppVersion = 0) => new()
    {
        ["packages"] = new JsonArray([.. packages.Select(package => (JsonNode)package)]),
        ["signers"] = new JsonArray([.. signers.Select(signer => (JsonNode)signer.ToLowerInvariant())]),
        ["minAppVersion"] = minAppVersion,
    };

    /// <summary>Compiles it with any of its values replaced.</summary>
    /// <exception cref="ArgumentException">A value does not exist or has the wrong type.</exception>
    public static CompiledPolicy With(JsonObject values) =>
        CompiledPolicy.TryCompile(Utf8.Span, values, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults)
            ? policy!
            : throw new ArgumentException(string.Join("; ", faults), nameof(values));

    private static byte[] Load(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Attestation.Policy." + name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
