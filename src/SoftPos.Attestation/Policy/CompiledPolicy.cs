using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Baseline;

namespace SoftPos.Attestation.Policy;

/// <summary>A policy document, compiled once and then asked for every appraisal. Immutable.</summary>
public sealed class CompiledPolicy
{
    internal CompiledPolicy(string name, int version, IReadOnlyList<PolicyRule> rules, IReadOnlyList<string> requiredProbes, JsonObject values,
        byte[] hash)
    {
        Name = name;
        Version = version;
        Rules = rules;
        RequiredProbes = requiredProbes;
        Values = values;
        Hash = hash;
        HashHex = Convert.ToHexStringLower(hash);
    }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Version; rises with every change.</summary>
    public int Version { get; }

    /// <summary>Rules in their order.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; }

    /// <summary>Probes that every evidence must report.</summary>
    public IReadOnlyList<string> RequiredProbes { get; }

    /// <summary>SHA-256 over the document and the values given from outside, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>The same as lower-case hex.</summary>
    public string HashHex { get; }

    /// <summary>Systems and models with the days of their ends: the list that ships, and what the document says besides.</summary>
    public PlatformBaseline Baseline { get; internal init; } = PlatformBaseline.Shipped;

    internal JsonObject Values { get; }

    /// <summary>A value of the policy that is a list of texts, such as <c>packages</c>; empty when it is none.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Values[name] is JsonArray items ? [.. items.Select(item => item?.ToString() ?? string.Empty)] : [];

    /// <summary>Compiles YAML or JSON.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="values">Values that replace those of the document, such as the app's packages and signers; null for none.</param>
    /// <param name="policy">The policy, when true.</param>
    /// <param name="faults">Everything wrong with it, when false.</param>
    public static bool TryCompile(ReadOnlySpan<byte> utf8, JsonObject? values, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults)
    {
        policy = null;
        if (!PolicyText.TryRead(utf8, out JsonObject? document, out PolicyFault? fault))
        {
            faults = [fault!];
            return false;
        }

        byte[] hash = SHA256.HashData([.. utf8, 0, .. System.Text.Encoding.UTF8.GetBytes(values?.ToJsonString() ?? string.Empty)]);
        PolicyReader reader = new(document!, values);
        policy = reader.Read(hash);
        faults = reader.Faults;
        return policy is not null;
    }
}
