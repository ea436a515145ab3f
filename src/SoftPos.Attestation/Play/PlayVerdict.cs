using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace SoftPos.Attestation.Play;

/// <summary>The verdict of Play Integrity. A property is null when the verdict does not have it, which means unknown, never good.</summary>
public sealed record PlayVerdict
{
    /// <summary>Verdicts are below 4 KiB.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>requestDetails.requestPackageName.</summary>
    public string? RequestPackageName { get; init; }

    /// <summary>requestDetails.requestHash (standard).</summary>
    public string? RequestHash { get; init; }

    /// <summary>requestDetails.nonce (classic).</summary>
    public string? Nonce { get; init; }

    /// <summary>requestDetails.timestampMillis, a number or a text.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>appIntegrity.appRecognitionVerdict.</summary>
    public string? AppRecognition { get; init; }

    /// <summary>appIntegrity.packageName.</summary>
    public string? PackageName { get; init; }

    /// <summary>appIntegrity.certificateSha256Digest as lower-case hex.</summary>
    public IReadOnlyList<string>? SignerDigests { get; init; }

    /// <summary>appIntegrity.versionCode.</summary>
    public double? VersionCode { get; init; }

    /// <summary>There is a deviceIntegrity object, be it an empty one.</summary>
    public bool HasDeviceIntegrity { get; init; }

    /// <summary>deviceIntegrity.deviceRecognitionVerdict; an empty deviceIntegrity is an empty list, that is failed.</summary>
    public IReadOnlyList<string>? DeviceVerdicts { get; init; }

    /// <summary>deviceIntegrity.legacyDeviceRecognitionVerdict.</summary>
    public IReadOnlyList<string>? LegacyDeviceVerdicts { get; init; }

    /// <summary>deviceIntegrity.recentDeviceActivity.deviceActivityLevel.</summary>
    public string? RecentActivity { get; init; }

    /// <summary>deviceIntegrity.deviceAttributes.sdkVersion.</summary>
    public double? SdkVersion { get; init; }

    /// <summary>Bits of deviceIntegrity.deviceRecall.values that are set: first, second, third.</summary>
    public IReadOnlyList<string>? RecallBits { get; init; }

    /// <summary>accountDetails.appLicensingVerdict.</summary>
    public string? Licensing { get; init; }

    /// <summary>accountDetails.accountActivity.activityLevel.</summary>
    public string? AccountActivity { get; init; }

    /// <summary>environmentDetails.appAccessRiskVerdict.appsDetected; null when it was not evaluated.</summary>
    public IReadOnlyList<string>? AppsDetected { get; init; }

    /// <summary>environmentDetails.playProtectVerdict.</summary>
    public string? PlayProtect { get; init; }

    /// <summary>testingDetails.isTestingResponse.</summary>
    public bool IsTestingResponse { get; init; }

    /// <summary>Reads the JSON of a verdict, bare or inside <c>tokenPayloadExternal</c>. Unknown members are ignored.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, out PlayVerdict? verdict, out FormatFault? fault)
    {
        verdict = null;
        if (json.Length > MaxLength)
        {
            fault = new FormatFault("verdict", MaxLength, $"at most {MaxLength} bytes");
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            JsonElement root = document.RootElement;
            if (root.ValueKind is JsonValueKind.Object && root.TryGetProperty("tokenPayloadExternal", out JsonElement inner))
            {
                root = inner;
            }

            if (root.ValueKind is not JsonValueKind.Object)
            {
                fault = new FormatFault("verdict", 0, "an object");
                return false;
            }

            verdict = Read(root);
            fault = null;
            return true;
        }
        catch (JsonException broken)
        {
            fault = new FormatFault("verdict", (int)(broken.BytePositionInLine ?? 0), "JSON");
        }
        catch (InvalidOperationException)
        {
            // The reader finds texts that are not UTF-8 only when they are asked for, and does not say where.
            fault = new FormatFault("verdict", 0, "JSON in UTF-8");
        }

        verdict = null;
        return false;
    }

    private static PlayVerdict Read(JsonElement root)
    {
        JsonElement request = Member(root, "requestDetails"), app = Member(root, "appIntegrity"), device = Member(root, "deviceIntegrity");
        JsonElement account = Member(root, "accountDetails"), environment = Member(root, "environmentDetails");
        bool hasDevice = device.ValueKind is JsonValueKind.Object;
        JsonElement risk = Member(environment, "appAccessRiskVerdict");
        return new PlayVerdict
        {
            RequestPackageName = Text(request, "requestPackageName"),
            RequestHash = Text(request, "requestHash"),
            Nonce = Text(request, "nonce"),
            Timestamp = Time(Number(request, "timestampMillis")),
            AppRecognition = Text(app, "appRecognitionVerdict"),
            PackageName = Text(app, "packageName"),
            SignerDigests = Texts(app, "certificateSha256Digest")?.Select(HexOf).ToArray(),
            VersionCode = Number(app, "versionCode"),
            HasDeviceIntegrity = hasDevice,
            DeviceVerdicts = Texts(device, "deviceRecognitionVerdict") ?? (hasDevice ? [] : null),
            LegacyDeviceVerdicts = Texts(device, "legacyDeviceRecognitionVerdict"),
            RecentActivity = Text(Member(device, "recentDeviceActivity"), "deviceActivityLevel"),
            SdkVersion = Number(Member(device, "deviceAttributes"), "sdkVersion"),
            RecallBits = Bits(Member(Member(device, "deviceRecall"), "values")),
            Licensing = Text(account, "appLicensingVerdict"),
            AccountActivity = Text(Member(account, "accountActivity"), "activityLevel"),

            // An empty appAccessRiskVerdict means that nothing was evaluated; only a list says that nothing was found.
            AppsDetected = Texts(risk, "appsDetected"),
            PlayProtect = Text(environment, "playProtectVerdict"),
            IsTestingResponse = Member(Member(root, "testingDetails"), "isTestingResponse").ValueKind is JsonValueKind.True,
        };
    }

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member) ? member : default;

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static double? Number(JsonElement parent, string name) => Member(parent, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double value) && double.IsFinite(value) => value,
        { ValueKind: JsonValueKind.String } text when long.TryParse(
            text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) => value,
        _ => null,
    };

    private static DateTimeOffset? Time(double? milliseconds) =>
        milliseconds is >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds.Value) : null;

    private static string[]? Texts(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.String ? item.GetString()! : item.GetRawText())]
        : null;

    private static string[]? Bits(JsonElement values) => values.ValueKind is not JsonValueKind.Object ? null :
    [
        .. ((string[])["First", "Second", "Third"]).Where(bit => Member(values, "bit" + bit).ValueKind is JsonValueKind.True).Select(bit =>
            bit.ToLowerInvariant()),
    ];

    private static string HexOf(string digest) =>
        Base64Url.IsValid(digest) ? Convert.ToHexStringLower(Base64Url.DecodeFromChars(digest)) : digest;
}
