using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Contract.Integrators;

/// <summary>
/// Signatures of the Standard Webhooks convention: HMAC-SHA256 over <c>id.timestamp.body</c> under a <c>whsec_</c> secret, written as
/// <c>v1,base64</c>. The sender signs each attempt; the receiver verifies, looks at the age and remembers the identities.
/// </summary>
public static class StandardWebhook
{
    /// <summary>Header of the event's identity: the same over all attempts, so the receiver's idempotency key.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>Header of the attempt's time, in seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>Header of the signatures: one or more, with a space between, while a secret is being changed.</summary>
    public const string SignatureHeader = "webhook-signature";

    /// <summary>Start of a secret as it is shown.</summary>
    public const string SecretPrefix = "whsec_";

    /// <summary>How far the attempt's time may be from the receiver's.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";

    /// <summary>Bytes of a new secret; the convention allows 24 to 64.</summary>
    private const int SecretBytes = 32;
    private const int MinSecretBytes = 24;
    private const int MaxSecretBytes = 64;

    /// <summary>More signatures than any change of secrets needs; a receiver must not be made to compare for long.</summary>
    private const int MaxSignatures = 8;

    /// <summary>Makes a secret: <c>whsec_</c> and the Base64 of 32 bytes.</summary>
    public static string NewSecret(RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        byte[] bytes = new byte[SecretBytes];
        random.GetBytes(bytes);
        return SecretPrefix + Convert.ToBase64String(bytes);
    }

    /// <summary>Reads a secret, with or without its prefix: 24 to 64 bytes; null when it is none.</summary>
    public static byte[]? ReadSecret(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        string text = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        byte[] bytes = new byte[MaxSecretBytes];
        return Base64.IsValid(text) && Convert.TryFromBase64String(text, bytes, out int length) && length >= MinSecretBytes ? bytes[..length] : null;
    }

    /// <summary>Signs one attempt.</summary>
    /// <param name="secret">Key bytes, as <see cref="ReadSecret"/> gives them.</param>
    /// <param name="id">Identity of the event; without dots.</param>
    /// <param name="time">Time of the attempt.</param>
    /// <param name="body">The exact body.</param>
    /// <returns>Value of <see cref="SignatureHeader"/>.</returns>
    public static string Sign(ReadOnlySpan<byte> secret, string id, DateTimeOffset time, ReadOnlySpan<byte> body)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (id.Contains('.', StringComparison.Ordinal))
        {
            throw new ArgumentException("an identity without dots is expected", nameof(id));
        }

        return Version + Convert.ToBase64String(Mac(secret, id, TimeText(time), body));
    }

    /// <summary>Time of an attempt as <see cref="TimestampHeader"/> writes it.</summary>
    public static string TimeText(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether one of the signatures is right and the time is near. The comparison takes the same time whatever differs.</summary>
    /// <param name="secret">Key bytes.</param>
    /// <param name="id">Value of <see cref="IdHeader"/>.</param>
    /// <param name="timestamp">Value of <see cref="TimestampHeader"/>.</param>
    /// <param name="signatures">Value of <see cref="SignatureHeader"/>.</param>
    /// <param name="body">The exact body.</param>
    /// <param name="now">The receiver's time.</param>
    public static bool Verify(
        ReadOnlySpan<byte> secret, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        bool isTime = long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds);
        if (string.IsNullOrEmpty(id) || !isTime || signatures is null || Math.Abs(now.ToUnixTimeSeconds() - (decimal)seconds) > (decimal)Tolerance.TotalSeconds)
        {
            return false;
        }

        byte[] expected = Encoding.ASCII.GetBytes(Version + Convert.ToBase64String(Mac(secret, id, timestamp!, body)));
        bool good = false;
        foreach (string signature in signatures.Split(' ', MaxSignatures + 1).Take(MaxSignatures))
        {
            good |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature));
        }

        return good;
    }

    private static byte[] Mac(ReadOnlySpan<byte> secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }
}
