using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// A PIN block of format 4 that is made in two rooms. The PAN field is cut into two shares before the PIN is asked for, and neither share
/// says anything of the PAN; the PIN field is enciphered before the shares come together. So neither room, nor this object, holds a clear PIN
/// and a clear PAN, at once or one after the other. The result is that of <see cref="PinCipherText.Encipher"/>.
/// </summary>
public sealed class SplitPinBlock : IDisposable
{
    private readonly PinEncryptionKey _key;
    private readonly SecretBytes _share;
    private readonly SecretBytes _block = new(PinBlock.AesLength);
    private bool _hasPin;

    /// <summary>Begins a block.</summary>
    /// <param name="key">AES PIN key of this transaction; belongs to this object from now on.</param>
    /// <param name="share">One share of the PAN field, 16 bytes.</param>
    public SplitPinBlock(PinEncryptionKey key, ReadOnlySpan<byte> share)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(share.Length, PinBlock.AesLength);
        if (key.Cipher is not PinCipher.Aes)
        {
            throw new ArgumentException("format 4 stands under AES", nameof(key));
        }

        _key = key;
        _share = new SecretBytes(share);
    }

    /// <summary>Cuts the PAN field of format 4 into two shares.</summary>
    /// <param name="pan">1 to 19 decimal digits.</param>
    /// <param name="random">Source of the first share.</param>
    /// <param name="one">Receives 16 bytes: random.</param>
    /// <param name="other">Receives 16 bytes: the field xor the first share.</param>
    public static void Share(ReadOnlySpan<char> pan, RandomNumberGenerator random, Span<byte> one, Span<byte> other)
    {
        ArgumentNullException.ThrowIfNull(random);
        random.GetBytes(one[..PinBlock.AesLength]);
        PinBlock.EncodePanField(pan, other);
        Tdes.Xor(other[..PinBlock.AesLength], one[..PinBlock.AesLength]);
    }

    /// <summary>Takes the PIN: it is enciphered here and now, and the digits are overwritten.</summary>
    /// <param name="pin">4 to 12 decimal digits; cleared.</param>
    /// <param name="random">Source of the fill.</param>
    public void TakePin(Span<char> pin, RandomNumberGenerator random)
    {
        try
        {
            PinBlock.EncodePinField(pin, random, _block.Span);
            AesOneTime.Encrypt(_key.Bytes, _block.Span, _block.Span);
            Tdes.Xor(_block.Span, _share.Span);
            _hasPin = true;
        }
        finally
        {
            pin.Clear();
        }
    }

    /// <summary>Joins the other share and finishes the block.</summary>
    /// <param name="otherShare">16 bytes.</param>
    /// <returns>The enciphered block, 16 bytes.</returns>
    /// <exception cref="InvalidOperationException">No PIN was taken, or the block was finished before.</exception>
    public byte[] Finish(ReadOnlySpan<byte> otherShare)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(otherShare.Length, PinBlock.AesLength);
        if (!_hasPin)
        {
            throw new InvalidOperationException("there is no PIN in the block");
        }

        _hasPin = false;
        byte[] block = new byte[PinBlock.AesLength];
        Tdes.Xor(_block.Span, otherShare);
        AesOneTime.Encrypt(_key.Bytes, _block.Span, block);
        CryptographicOperations.ZeroMemory(_block.Span);
        return block;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _share.Dispose();
        _block.Dispose();
    }
}
