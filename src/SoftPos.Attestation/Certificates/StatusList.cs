using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;

namespace SoftPos.Attestation.Certificates;

/// <summary>What a status list says of one certificate.</summary>
public enum CertificateStatus
{
    /// <summary>Not listed.</summary>
    Good,

    /// <summary>Suspended: may come back.</summary>
    Suspended,

    /// <summary>Revoked, or listed with a status that this library does not know, which is read as the worst.</summary>
    Revoked,
}

/// <summary>One entry of the list.</summary>
/// <param name="Serial">As spelled in the list.</param>
/// <param name="Status">What it says.</param>
/// <param name="Reason">Such as KEY_COMPROMISE; empty when absent.</param>
public sealed record StatusEntry(string Serial, CertificateStatus Status, string Reason);

/// <summary>
/// Google's list of revoked and suspended attestation certificates. A third of its entries are spelled in decimal, the rest in unpadded
/// lower-case hex, so a serial is looked up in both spellings; looking up hex only would let revoked keys through.
/// </summary>
public sealed class StatusList
{
    /// <summary>The published list is below 1 MiB; a larger one is a mistake or an attack on our memory.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    private readonly FrozenDictionary<string, StatusEntry> _entries;

    private StatusList(FrozenDictionary<string, StatusEntry> entries, byte[] hash, DateTimeOffset? fetchedAt)
    {
        _entries = entries;
        Hash = Convert.ToHexStringLower(hash);
        FetchedAt = fetchedAt;
    }

    /// <summary>SHA-256 of the list as fetched, lower-case hex; goes into the journal.</summary>
    public string Hash { get; }

    /// <summary>When it was fetched or last confirmed; null when not known (then its age is not judged).</summary>
    public DateTimeOffset? FetchedAt { get; }

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>All entries, for joining a new list against the fleet.</summary>
    public IEnumerable<StatusEntry> Entries => _entries.Values;

    /// <summary>Reads the published JSON. A list without <c>entries</c> is a fault: an empty answer must not pass as "nothing revoked".</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, DateTimeOffset? fetchedAt, out StatusList? list, out FormatFault? fault)
    {
        list = null;
        if (json.Length > MaxLength)
        {
            fault = new FormatFault("status list", MaxLength, $"at most {MaxLength} bytes");
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is not JsonValueKind.Object
                || !document.RootElement.TryGetProperty("entries", out JsonElement entries)
                || entries.ValueKind is not JsonValueKind.Object)
            {
                fault = new FormatFault("status list", 0, "an object with \"entries\"");
                return false;
            }

            Dictionary<string, StatusEntry> read = new(StringComparer.Ordinal);
            foreach (JsonProperty entry in entries.EnumerateObject())
            {
                string spelling = Normalise(entry.Name);
                read[spelling] = new StatusEntry(entry.Name, StatusOf(entry.Value), TextOf(entry.Value, "reason"));
            }

            list = new StatusList(read.ToFrozenDictionary(StringComparer.Ordinal), SHA256.HashData(json.Span), fetchedAt);
            fault = null;
            return true;
        }
        catch (JsonException broken)
        {
            fault = new FormatFault("status list", (int)(broken.BytePositionInLine ?? 0), "JSON");
        }
        catch (InvalidOperationException)
        {
            // The reader finds texts that are not UTF-8 only when they are asked for, and does not say where.
            fault = new FormatFault("status list", 0, "JSON in UTF-8");
        }

        list = null;
        return false;
    }

    /// <summary>The same list, confirmed again by its server.</summary>
    public StatusList ConfirmedAt(DateTimeOffset time) => new(_entries, Convert.FromHexString(Hash), time);

    /// <summary>Entry for a certificate's serial, in either spelling, the worse one if both are listed; null when not listed.</summary>
    public StatusEntry? Find(AttestationCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        StatusEntry? hex = _entries.GetValueOrDefault(certificate.SerialHex);
        StatusEntry? number = _entries.GetValueOrDefault(certificate.SerialDecimal);
        return hex is null || (number is not null && number.Status > hex.Status) ? number : hex;
    }

    private static string Normalise(string serial) => serial.ToLowerInvariant().TrimStart('0') is { Length: > 0 } digits ? digits : "0";

    private static CertificateStatus StatusOf(JsonElement entry) => TextOf(entry, "status") switch
    {
        "SUSPENDED" => CertificateStatus.Suspended,
        _ => CertificateStatus.Revoked,
    };

    private static string TextOf(JsonElement entry, string name) =>
        entry.ValueKind is JsonValueKind.Object && entry.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : string.Empty;
}
