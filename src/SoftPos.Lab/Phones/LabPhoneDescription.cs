using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoftPos.Lab.Phones;

/// <summary>One phone of the lab as <c>phones.json</c> describes it. What is not stated is as on the good phone.</summary>
/// <remarks>Setters, not initializers: the JSON generator would overwrite the defaults of the latter.</remarks>
public sealed record LabPhoneDescription
{
    /// <summary>Name for <c>--phone</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is special about the phone, in one sentence.</summary>
    public required string Text { get; init; }

    /// <summary>Brand and model.</summary>
    public string Model { get; set; } = "Lab One";

    /// <summary>Operating system version as the phone says it.</summary>
    public string OsVersion { get; set; } = "16";

    /// <summary>Operating system version as the hardware says it, MMmmss.</summary>
    public int AttestedOsVersion { get; set; } = 160000;

    /// <summary>Age of all patch levels in months.</summary>
    public int PatchAgeMonths { get; set; } = 1;

    /// <summary>Age of the patch level that the phone itself states; null is the attested one.</summary>
    public int? StatedPatchAgeMonths { get; set; }

    /// <summary>The vendor patch level is 0, as some makers write it.</summary>
    public bool HasNoVendorPatch { get; set; }

    /// <summary><c>software</c>, <c>tee</c> or <c>strongbox</c>.</summary>
    public string Level { get; set; } = "tee";

    /// <summary>The boot loader is locked.</summary>
    public bool Locked { get; set; } = true;

    /// <summary><c>verified</c>, <c>selfSigned</c>, <c>unverified</c> or <c>failed</c>.</summary>
    public string Boot { get; set; } = "verified";

    /// <summary>The key was imported instead of made in the hardware.</summary>
    public bool Imported { get; set; }

    /// <summary>Package name of the app.</summary>
    public string Package { get; set; } = LabApp.Package;

    /// <summary>Version code of the app.</summary>
    public long AppVersion { get; set; } = LabApp.Version;

    /// <summary><c>lab</c>, <c>foreign</c>, or <c>none</c> (the system could not name it).</summary>
    public string Signer { get; set; } = "lab";

    /// <summary>Signer that the phone itself states, when it lies: <c>lab</c> or <c>foreign</c>.</summary>
    public string? StatedSigner { get; set; }

    /// <summary>Package that installed the app.</summary>
    public string Installer { get; set; } = "com.android.vending";

    /// <summary>Seconds by which its clock is ahead.</summary>
    public double ClockSkewSeconds { get; set; }

    /// <summary>The chain ends in a root of the same name but with another key.</summary>
    public bool LookAlikeRoot { get; set; }

    /// <summary>What its system says differently from that of the good phone.</summary>
    public ForgedFacts System { get; set; } = new();

    /// <summary>Probes that do not report at all.</summary>
    public IReadOnlyList<string> Silent { get; set; } = [];

    /// <summary>Health figures that differ from a phone in good health.</summary>
    public IReadOnlyDictionary<string, double> Health { get; set; } = new Dictionary<string, double>();

    /// <summary>All phones of the lab.</summary>
    public static IReadOnlyList<LabPhoneDescription> All { get; } = Load();

    /// <summary>A phone by its name, or null.</summary>
    public static LabPhoneDescription? Find(string name) => All.FirstOrDefault(phone => phone.Name == name);

    private static List<LabPhoneDescription> Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Lab.Phones.phones.json")
            ?? throw new InvalidOperationException("phones.json is not embedded");
        return JsonSerializer.Deserialize(stream, LabPhoneJson.Default.ListLabPhoneDescription) ?? throw new InvalidOperationException(
            "phones.json is empty");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(List<LabPhoneDescription>))]
internal sealed partial class LabPhoneJson : JsonSerializerContext;
