using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPos.Terminal.Links;

namespace SoftPos.Terminal;

/// <summary>
/// What a release of a phone app is put together with, from one file inside the signed app: where its back end is, whose links and calls it
/// takes, and what it is made of. It has no switch that weakens anything.
/// </summary>
public sealed record Deployment
{
    /// <summary>Largest file.</summary>
    public const int MaxFile = 64 * 1024;

    private const int DigestLength = 32, FewestPins = 2, MaxEntries = 64, MaxFiles = 2048;

    private Deployment()
    {
    }

    /// <summary>Address of the back end, <c>https</c>.</summary>
    public required Uri Backend { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of the back end's TLS keys: the one in use and a spare.</summary>
    public required IReadOnlyList<byte[]> ServerKeyPins { get; init; }

    /// <summary>Whose links and calls are taken.</summary>
    public required LinkRules Links { get; init; }

    /// <summary>Package name of the release.</summary>
    public string Package => Release.Package;

    /// <summary>What the release is made of.</summary>
    internal AppRelease Release { get; private init; } = new(string.Empty, [], new Dictionary<string, string>(), []);

    /// <summary>Reads a deployment file; it is taken whole or not at all.</summary>
    /// <param name="json">The file, UTF-8.</param>
    /// <param name="deployment">The deployment, when there is no fault.</param>
    /// <returns>Everything that is wrong: field and what was expected.</returns>
    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> json, out Deployment? deployment)
    {
        deployment = null;
        if (json.Length > MaxFile)
        {
            return [$"the deployment has {json.Length} bytes; at most {MaxFile}"];
        }

        DeploymentFile? file;
        try
        {
            file = JsonSerializer.Deserialize(json, DeploymentJson.Default.DeploymentFile);
        }
        catch (JsonException fault)
        {
            return [$"line {fault.LineNumber + 1}: no deployment: {fault.Path ?? "$"}"];
        }

        List<string> faults = file is null ? ["the deployment is empty"] : [.. FaultsOf(file)];
        if (faults.Count == 0)
        {
            deployment = Of(file!);
        }

        return faults;
    }

    private static Deployment Of(DeploymentFile file) => new()
    {
        Backend = new Uri(file.Backend),
        ServerKeyPins = [.. file.ServerKeyPins.Select(Convert.FromHexString)],
        Links = new LinkRules
        {
            Hosts = file.LinkHosts,
            Callers = [.. file.Callers.Select(static caller => new KnownCaller(caller.Package, Convert.FromHexString(caller.Signer)))],
        },
        Release = new AppRelease(file.Package, Convert.FromHexString(file.Signer), file.Files, file.Splits),
    };

    private static IEnumerable<string> FaultsOf(DeploymentFile file) =>
    [
        .. Uri.TryCreate(file.Backend, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0
            ? (string[])[]
            : ["backend: expected an address with https"],
        .. file.ServerKeyPins.Count is >= FewestPins and <= MaxEntries && file.ServerKeyPins.All(IsDigest) && file.ServerKeyPins.Distinct().Count() >= FewestPins
            ? (string[])[]
            : ["serverKeyPins: expected at least two different SHA-256 in hex, the one in use and a spare"],
        .. IsPackage(file.Package) ? (string[])[] : ["package: expected a package name"],
        .. IsDigest(file.Signer) ? (string[])[] : ["signer: expected a SHA-256 in hex"],
        .. file.LinkHosts.Count <= MaxEntries && file.LinkHosts.All(static host => Uri.CheckHostName(host) is UriHostNameType.Dns && !host.Any(char.IsAsciiLetterUpper))
            ? (string[])[]
            : ["linkHosts: expected host names in lower case"],
        .. file.Callers.Count <= MaxEntries && file.Callers.All(static caller => caller is not null && IsPackage(caller.Package) && IsDigest(caller.Signer))
            ? (string[])[]
            : ["callers: expected package names, each with its signer"],
        .. file.Files.Count <= MaxFiles && file.Files.All(static entry => entry.Key.Length > 0 && IsDigest(entry.Value))
            ? (string[])[]
            : ["files: expected a SHA-256 in lower-case hex for each file"],
        .. file.Splits.Count <= MaxEntries ? (string[])[] : [$"splits: at most {MaxEntries}"],
    ];

    private static bool IsDigest(string? text) => text is { Length: DigestLength * 2 } && text.All(char.IsAsciiHexDigitLower);

    private static bool IsPackage(string? text) => text is { Length: > 0 and <= 255 } && text.Contains('.', StringComparison.Ordinal)
        && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_');
}

/// <summary>The file as it is written.</summary>
internal sealed record DeploymentFile
{
    public string Backend { get; set; } = string.Empty;

    public IReadOnlyList<string> ServerKeyPins { get; set; } = [];

    public string Package { get; set; } = string.Empty;

    public string Signer { get; set; } = string.Empty;

    public IReadOnlyList<string> LinkHosts { get; set; } = [];

    public IReadOnlyList<DeploymentCaller> Callers { get; set; } = [];

    public IReadOnlyDictionary<string, string> Files { get; set; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Splits { get; set; } = [];
}

/// <summary>A caller as it is written.</summary>
internal sealed record DeploymentCaller
{
    public string Package { get; set; } = string.Empty;

    public string Signer { get; set; } = string.Empty;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(DeploymentFile))]
internal sealed partial class DeploymentJson : JsonSerializerContext;
