using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;

namespace SoftPos.Cli.Commands;

/// <summary>Policies, cases and claims as the policy commands name them.</summary>
internal static class PolicyFiles
{
    /// <summary>Stands for the policy that ships, and for its cases.</summary>
    public const string Shipped = "default";

    private const string CasesSuffix = ".cases.yaml";

    public static byte[] Read(string path) => path == Shipped ? DefaultPolicy.Utf8.ToArray() : ReadFile(path);

    public static CompiledPolicy Compile(byte[] document, JsonObject? values) =>
        CompiledPolicy.TryCompile(document, values, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults)
            ? policy!
            : throw new CommandException("the policy does not compile:\n  " + string.Join("\n  ", faults));

    public static PolicyCases ReadCases(string policyPath, string? casesPath)
    {
        byte[] text = casesPath is null && policyPath == Shipped ? DefaultPolicy.Cases.ToArray()
            : ReadFile(casesPath ?? Path.ChangeExtension(policyPath, null) + CasesSuffix);
        return PolicyCases.TryRead(text, out PolicyCases? cases, out IReadOnlyList<PolicyFault> faults)
            ? cases!
            : throw new CommandException("the cases cannot be read:\n  " + string.Join("\n  ", faults));
    }

    public static ClaimSet ReadClaims(string text)
    {
        string json = text.StartsWith('@') ? Encoding.UTF8.GetString(ReadFile(text[1..])) : text;
        JsonObject members;
        try
        {
            members = JsonNode.Parse(json) as JsonObject ?? throw new CommandException("--claims: expected an object of claims by name");
        }
        catch (JsonException)
        {
            throw new CommandException("--claims: expected JSON, or @file");
        }

        ClaimSet claims = new();
        foreach ((string name, JsonNode? node) in members)
        {
            if (PolicyCases.ValueOf(name, node) is not { } value || !claims.TrySet(name, value))
            {
                throw new CommandException($"--claims: {name} " + (ClaimCatalogue.Find(name) is { } claim
                    ? $"is a {claim.Kind.ToString().ToLowerInvariant()}" : "is not a claim"));
            }
        }

        return claims;
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.Exists && file.Length > PolicyText.MaxLength ? throw new CommandException($"{path} is longer than {PolicyText.MaxLength} bytes")
                : File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read");
        }
    }
}
