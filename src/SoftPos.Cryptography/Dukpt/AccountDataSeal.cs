using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// Account data sealed on the terminal and opened by the host: AES-GCM under the data key of one transaction. Form: version (01) ‖ key
/// serial number (12) ‖ nonce (12) ‖ ciphertext ‖ tag (16). Version and serial number are authenticated together with the caller's data.
/// The key is unique to the transaction, so one constant nonce would do for one message; the nonce is random all the same, so that a
/// restored copy of a terminal's state does not turn one mistake into a loss of confidentiality.
/// </summary>
public static class AccountDataSeal
{
    /// <summary>Bytes that sealing adds.</summary>
    public const int Overhead = HeaderLength + NonceLength + TagLength;

    /// <summary>Longest account data in bytes; track 2, PAN, dates and some chip data need a tenth of it.</summary>
    public const int LongestData = 4096;

    private const byte Version = 1;
    private const int HeaderLength = 1 + KeySerialNumber.Length;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Seals data under a key of usage 3000 (or 3001 for the way back).</summary>
    /// <param name="key">Data key of the transaction.</param>
    /// <param name="serialNumber">Its key serial number.</param>
    /// <param name="associatedData">What must belong to the data, such as the payment's id; not contained in the answer.</param>
    /// <param name="data">At most 4096 bytes.</param>
    /// <param name="random">Source of the nonce.</param>
    public static byte[] Seal(
        DataEncryptionKey key,
        KeySerialNumber serialNumber,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> data,
        RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(random);
        if (data.Length > LongestData)
        {
            throw new ArgumentException($"expected at most {LongestData} bytes", nameof(data));
        }

        byte[] result = new byte[Overhead + data.Length];
        result[0] = Version;
        serialNumber.WriteTo(result.AsSpan(1));
        Span<byte> nonce = result.AsSpan(HeaderLength, NonceLength);
        random.GetBytes(nonce);
        using AesGcm cipher = new(key.Bytes, TagLength);
        cipher.Encrypt(
            nonce,
            data,
            result.AsSpan(HeaderLength + NonceLength, data.Length),
            result.AsSpan(result.Length - TagLength),
            Authenticated(result.AsSpan(0, HeaderLength), associatedData));
        return result;
    }

    /// <summary>Reads the serial number, by which the host finds the key. It is not authenticated until the seal opens.</summary>
    public static bool TryReadSerialNumber(ReadOnlySpan<byte> sealedData, out KeySerialNumber serialNumber)
    {
        serialNumber = default;
        return sealedData.Length >= Overhead && sealedData.Length <= Overhead + LongestData && sealedData[0] == Version
            && KeySerialNumber.TryRead(sealedData.Slice(1, KeySerialNumber.Length), out serialNumber);
    }

    /// <summary>Opens sealed data.</summary>
    /// <param name="key">Data key derived for the serial number that <see cref="TryReadSerialNumber"/> gives.</param>
    /// <param name="associatedData">The same as at sealing.</param>
    /// <param name="sealedData">The sealed form.</param>
    /// <param name="data">Receives the clear data; its owner zeroes it after use. Null when the answer is false.</param>
    /// <returns>False when anything was changed or the key is another one; no more is said.</returns>
    public static bool TryOpen(
        DataEncryptionKey key, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedData, out byte[]? data)
    {
        ArgumentNullException.ThrowIfNull(key);
        data = null;
        if (!TryReadSerialNumber(sealedData, out _))
        {
            return false;
        }

        byte[] clear = GC.AllocateUninitializedArray<byte>(sealedData.Length - Overhead, pinned: true);
        using AesGcm cipher = new(key.Bytes, TagLength);
        try
        {
            cipher.Decrypt(
                sealedData.Slice(HeaderLength, NonceLength),
                sealedData[(HeaderLength + NonceLength)..^TagLength],
                sealedData[^TagLength..],
                clear,
                Authenticated(sealedData[..HeaderLength], associatedData));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        data = clear;
        return true;
    }

    /// <summary>Takes sealed data apart for a security module that opens them itself (AES-GCM, tag of 16 bytes at the end).</summary>
    public static bool TrySplit(ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData, out SealedParts parts)
    {
        parts = default;
        if (!TryReadSerialNumber(sealedData, out _))
        {
            return false;
        }

        parts = new SealedParts(
            sealedData.Slice(HeaderLength, NonceLength).ToArray(),
            Authenticated(sealedData[..HeaderLength], associatedData),
            sealedData[(HeaderLength + NonceLength)..].ToArray());
        return true;
    }

    private static byte[] Authenticated(ReadOnlySpan<byte> header, ReadOnlySpan<byte> associatedData) => [.. header, .. associatedData];
}

/// <summary>Parts of sealed account data as AES-GCM takes them.</summary>
public readonly record struct SealedParts(byte[] Nonce, byte[] Authenticated, byte[] CipherTextAndTag);
