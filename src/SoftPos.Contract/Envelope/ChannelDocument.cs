using System.Formats.Cbor;
using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>A key that counts for a time; the times of two overlap while one takes over from the other.</summary>
/// <param name="Key">Of the envelope: a SubjectPublicKeyInfo. Of TLS: the SHA-256 of one.</param>
/// <param name="From">From when it counts.</param>
/// <param name="Until">Until when.</param>
public sealed record DatedKey(byte[] Key, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>A phone's clock may be behind by that much before a key that has just begun does not count for it.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);

    /// <summary>Whether it counts at a time.</summary>
    public bool CountsAt(DateTimeOffset time) => From - ClockTolerance <= time && time < Until;
}

/// <summary>
/// By which keys a terminal knows its back end: those of the envelope, and pins of those of TLS. COSE_Sign1 by the channel key, which apps
/// pin. A new version takes the place of an older one, never the reverse; each ends by itself.
/// </summary>
public sealed record ChannelDocument
{
    /// <summary>Content type of the message.</summary>
    public const string ContentType = "application/softpos-channel+cbor";

    /// <summary>Most keys of a kind: one in use, one to come, and some that run out.</summary>
    public const int MaxKeys = 8;

    /// <summary>Fewest pins, where there are any: one in use and a spare, so that the loss of one key cuts nobody off.</summary>
    public const int MinPins = 2;

    /// <summary>Longest message.</summary>
    public const int MaxLength = 4096;

    /// <summary>Longest life of a document: what a thief of an old key can use ends by itself.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    /// <summary>From 1, rising.</summary>
    public required long Version { get; init; }

    /// <summary>When it was signed.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>End of its life.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Of a sandbox; terminals that take real payments refuse it.</summary>
    public required bool IsSandbox { get; init; }

    /// <summary>
    /// Pins of TLS: SHA-256 of the server keys' SubjectPublicKeyInfo. None where there is no TLS, or where the app's own count.
    /// </summary>
    public IReadOnlyList<DatedKey> Pins { get; init; } = [];

    /// <summary>Keys of the envelope.</summary>
    public required IReadOnlyList<DatedKey> EnvelopeKeys { get; init; }

    /// <summary>
    /// The envelope key to seal for: of those that count the one that began last, of two that began together the later one; null when
    /// none counts.
    /// </summary>
    public byte[]? EnvelopeKeyAt(DateTimeOffset time) =>
        time < ExpiresAt ? EnvelopeKeys.Where(key => key.CountsAt(time)).OrderBy(static key => key.From).LastOrDefault()?.Key : null;

    /// <summary>The pins that count at a time.</summary>
    public IReadOnlyList<byte[]> PinsAt(DateTimeOffset time) =>
        time < ExpiresAt ? [.. Pins.Where(pin => pin.CountsAt(time)).Select(static pin => pin.Key)] : [];

    /// <summary>Signs with the channel key.</summary>
    /// <exception cref="InvalidOperationException">A terminal would refuse it; the message says why.</exception>
    public byte[] Sign(IDeviceKey channelKey) => Fault is { } fault
        ? throw new InvalidOperationException(fault)
        : SignedMessage.Sign(channelKey, ContentType, [], Encode());

    /// <summary>Verifies and decodes; version, environment and time are the terminal's to check.</summary>
    /// <param name="message">The message.</param>
    /// <param name="channelKey">SubjectPublicKeyInfo of the channel key.</param>
    /// <param name="document">What it says.</param>
    public static bool TryVerify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> channelKey, out ChannelDocument document)
    {
        document = null!;
        return message.Length <= MaxLength
            && SignedMessage.TryDecode(message, out DecodedMessage decoded)
            && decoded.ContentType == ContentType
            && decoded.Verify(channelKey)
            && TryDecode(decoded.Payload, out document);
    }

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? Fault =>
        Version <= 0 ? "version: expected 1 or more"
        : ExpiresAt <= IssuedAt || ExpiresAt - IssuedAt > LongestLife ? $"expiresAt: expected within {LongestLife.TotalDays} days after issuedAt"
        : EnvelopeKeys.Count is 0 or > MaxKeys ? $"envelopeKeys: expected 1 to {MaxKeys}"
        : Pins.Count > MaxKeys ? $"pins: expected at most {MaxKeys}"
        : Pins.Count > 0 && Pins.Select(static pin => Convert.ToHexString(pin.Key)).Distinct().Count() < MinPins
            ? $"pins: expected {MinPins} different ones: one in use and a spare"
        : Pins.Any(static pin => pin.Key.Length != SHA256.HashSizeInBytes) ? "pins: expected 32 bytes each"
        : EnvelopeKeys.Concat(Pins).Any(static key => key.Until <= key.From) ? "until: expected after from"
        : EnvelopeKeys.Any(static key => !EnvelopeKey.IsKey(key.Key)) ? "envelopeKeys: expected SubjectPublicKeyInfo of P-256 keys"
        : null;

    private byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, Version);
            writer.Write(2, IssuedAt);
            writer.Write(3, ExpiresAt);
            writer.WriteInt64(4);
            writer.WriteBoolean(IsSandbox);
            Write(writer, 5, Pins);
            Write(writer, 6, EnvelopeKeys);
        },
        6).Encode();

    /// <summary>Decodes a payload whose signature is not looked at.</summary>
    internal static bool TryDecode(ReadOnlyMemory<byte> payload, out ChannelDocument document)
    {
        long? version = null;
        DateTimeOffset? issued = null, expires = null;
        bool? sandbox = null;
        IReadOnlyList<DatedKey>? pins = null, keys = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: version = reader.ReadInt64(); return true;
                case 2: issued = CborMap.ReadTime(reader); return true;
                case 3: expires = CborMap.ReadTime(reader); return true;
                case 4: sandbox = reader.ReadBoolean(); return true;
                case 5: pins = ReadKeys(reader); return true;
                case 6: keys = ReadKeys(reader); return true;
                default: return false;
            }
        });
        bool complete = read && version is not null && issued is not null && expires is not null && sandbox is not null && pins is not null && keys is not null;
        document = complete
            ? new ChannelDocument
            {
                Version = version!.Value, IssuedAt = issued!.Value, ExpiresAt = expires!.Value, IsSandbox = sandbox!.Value, Pins = pins!,
                EnvelopeKeys = keys!,
            }
            : null!;
        return complete && document.Fault is null;
    }

    private static void Write(CborWriter writer, long label, IReadOnlyList<DatedKey> keys)
    {
        writer.WriteInt64(label);
        writer.WriteStartArray(keys.Count);
        foreach (DatedKey key in keys)
        {
            writer.WriteStartArray(3);
            writer.WriteByteString(key.Key);
            writer.WriteInt64(key.From.ToUnixTimeMilliseconds());
            writer.WriteInt64(key.Until.ToUnixTimeMilliseconds());
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static List<DatedKey> ReadKeys(CborReader reader)
    {
        int count = reader.ReadStartArray() ?? throw new CborContentException("expected a definite array");
        if (count > MaxKeys)
        {
            throw new CborContentException("too many keys");
        }

        List<DatedKey> keys = new(count);
        for (int i = 0; i < count; i++)
        {
            if (reader.ReadStartArray() != 3)
            {
                throw new CborContentException("expected key, from and until");
            }

            keys.Add(new DatedKey(reader.ReadByteString(), CborMap.ReadTime(reader), CborMap.ReadTime(reader)));
            reader.ReadEndArray();
        }

        reader.ReadEndArray();
        return keys;
    }
}
