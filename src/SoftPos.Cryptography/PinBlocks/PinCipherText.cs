using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>How a translation ended.</summary>
public enum PinTranslation
{
    Done,

    /// <summary>ISO 9564-1 forbids this pair of formats, or the format does not go with the cipher of its key.</summary>
    NotPermitted,

    /// <summary>The block does not hold a PIN under this key, PAN and format; no more is said.</summary>
    InvalidBlock,
}

/// <summary>
/// Enciphered PIN blocks: TDES with formats 0, 1, 3 (and 2 on the way to a chip), AES with format 4. The clear PIN exists only on the stack
/// of these calls, and is overwritten. Nothing here allocates.
/// </summary>
public static class PinCipherText
{
    /// <summary>Length of an enciphered block of this format in bytes.</summary>
    public static int Length(PinBlockFormat format) => format is PinBlockFormat.Iso4 ? PinBlock.AesLength : PinBlock.Length;

    /// <summary>True when the format may stand under a key of this cipher.</summary>
    public static bool Fits(PinBlockFormat format, PinCipher cipher) => format is PinBlockFormat.Iso4 == cipher is PinCipher.Aes;

    /// <summary>Encodes and enciphers a PIN.</summary>
    /// <param name="key">PIN key.</param>
    /// <param name="format">Must go with the key's cipher (<see cref="ArgumentException"/>).</param>
    /// <param name="pin">4 to 12 decimal digits.</param>
    /// <param name="pan">13 to 19 decimal digits (1 to 19 for format 4); not looked at for formats 1 and 2.</param>
    /// <param name="random">Source of the fill.</param>
    /// <param name="block">Receives 8 or 16 bytes.</param>
    public static void Encipher(
        PinEncryptionKey key,
        PinBlockFormat format,
        ReadOnlySpan<char> pin,
        ReadOnlySpan<char> pan,
        RandomNumberGenerator random,
        Span<byte> block)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Fits(format, key.Cipher))
        {
            throw new ArgumentException("the format does not go with the cipher of the key", nameof(format));
        }

        if (block.Length != Length(format))
        {
            throw new ArgumentException("expected the length of the format", nameof(block));
        }

        if (format is PinBlockFormat.Iso4)
        {
            Span<byte> panField = stackalloc byte[PinBlock.AesLength];
            PinBlock.EncodePanField(pan, panField);
            PinBlock.EncodePinField(pin, random, block);
            AesOneTime.EncryptTwice(key.Bytes, block, panField);
        }
        else
        {
            Span<byte> clear = stackalloc byte[PinBlock.Length];
            PinBlock.Encode(format, pin, pan, random, clear);
            Tdes.EncryptEcb(key.Bytes, clear, block);
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    /// <summary>Deciphers and decodes a PIN; for the issuer's side, which alone may see one.</summary>
    /// <returns>False when the block holds no PIN under this key, PAN and format.</returns>
    public static bool TryDecipher(
        PinEncryptionKey key, PinBlockFormat format, ReadOnlySpan<byte> block, ReadOnlySpan<char> pan, Span<char> pin, out int length)
    {
        ArgumentNullException.ThrowIfNull(key);
        length = 0;
        if (!Fits(format, key.Cipher) || block.Length != Length(format) || pin.Length < PinBlock.LongestPin)
        {
            return false;
        }

        if (format is not PinBlockFormat.Iso4)
        {
            Span<byte> clear = stackalloc byte[PinBlock.Length];
            Tdes.DecryptEcb(key.Bytes, block, clear);
            bool isValid = PinBlock.TryDecode(format, clear, pan, pin, out length);
            CryptographicOperations.ZeroMemory(clear);
            return isValid;
        }

        Span<byte> panField = stackalloc byte[PinBlock.AesLength];
        PinBlock.EncodePanField(pan, panField);
        Span<byte> pinField = stackalloc byte[PinBlock.AesLength];
        block.CopyTo(pinField);
        AesOneTime.DecryptTwice(key.Bytes, pinField, panField);
        bool isPin = PinBlock.TryDecodePinField(pinField, pin, out length);
        CryptographicOperations.ZeroMemory(pinField);
        return isPin;
    }

    /// <summary>
    /// Translates a PIN block from one key and format to another; the PAN stays the same on both sides, so a PIN can never be moved to
    /// another account.
    /// </summary>
    /// <param name="sourceKey">Key of the incoming block.</param>
    /// <param name="sourceFormat">Its format.</param>
    /// <param name="source">The incoming block.</param>
    /// <param name="pan">PAN of the account.</param>
    /// <param name="targetKey">Key of the outgoing block.</param>
    /// <param name="targetFormat">Its format.</param>
    /// <param name="random">Source of the new fill.</param>
    /// <param name="target">Receives 8 or 16 bytes.</param>
    /// <param name="forChipCard">The outgoing block goes to a chip card (format 2).</param>
    public static PinTranslation Translate(
        PinEncryptionKey sourceKey,
        PinBlockFormat sourceFormat,
        ReadOnlySpan<byte> source,
        ReadOnlySpan<char> pan,
        PinEncryptionKey targetKey,
        PinBlockFormat targetFormat,
        RandomNumberGenerator random,
        Span<byte> target,
        bool forChipCard = false)
    {
        ArgumentNullException.ThrowIfNull(sourceKey);
        ArgumentNullException.ThrowIfNull(targetKey);
        if (!IsPermitted(sourceFormat, targetFormat, forChipCard)
            || !Fits(sourceFormat, sourceKey.Cipher) || !Fits(targetFormat, targetKey.Cipher))
        {
            return PinTranslation.NotPermitted;
        }

        Span<char> pin = stackalloc char[PinBlock.LongestPin];
        bool isValid = TryDecipher(sourceKey, sourceFormat, source, pan, pin, out int length);
        if (isValid)
        {
            Encipher(targetKey, targetFormat, pin[..length], pan, random, target);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(pin));
        return isValid ? PinTranslation.Done : PinTranslation.InvalidBlock;
    }

    /// <summary>ISO 9564-1: formats bound to a PAN never lose that binding; format 2 only ever reaches a chip card.</summary>
    public static bool IsPermitted(PinBlockFormat source, PinBlockFormat target, bool forChipCard = false) => (source, target) switch
    {
        (_, PinBlockFormat.Iso2) => forChipCard,
        (PinBlockFormat.Iso2, _) => false,
        (PinBlockFormat.Iso1, _) => true,
        (_, PinBlockFormat.Iso1) => false,
        _ => true,
    };
}
