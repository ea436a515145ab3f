using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// Secure channel of Kernel 8 (Book E, 8): blinded Diffie-Hellman on P-256 or P-521, two AES-128 session keys, counters from 8000 for what
/// the card sends and 0000 for what the kernel sends.
/// </summary>
public sealed class BlindedChannel : IDisposable
{
    /// <summary>Length of a message authentication code in bytes.</summary>
    public const int MacLength = 8;

    /// <summary>First counter of the card; it protects the blinding factor.</summary>
    public const ushort FirstCardCounter = 0x8000;

    private const int KeyLength = 16;

    private readonly SecretBytes _keys = new(2 * KeyLength);

    private BlindedChannel()
    {
    }

    private Span<byte> Confidentiality => _keys.Span[..KeyLength];

    private Span<byte> Integrity => _keys.Span[KeyLength..];

    /// <summary>Agrees on the kernel's side.</summary>
    /// <param name="kernelPrivateKey">Fresh scalar of this transaction, 32 bytes for P-256, 66 for P-521; the caller overwrites it after.</param>
    /// <param name="blindedPublicKey">First half of Card Key Data (9F8103): x of the blinded card key, as long.</param>
    /// <param name="channel">The channel, or null.</param>
    /// <returns>False when the card's key is no point of the curve.</returns>
    public static bool TryAgree(ReadOnlySpan<byte> kernelPrivateKey, ReadOnlySpan<byte> blindedPublicKey, out BlindedChannel? channel)
    {
        channel = null;
        Span<byte> secret = stackalloc byte[EmvCurve.LongFieldLength];
        secret = secret[..Math.Min(blindedPublicKey.Length, EmvCurve.LongFieldLength)];
        if (!EmvCurve.TryMultiply(kernelPrivateKey, blindedPublicKey, secret))
        {
            return false;
        }

        channel = FromSecret(secret);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    /// <summary>Derives the session keys from the shared x coordinate (32 bytes, 66 on P-521); Book E, 8.5.</summary>
    public static BlindedChannel FromSecret(ReadOnlySpan<byte> secret)
    {
        BlindedChannel channel = new();
        Span<byte> derivationKey = stackalloc byte[KeyLength];
        derivationKey.Clear();
        Cmac.ComputeAes(derivationKey, secret, derivationKey);
        ReadOnlySpan<byte> frame = [1, 1, 0, 0x54, 0x33, 0x4A, 0x32, 0x59, 0x57, 0x77, 0x3D, 0xA5, 0xA5, 0xA5, 0x01, 0x80];
        Span<byte> data = channel._keys.Span;
        frame.CopyTo(data);
        frame.CopyTo(data[KeyLength..]);
        data[KeyLength] = 2;
        AesOneTime.Encrypt(derivationKey, data, data);
        CryptographicOperations.ZeroMemory(derivationKey);
        return channel;
    }

    /// <summary>Enciphers or deciphers a message: AES-CTR, starting at the counter in the left two bytes.</summary>
    public void Apply(ushort counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> block = stackalloc byte[AesOneTime.BlockLength];
        Span<byte> stream = stackalloc byte[AesOneTime.BlockLength];
        block.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(block, counter);
        for (int at = 0; at < input.Length; at += AesOneTime.BlockLength)
        {
            AesOneTime.Encrypt(Confidentiality, block, stream);
            for (int i = at; i < Math.Min(at + AesOneTime.BlockLength, input.Length); i++)
            {
                output[i] = (byte)(input[i] ^ stream[i - at]);
            }

            for (int i = AesOneTime.BlockLength - 1; i >= 0 && unchecked(++block[i]) == 0; i--)
            {
            }
        }

        CryptographicOperations.ZeroMemory(stream);
    }

    /// <summary>MAC of a message: left 8 bytes of the CMAC over counter and message.</summary>
    public void ComputeMac(ushort counter, ReadOnlySpan<byte> message, Span<byte> mac)
    {
        byte[] text = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(text, counter);
        message.CopyTo(text.AsSpan(2));
        Cmac.ComputeAes(Integrity, text, mac[..MacLength]);
        CryptographicOperations.ZeroMemory(text);
    }

    /// <summary>True when <paramref name="mac"/> (8 bytes) is that of counter and message; compares in constant time.</summary>
    public bool VerifyMac(ushort counter, ReadOnlySpan<byte> message, ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[MacLength];
        ComputeMac(counter, message, expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }

    /// <summary>
    /// IAD-MAC (Book E, 8.6): AES-CMAC+ over two zero bytes and the text, which is the CMAC, deciphered under the same key and mixed with
    /// itself; left 8 bytes.
    /// </summary>
    public void ComputeIadMac(ReadOnlySpan<byte> text, Span<byte> mac)
    {
        byte[] framed = new byte[2 + text.Length];
        text.CopyTo(framed.AsSpan(2));
        Span<byte> tag = stackalloc byte[AesOneTime.BlockLength];
        Span<byte> mixed = stackalloc byte[AesOneTime.BlockLength];
        Cmac.ComputeAes(Integrity, framed, tag);
        AesOneTime.Decrypt(Integrity, tag, mixed);
        for (int i = 0; i < MacLength; i++)
        {
            mac[i] = (byte)(tag[i] ^ mixed[i]);
        }

        // Card data stand in the text: the copy does not outlive its use.
        CryptographicOperations.ZeroMemory(framed);
    }

    /// <summary>EDA-MAC: CMAC over two zero bytes, the application cryptogram (8) and the IAD-MAC (8); left 8 bytes.</summary>
    public void ComputeEdaMac(ReadOnlySpan<byte> cryptogram, ReadOnlySpan<byte> iadMac, Span<byte> mac) =>
        ComputeMac(0, [.. cryptogram, .. iadMac], mac);

    /// <summary>
    /// Checks that the blinded key came from the card's certified key: x of r times Qc is the blinded key. This is where the card proves
    /// its key.
    /// </summary>
    public static bool IsBlindedBy(ReadOnlySpan<byte> blindingFactor, ReadOnlySpan<byte> cardPublicKey, ReadOnlySpan<byte> blindedPublicKey)
    {
        Span<byte> expected = stackalloc byte[EmvCurve.LongFieldLength];
        expected = expected[..Math.Min(cardPublicKey.Length, EmvCurve.LongFieldLength)];
        return EmvCurve.TryMultiply(blindingFactor, cardPublicKey, expected)
            && CryptographicOperations.FixedTimeEquals(expected, blindedPublicKey);
    }

    public void Dispose() => _keys.Dispose();

    public override string ToString() => "Kernel 8 secure channel";
}
