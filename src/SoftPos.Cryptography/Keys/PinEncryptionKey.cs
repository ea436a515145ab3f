namespace SoftPos.Cryptography;

/// <summary>Cipher of a PIN key: decides which PIN block formats it may carry (ISO 9564-1: formats 0, 1 and 3 under TDES, 4 under AES).</summary>
public enum PinCipher
{
    Tdes,
    Aes,
}

/// <summary>Enciphers and deciphers PIN blocks, nothing else. DUKPT usage 1000 or a zone PIN key (key block usage P0).</summary>
public sealed class PinEncryptionKey : PurposeKey
{
    internal PinEncryptionKey(PinCipher cipher, ReadOnlySpan<byte> bytes)
        : base(bytes) => Cipher = cipher;

    public PinCipher Cipher { get; }

    /// <summary>Takes a static (zone) key: 16 or 24 bytes for TDES, 16, 24 or 32 for AES.</summary>
    public static PinEncryptionKey Import(PinCipher cipher, ReadOnlySpan<byte> key)
    {
        bool fits = cipher is PinCipher.Tdes ? key.Length is 16 or 24 : key.Length is 16 or 24 or 32;
        return fits ? new PinEncryptionKey(cipher, key) : throw new ArgumentException("wrong length for this cipher", nameof(key));
    }
}
