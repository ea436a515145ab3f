using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Cli.Tools;

/// <summary>Reads what the attestation tools have in common: certificates, octets, status lists, times.</summary>
internal static class AttestArguments
{
    public const string OctetsForm = "hex, base64 or base64url (hex when every character is a hex digit and their number is even)";

    public const string CertificatesForm = "list of DER certificates in base64 or of PEM texts, or one PEM text with all of them";

    /// <summary>Octets in any of the usual spellings.</summary>
    public static byte[]? OctetsOrNull(ToolRequest request, string name) =>
        request.TextOrNull(name) is { } text ? Octets(name, text) : null;

    public static byte[] Octets(string field, string text)
    {
        string digits = string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
        if (digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(digits);
        }

        byte[] bytes = new byte[digits.Length];
        if (Convert.TryFromBase64String(digits, bytes, out int length))
        {
            return bytes[..length];
        }

        return Base64Url.IsValid(digits) ? Base64Url.DecodeFromChars(digits) : throw new ToolException(field, "expected " + OctetsForm);
    }

    /// <summary>Certificates of a JSON value: a list, or one text.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Certificates(string field, JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                return [.. items.SelectMany((item, index) => Certificates($"{field}[{index.ToString(CultureInfo.InvariantCulture)}]", item))];
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                return CertificateText.TryRead(value.GetValue<string>(), out IReadOnlyList<ReadOnlyMemory<byte>> found, out FormatFault? fault)
                    ? found
                    : throw new ToolException(field, "expected " + fault!.Expected, fault.Offset);
            default:
                throw new ToolException(field, "expected " + CertificatesForm);
        }
    }

    /// <summary>Anchors: certificates, or the JSON form of trust anchors; Google's when absent.</summary>
    public static TrustAnchors Anchors(ToolRequest request, string name, TrustAnchors otherwise)
    {
        JsonNode? node = request.Json(name);
        if (node is null)
        {
            return otherwise;
        }

        if (node is JsonArray { Count: > 0 } items && items.All(item => item is JsonObject))
        {
            return TrustAnchors.TryLoad(Encoding.UTF8.GetBytes(node.ToJsonString()), out TrustAnchors? loaded, out FormatFault? fault)
                ? loaded!
                : throw new ToolException(name, "expected " + fault!.Expected);
        }

        return new TrustAnchors([.. Certificates(name, node).Select((certificate, index) =>
            AttestationCertificate.TryParse(certificate, out AttestationCertificate? parsed, out FormatFault? fault)
                ? TrustAnchor.Of(parsed!)
                : throw new ToolException($"{name}[{index.ToString(CultureInfo.InvariantCulture)}]", "expected " + fault!.Expected, fault.Offset))]);
    }

    public static StatusList? StatusList(ToolRequest request, string name, string timeName)
    {
        if (request.Json(name) is not { } node)
        {
            return null;
        }

        string json = node is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : node.ToJsonString();
        return Attestation.Certificates.StatusList.TryParse(
            Encoding.UTF8.GetBytes(json), request.TimeOrNull(timeName), out StatusList? list, out FormatFault? fault)
            ? list
            : throw new ToolException(name, "expected " + fault!.Expected, fault.Offset);
    }

    /// <summary>A public key: PEM, or the octets of its SubjectPublicKeyInfo.</summary>
    public static byte[] PublicKey(ToolRequest request, string name)
    {
        string text = request.Text(name);
        return PemEncoding.TryFind(text, out PemFields fields) ? Convert.FromBase64String(text[fields.Base64Data]) : Octets(name, text);
    }

    /// <summary>The time of a request, or of the machine's clock.</summary>
    public static DateTimeOffset Time(ToolRequest request) => request.TimeOrNull("time") ?? TimeProvider.System.GetUtcNow();
}
