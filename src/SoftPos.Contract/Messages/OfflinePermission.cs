namespace SoftPos.Contract;

/// <summary>
/// What a terminal may take while the back end is away: COSE_Sign1 by the configuration key, made with a good attestation and ended soon
/// after it. The limits stand in it and nowhere else on the phone; payments hold every forwarded sale against the same bytes again. A new
/// one comes only when everything under the former was forwarded, so no phone ever has more outstanding than one of these allows.
/// </summary>
public sealed record OfflinePermission
{
    /// <summary>Content type of the message.</summary>
    public const string ContentType = "application/softpos-offline-permission+cbor";

    /// <summary>Largest message: it stands in the place of a result token.</summary>
    public const int MaxLength = ResultToken.MaxLength;

    /// <summary>Longest merchant identity.</summary>
    private const int MaxMerchant = 64;

    /// <summary>Identity, 16 bytes.</summary>
    public required byte[] PermissionId { get; init; }

    /// <summary>Terminal.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>SHA-256 of the device key's SubjectPublicKeyInfo, 32 bytes.</summary>
    public required byte[] DeviceKeyHash { get; init; }

    /// <summary>Merchant.</summary>
    public required string MerchantId { get; init; }

    /// <summary>ISO 4217 numeric currency.</summary>
    public required string Currency { get; init; }

    /// <summary>Verdict of the attestation that it was made with; only <see cref="Verdict.Trusted"/> permits.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Time of that attestation, by the back end's clock.</summary>
    public required DateTimeOffset AttestedAt { get; init; }

    /// <summary>End: no tap from then on.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What the merchant's terminals may take.</summary>
    public required OfflineTerms Terms { get; init; }

    /// <summary>Number of the last record that the back end has.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Hash of that record, 32 bytes: where the terminal's chain goes on.</summary>
    public required byte[] Head { get; init; }

    /// <summary>Signs with the configuration key.</summary>
    public byte[] Sign(IDeviceKey configurationKey) => SignedMessage.Sign(configurationKey, ContentType, [], Encode());

    /// <summary>Verifies the signature and decodes; binding and time are the reader's to check.</summary>
    /// <param name="message">The message.</param>
    /// <param name="configurationKey">SubjectPublicKeyInfo of the configuration key.</param>
    /// <param name="permission">What it says.</param>
    public static bool TryVerify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> configurationKey, out OfflinePermission permission)
    {
        permission = null!;
        return message.Length <= MaxLength
            && SignedMessage.TryDecode(message, out DecodedMessage decoded)
            && decoded.ContentType == ContentType
            && decoded.Verify(configurationKey)
            && TryDecode(decoded.Payload, out permission);
    }

    private byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, PermissionId);
            writer.Write(2, TerminalId);
            writer.Write(3, DeviceKeyHash);
            writer.Write(4, MerchantId);
            writer.Write(5, Currency);
            writer.Write(6, (long)Verdict);
            writer.Write(7, AttestedAt);
            writer.Write(8, ExpiresAt);
            writer.Write(9, Acknowledged);
            writer.Write(10, Head);
            writer.Write(20, (long)Terms.MaxCount);
            writer.Write(21, Terms.MaxTotalMinor);
            writer.Write(22, Terms.MaxAmountMinor);
            writer.Write(23, (long)Terms.MaxRecordAgeMinutes);

            // Kernel numbers are below 256 and few, so a byte string holds them.
            writer.Write(-1, Terms.Kernels.Select(static kernel => (byte)kernel).ToArray());
        },
        15).Encode();

    private static bool TryDecode(ReadOnlyMemory<byte> payload, out OfflinePermission permission)
    {
        Dictionary<long, object> values = [];
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1 or 3 or 10 or -1: values[key] = reader.ReadByteString(); return true;
                case 2: values[key] = CborMap.ReadGuid(reader); return true;
                case 4 or 5: values[key] = reader.ReadTextString(); return true;
                case 7 or 8: values[key] = CborMap.ReadTime(reader); return true;
                case 6 or 9 or 20 or 21 or 22 or 23: values[key] = reader.ReadInt64(); return true;
                default: return false;
            }
        });
        T? Get<T>(long key) => values.TryGetValue(key, out object? value) ? (T)value : default;
        bool complete = read && Get<byte[]>(1) is { Length: 16 } && Get<Guid?>(2) is not null && Get<byte[]>(3) is { Length: 32 }
            && Get<string>(4) is { Length: > 0 and <= MaxMerchant } && Get<string>(5) is { Length: 3 }
            && Get<long?>(6) is >= 0 and <= (long)Verdict.Trusted && Get<DateTimeOffset?>(7) is not null
                && Get<DateTimeOffset?>(8) is not null
            && Get<long?>(9) is >= 0 && Get<byte[]>(10) is { Length: 32 }
            && Get<long?>(20) is > 0 and <= OfflineTerms.MostRecords && Get<long?>(21) is > 0 && Get<long?>(22) is > 0
            && Get<long?>(23) is > 0 and <= OfflineTerms.MostRecordAgeMinutes
                && Get<byte[]>(-1) is { Length: > 0 and <= OfflineTerms.MostKernels };
        permission = !complete ? null! : new OfflinePermission
        {
            PermissionId = Get<byte[]>(1)!, TerminalId = Get<Guid>(2), DeviceKeyHash = Get<byte[]>(3)!, MerchantId = Get<string>(4)!,
                Currency = Get<string>(5)!,
            Verdict = (Verdict)Get<long>(6), AttestedAt = Get<DateTimeOffset>(7), ExpiresAt = Get<DateTimeOffset>(8),
            Acknowledged = Get<long>(9),
            Head = Get<byte[]>(10)!,
            Terms = new OfflineTerms
            {
                MaxCount = (int)Get<long>(20), MaxTotalMinor = Get<long>(21), MaxAmountMinor = Get<long>(22),
                MaxRecordAgeMinutes = (int)Get<long>(23),
                MaxAttestationAgeMinutes = (int)Math.Ceiling((Get<DateTimeOffset>(8) - Get<DateTimeOffset>(7)).TotalMinutes),
                Kernels = [.. Get<byte[]>(-1)!.Select(static kernel => (int)kernel)],
            },
        };
        return complete;
    }
}
