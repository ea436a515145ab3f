using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>An initial key on its way to one device.</summary>
/// <param name="EphemeralPublicKey">The host's one-time P-256 key, SubjectPublicKeyInfo in DER.</param>
/// <param name="KeyBlock">X9.143 version D, usage B1, with the initial key id in block IK.</param>
public sealed record WrappedInitialKey(byte[] EphemeralPublicKey, string KeyBlock);

/// <summary>
/// Computes the raw ECDH secret (x coordinate, 32 bytes) of the device's private key and the given public key (SubjectPublicKeyInfo in
/// DER, checked before). The private key stays where it lives; false when it cannot be used.
/// </summary>
public delegate bool DeviceKeyAgreement(ReadOnlySpan<byte> ephemeralPublicKey, Span<byte> sharedSecret);

/// <summary>
/// Remote key injection: ephemeral ECDH on P-256 with the device's agreement key, HKDF-SHA-256 to a 256-bit protection key, X9.143 block.
/// Salt of the HKDF: SHA-256 of ephemeral and device key (each with a length of four bytes before it). Info: a label and the transcript,
/// so that a block opens only in the exchange that it was made for.
/// </summary>
public static class DeviceKeyWrap
{
    private const int SecretLength = 32;
    private const int ProtectionKeyLength = 32;

    private const int CoordinateLength = 32;

