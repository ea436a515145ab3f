using System.Reflection;
using System.Text.Json;

namespace SoftPos.Attestation.Certificates;

/// <summary>A set of anchors, replaceable as data: <c>google-roots.json</c> has the form.</summary>
public sealed class TrustAnchors
{
    private static readonly Lazy<TrustAnchors> BuiltIn = new(() => LoadResource("SoftPos.Attestation.Android.google-roots.json"));

    private static readonly Lazy<TrustAnchors> AppleAttestation = new(() => LoadResource("SoftPos.Attestation.Apple.apple-attestation-root.json"));

    private static readonly Lazy<TrustAnchors> AppleReceipt = new(() => LoadResource("SoftPos.Attestation.Apple.apple-receipt-root.json"));

    private readonly TrustAnchor[] _anchors;

    /// <summary>Takes the anchors in the order in which they are tried.</summary>
    public TrustAnchors(IEnumerable<TrustAnchor> anchors) => _anchors = [.. anchors];

    /// <summary>Google's hardware attestation roots, with the public software roots as known enemies.</summary>
    public static TrustAnchors Google => BuiltIn.Value;

    /// <summary>Apple's root of App Attest certificates.</summary>
    public static TrustAnchors AppAttest => AppleAttestation.Value;

    /// <summary>Apple's root of App Attest receipts.</summary>
    public static TrustAnchors AppAttestReceipt => AppleReceipt.Value;

    /// <summary>All anchors.</summary>
    public IReadOnlyList<TrustAnchor> All => _anchors;

    /// <summary>This set and more, for instance lab anchors in sandbox mode.</summary>
    public TrustAnchors With(params IEnumerable<TrustAnchor> more) => new(_anchors.Concat(more));

    /// <summary>Reads the JSON form: a list of label, kinds, subject (base64 DER of the name) and publicKey (base64 SubjectPublicKeyInfo).</summary>
    public static bool TryLoad(ReadOnlyMemory<byte> json, out TrustAnchors? anchors, out FormatFault? fault)
    {
        anchors = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            anchors = new TrustAnchors([.. document.RootElement.EnumerateArray().Select(Read)]);
            fault = null;
            return true;
        }
        catch (JsonException broken)
        {
            fault = new FormatFault("trust anchors", (int)(broken.BytePositionInLine ?? 0), "JSON");
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            fault = new FormatFault("trust anchors", 0, "a list of label, kinds, subject and publicKey");
        }

        return false;
    }

    /// <summary>Anchor with this very key, or null.</summary>
    internal TrustAnchor? FindByKey(ReadOnlySpan<byte> spki)
    {
        foreach (TrustAnchor anchor in _anchors)
        {
            if (anchor.Key.Info.Encoded.Span.SequenceEqual(spki))
            {
                return anchor;
            }
        }

        return null;
    }

    /// <summary>Anchors that a certificate may mean by this issuer name.</summary>
    internal IEnumerable<TrustAnchor> FindByName(DistinguishedName issuer) => _anchors.Where(anchor => anchor.Subject.Matches(issuer));

    private static TrustAnchor Read(JsonElement json)
    {
        if (!PublicKeyInfo.TryParse(json.GetProperty("publicKey").GetBytesFromBase64(), out PublicKeyInfo? key, out _))
        {
            throw new FormatException("publicKey");
        }

        ChainKind kinds = ChainKind.None;
        foreach (JsonElement kind in json.GetProperty("kinds").EnumerateArray())
        {
            kinds |= kind.GetString() switch
            {
                "factory" => ChainKind.Factory,
                "remote" => ChainKind.Remote,
                "software" => ChainKind.Software,
                _ => throw new FormatException("kinds"),
            };
        }

        bool sandbox = json.TryGetProperty("sandbox", out JsonElement flag) && flag.GetBoolean();
        DistinguishedName subject = new(json.GetProperty("subject").GetBytesFromBase64());
        return new TrustAnchor(json.GetProperty("label").GetString() ?? string.Empty, subject, key!, kinds, sandbox);
    }

    private static TrustAnchors LoadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return TryLoad(bytes.ToArray(), out TrustAnchors? anchors, out FormatFault? fault) ? anchors!
            : throw new InvalidOperationException(fault!.ToString());
    }
}
