using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;

namespace SoftPos.Attestation.Apple;

/// <summary>A receipt of App Attest: CMS around a SET of typed fields. A field is null when the receipt does not have it.</summary>
public sealed record AppReceipt
{
    /// <summary>Genuine receipts take 3.7 KiB.</summary>
    private const int MaxLength = 16 * 1024;

    private const int MaxFields = 64;

    /// <summary>2: team identity, a dot, bundle identity.</summary>
    public string? AppId { get; init; }

    /// <summary>3: certificate of the attested key, DER.</summary>
    public ReadOnlyMemory<byte>? AttestedCertificate { get; init; }

    /// <summary>4: client hash.</summary>
    public ReadOnlyMemory<byte>? ClientHash { get; init; }

    /// <summary>5: token.</summary>
    public string? Token { get; init; }

    /// <summary>6: ATTEST or RECEIPT.</summary>
    public string? Type { get; init; }

    /// <summary>7: sandbox or production.</summary>
    public string? Environment { get; init; }

    /// <summary>12.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>17: attested keys of the device in 30 days; only in RECEIPT.</summary>
    public double? RiskMetric { get; init; }

    /// <summary>19: earliest time of a refresh.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>21: refresh before this.</summary>
    public DateTimeOffset? ExpirationTime { get; init; }

    /// <summary>Field types that this library does not know.</summary>
    public IReadOnlyList<int> UnknownTypes { get; init; } = [];

    /// <summary>What cannot be allowed.</summary>
    public required IReadOnlyList<AttestationProblem> Problems { get; init; }

    /// <summary>SHA-256 of the receipt, lower-case hex.</summary>
    public required string EvidenceHash { get; init; }

    /// <summary>Type and app only; the token stays out of logs.</summary>
    public override string ToString() => $"{Type} for {AppId}";

    /// <summary>Verifies signature, chain, app and key.</summary>
    /// <param name="receipt">PKCS #7 as received.</param>
    /// <param name="appId">Expected app identity; null accepts any.</param>
    /// <param name="publicKey">SubjectPublicKeyInfo of the enrolled key; null accepts any.</param>
    /// <param name="anchors">Roots.</param>
    /// <param name="time">The time.</param>
    public static AppReceipt Verify(ReadOnlyMemory<byte> receipt, string? appId, ReadOnlyMemory<byte>? publicKey, TrustAnchors anchors,
        DateTimeOffset time)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(receipt.Span));
        List<AttestationProblem> problems = [];
        if (receipt.Length > MaxLength || SignedData.Read(receipt) is not { } signed || Read(signed.Content, hash, problems) is not { } read)
        {
            problems.Add(Refuse("apple.receipt.form", "not a receipt"));
            return new AppReceipt { Problems = problems, EvidenceHash = hash };
        }

        if (!signed.IsSignatureValid)
        {
            problems.Add(Refuse("apple.receipt.signature", "not signed by its own certificate"));
        }

        CertificateWalk.Verify(signed.Chain, anchors, time, "apple.receipt", ReasonCodes.ReceiptInvalid, problems);
        if (appId is not null && read.AppId != appId)
        {
            problems.Add(Refuse("apple.receipt.appId", "for another app"));
        }

        if (publicKey is { } key && !HoldsKey(read.AttestedCertificate, key))
        {
            problems.Add(Refuse("apple.receipt.key", "for another key"));
        }

        return read;
    }

    /// <summary>Field 3 is the certificate, or in some receipts the bare key.</summary>
    private static bool HoldsKey(ReadOnlyMemory<byte>? field, ReadOnlyMemory<byte> key) => field is { } value
        && (AttestationCertificate.TryParse(value, out AttestationCertificate? certificate, out _)
            ? certificate!.Key.Encoded.Span.SequenceEqual(key.Span)
            : value.Span.SequenceEqual(key.Span));

    private static AppReceipt? Read(ReadOnlyMemory<byte> content, string hash, List<AttestationProblem> problems)
    {
        try
        {
            // Apple does not sort the SET.
            AsnReader set = new AsnReader(content, AsnEncodingRules.BER).ReadSetOf(skipSortOrderValidation: true);
            Dictionary<int, byte[]> fields = [];
            List<int> unknown = [];
            while (set.HasData)
            {
                AsnReader field = set.ReadSequence();
                if (!field.TryReadInt32(out int type) || !field.TryReadInt32(out _) || !fields.TryAdd(type, field.ReadOctetString())
                    || fields.Count > MaxFields)
                {
                    return null;
                }

                if (type is not (2 or 3 or 4 or 5 or 6 or 7 or 12 or 17 or 19 or 21))
                {
                    unknown.Add(type);
                }
            }

            return new AppReceipt
            {
                AppId = Text(fields, 2),
                AttestedCertificate = fields.TryGetValue(3, out byte[]? certificate) ? (ReadOnlyMemory<byte>?)certificate : null,
                ClientHash = fields.TryGetValue(4, out byte[]? client) ? (ReadOnlyMemory<byte>?)client : null,
                Token = Text(fields, 5),
                Type = Text(fields, 6),
                Environment = Text(fields, 7),
                CreationTime = Time(Text(fields, 12)),
                RiskMetric = double.TryParse(Text(fields, 17), NumberStyles.Float, CultureInfo.InvariantCulture, out double metric) ? metric : null,
                NotBefore = Time(Text(fields, 19)),
                ExpirationTime = Time(Text(fields, 21)),
                UnknownTypes = unknown,
                Problems = problems,
                EvidenceHash = hash,
            };
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static string? Text(Dictionary<int, byte[]> fields, int type) =>
        fields.TryGetValue(type, out byte[]? value) ? Encoding.UTF8.GetString(value) : null;

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static AttestationProblem Refuse(string rule, string detail) => new(rule, ReasonCodes.ReceiptInvalid, detail);
}
