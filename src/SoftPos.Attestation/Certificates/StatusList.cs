using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
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
/// lower-case hex. An entry of digits only counts in both readings; reading hex only would let revoked keys through.
/// </summary>
public sealed class StatusList
{
    /// <summary>The published list is below 1 MiB; a larger one is a mistake or an attack on our memory.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>Longest serial that an entry can spell: 20 bytes in decimal (RFC 5280, 4.1.2.2), and as much again for odd makers.</summary>
    private const int MaxSpelling = 98;

    private readonly FrozenDictionary<string, StatusEntry> _bySerial;

    private StatusList(FrozenDictionary<string, StatusEntry> bySerial, IReadOnlyList<StatusEntry> entries, string hash, DateTimeOffset? fetchedAt)
    {
        _bySerial = bySerial;
        Entries = entries;
        Hash = hash;
        FetchedAt = fetchedAt;
    }

    /// <summary>SHA-256 of the list as fetched, lower-case hex; goes into the journal.</summary>
    public string Hash { get; }

    /// <summary>When it was fetched or last confirmed; null when not known (then its age is not judged).</summary>
    public DateTimeOffset? FetchedAt { get; }

    /// <summary>Number of entries.</summary>
    public int Count => Entries.Count;

    /// <summary>All entries.</summary>
    public IReadOnlyList<StatusEntry> Entries { get; }

    /// <summary>Serials that are listed, in unpadded lower-case hex; more than entries, for digits are read in both ways.</summary>
    public IEnumerable<string> Serials => _bySerial.Keys;

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

            List<StatusEntry> all = [];
            Dictionary<string, StatusEntry> read = new(StringComparer.Ordinal);
            foreach (JsonProperty property in entries.EnumerateObject())
            {
                StatusEntry entry = new(property.Name, StatusOf(property.Value), TextOf(property.Value, "reason"));
                all.Add(entry);
                foreach (string serial in ReadingsOf(property.Name))
                {
                    read[serial] = Worse(entry, read.GetValueOrDefault(serial))!;
                }
            }

            string hash = Convert.ToHexStringLower(SHA256.HashData(json.Span));
            list = new StatusList(read.ToFrozenDictionary(StringComparer.Ordinal), all, hash, fetchedAt);
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
    public StatusList ConfirmedAt(DateTimeOffset time) => new(_bySerial, Entries, Hash, time);

    /// <summary>Entry for a certificate's serial, the worse one if both spellings are listed; null when not listed.</summary>
    public StatusEntry? Find(AttestationCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return _bySerial.GetValueOrDefault(certificate.SerialHex);
    }

    /// <summary>The worst entry for certificates that are known by their serials only; null when none is listed.</summary>
    /// <param name="serials">Unpadded lower-case hex.</param>
    public StatusEntry? FindWorst(IReadOnlyList<string> serials)
    {
        ArgumentNullException.ThrowIfNull(serials);
        StatusEntry? worst = null;
        foreach (string serial in serials)
        {
            worst = Worse(worst, _bySerial.GetValueOrDefault(serial));
        }

        return worst;
    }

    private static StatusEntry? Worse(StatusEntry? one, StatusEntry? other) =>
        one is null || (other is not null && other.Status > one.Status) ? other : one;

    /// <summary>The serials that a spelling can mean, in unpadded lower-case hex.</summary>
    private static IEnumerable<string> ReadingsOf(string spelling)
    {
        yield return Unpadded(spelling.ToLowerInvariant());
        if (spelling.Length is > 0 and <= MaxSpelling && spelling.All(char.IsAsciiDigit))
        {
            yield return Unpadded(BigInteger.Parse(spelling, CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture));
        }
    }

    private static string Unpadded(string serial) => serial.TrimStart('0') is { Length: > 0 } digits ? digits : "0";

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