    /// <summary>DER of a SubjectPublicKeyInfo with an uncompressed point of P-256, up to the coordinates (RFC 5480).</summary>
    private static ReadOnlySpan<byte> PublicKeyPrefix =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
        0x03, 0x42, 0x00, 0x04,
    ];

    private static ReadOnlySpan<byte> Label => "SoftPos device key wrap 1"u8;

    /// <summary>Wraps an initial key for a device whose attested agreement key is given.</summary>
    /// <param name="devicePublicKey">P-256 SubjectPublicKeyInfo in DER.</param>
    /// <param name="transcript">Binds the exchange: session, device, purpose of the key. Both sides give the same bytes.</param>
    /// <param name="initialKeyId">Initial key id.</param>
    /// <param name="initialKey">16, 24 or 32 bytes.</param>
    /// <param name="random">Source of the block's padding.</param>
    /// <param name="wrapped">The wrapped key, or null.</param>
    /// <returns>False when the device's key is not a valid point of P-256.</returns>
    public static bool TryWrap(
        ReadOnlySpan<byte> devicePublicKey,
        ReadOnlySpan<byte> transcript,
        ulong initialKeyId,
        ReadOnlySpan<byte> initialKey,
        RandomNumberGenerator random,
        out WrappedInitialKey? wrapped)
    {
        wrapped = null;
        using ECDiffieHellman? device = Import(devicePublicKey);
        if (device is null)
        {
            return false;
        }

        using ECDiffieHellman ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        byte[] secret = ephemeral.DeriveRawSecretAgreement(device.PublicKey);
        byte[] ephemeralPublicKey = ephemeral.ExportSubjectPublicKeyInfo();
        using KeyBlockProtectionKey protectionKey = DeriveProtectionKey(secret, ephemeralPublicKey, devicePublicKey, transcript);
        CryptographicOperations.ZeroMemory(secret);
        wrapped = new WrappedInitialKey(ephemeralPublicKey, WrapInitialKey(protectionKey, initialKeyId, initialKey, random));
        return true;
    }

    /// <summary>Unwraps on the device.</summary>
    /// <param name="wrapped">What the host sent.</param>
    /// <param name="devicePublicKey">The device's own agreement key, the same bytes as the host used.</param>
    /// <param name="transcript">The same as at wrapping.</param>
    /// <param name="agree">ECDH by the device's private key.</param>
    /// <param name="initialKey">The key with its id, or null.</param>
    /// <returns>False when anything differs; no more is said.</returns>
    public static bool TryUnwrap(
        WrappedInitialKey wrapped,
        ReadOnlySpan<byte> devicePublicKey,
        ReadOnlySpan<byte> transcript,
        DeviceKeyAgreement agree,
        out InitialKey? initialKey)
    {
        ArgumentNullException.ThrowIfNull(wrapped);
        ArgumentNullException.ThrowIfNull(agree);
        initialKey = null;
        using (ECDiffieHellman? ephemeral = Import(wrapped.EphemeralPublicKey))
        {
            if (ephemeral is null)
            {
                return false;
            }
        }

        Span<byte> secret = stackalloc byte[SecretLength];
        if (!agree(wrapped.EphemeralPublicKey, secret))
        {
            return false;
        }

        using KeyBlockProtectionKey protectionKey = DeriveProtectionKey(secret, wrapped.EphemeralPublicKey, devicePublicKey, transcript);
        CryptographicOperations.ZeroMemory(secret);
        return TryUnwrapInitialKey(protectionKey, wrapped.KeyBlock, out initialKey);
    }

    /// <summary>An initial key as a key block of usage B1 under a protection or update key.</summary>
    public static string WrapInitialKey(
        KeyBlockProtectionKey protectionKey, ulong initialKeyId, ReadOnlySpan<byte> initialKey, RandomNumberGenerator random)
    {
        KeyBlockHeader header = new()
        {
            Usage = "B1",
            Algorithm = 'A',
            ModeOfUse = 'X',
            Exportability = 'E',
            Options = [new KeyBlockOption(KeyBlockOption.InitialKeyId, initialKeyId.ToString("X16", CultureInfo.InvariantCulture))],
        };
        return KeyBlock.Wrap(protectionKey, header, initialKey, random);
    }

    /// <summary>Takes an initial key from a block: usage B1, AES, mode X, with its id. Any other block is refused.</summary>
    public static bool TryUnwrapInitialKey(KeyBlockProtectionKey protectionKey, ReadOnlySpan<char> block, out InitialKey? initialKey)
    {
        initialKey = null;
        if (!KeyBlock.TryUnwrap(protectionKey, block, out KeyBlockContent? content, out _))
        {
            return false;
        }

        using (content)
        {
            string? id = content!.Header.Option(KeyBlockOption.InitialKeyId);
            if (content.Header.Version != 'D' || !content.Is("B1", 'A', "X") || id is not { Length: 16 }
                || !ulong.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number))
            {
                return false;
            }

            initialKey = new InitialKey(number, content.Key);
            return true;
        }
    }

    private static KeyBlockProtectionKey DeriveProtectionKey(
        ReadOnlySpan<byte> secret, ReadOnlySpan<byte> ephemeral, ReadOnlySpan<byte> device, ReadOnlySpan<byte> transcript)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendWithLength(hash, ephemeral);
        AppendWithLength(hash, device);
        Span<byte> salt = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(salt);
        byte[] info = [.. Label, .. transcript];
        Span<byte> key = stackalloc byte[ProtectionKeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, info);
        KeyBlockProtectionKey result = new(key);
        CryptographicOperations.ZeroMemory(key);
        return result;
    }

    private static void AppendWithLength(IncrementalHash hash, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        hash.AppendData(length);
        hash.AppendData(value);
    }

    /// <summary>Imports a public key in its one canonical form; null when it is none or not a point of P-256.</summary>
    internal static ECDiffieHellman? Import(ReadOnlySpan<byte> publicKey)
    {
        int start = PublicKeyPrefix.Length;
        if (publicKey.Length != start + (2 * CoordinateLength) || !publicKey.StartsWith(PublicKeyPrefix))
        {
            return null;
        }

        ECParameters parameters = new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = publicKey.Slice(start, CoordinateLength).ToArray(),
                Y = publicKey[(start + CoordinateLength)..].ToArray(),
            },
        };
        try
        {
            return ECDiffieHellman.Create(parameters);
        }
        catch (CryptographicException)
        {
            // Not a point of the curve: an outcome like any other wrong key.
            return null;
        }
    }
}
