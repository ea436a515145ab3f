namespace SoftPos.Cryptography;

/// <summary>
/// DES (8-byte key), two-key and three-key TDES (16 and 24 bytes) in ECB and CBC, without padding. Parity bits of keys are ignored.
/// Nothing is allocated, and no key schedule outlives a call. Single DES is offered only as a part of ISO 9797-1 MACs and TDES DUKPT.
/// Wrong lengths are <see cref="ArgumentException"/>.
/// </summary>
public static class Tdes
{
    /// <summary>Block length in bytes.</summary>
    public const int BlockLength = 8;

    /// <summary>
    /// Enciphers whole blocks independently; <paramref name="destination"/> has the length of <paramref name="data"/>
    /// and may be the same memory.
    /// </summary>
    public static void EncryptEcb(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> destination) =>
        Ecb(true, key, data, destination);

    /// <summary>Inverse of <see cref="EncryptEcb"/>.</summary>
    public static void DecryptEcb(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> destination) =>
        Ecb(false, key, data, destination);

    /// <summary>Enciphers whole blocks in CBC under an 8-byte <paramref name="iv"/>.</summary>
    public static void EncryptCbc(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Check(key, data, destination);
        CheckIv(iv);
        using TdesCipher cipher = new(key, encrypts: true);
        Span<byte> chain = stackalloc byte[BlockLength];
        iv.CopyTo(chain);
        for (int at = 0; at < data.Length; at += BlockLength)
        {
            Xor(chain, data.Slice(at, BlockLength));
            cipher.Process(chain, chain);
            chain.CopyTo(destination[at..]);
        }
    }

    /// <summary>Inverse of <see cref="EncryptCbc"/>.</summary>
    public static void DecryptCbc(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Check(key, data, destination);
        CheckIv(iv);
        using TdesCipher cipher = new(key, encrypts: false);
        Span<byte> chain = stackalloc byte[BlockLength];
        Span<byte> block = stackalloc byte[BlockLength];
        Span<byte> clear = stackalloc byte[BlockLength];
        iv.CopyTo(chain);
        for (int at = 0; at < data.Length; at += BlockLength)
        {
            data.Slice(at, BlockLength).CopyTo(block);
            cipher.Process(block, clear);
            Xor(clear, chain);
            block.CopyTo(chain);
            clear.CopyTo(destination[at..]);
        }
    }

    /// <summary>Sets the lowest bit of each byte so that every byte has an odd number of ones.</summary>
    public static void AdjustParity(Span<byte> key)
    {
        foreach (ref byte part in key)
        {
            part = (byte)((part & 0xFE) | ((System.Numerics.BitOperations.PopCount((uint)part & 0xFE) & 1) ^ 1));
        }
    }

    internal static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] ^= other[i];
        }
    }

    private static void Ecb(bool encrypt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Check(key, data, destination);
        using TdesCipher cipher = new(key, encrypt);
        for (int at = 0; at < data.Length; at += BlockLength)
        {
            cipher.Process(data[at..], destination[at..]);
        }
    }

    private static void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (key.Length is not (8 or 16 or 24))
        {
            throw new ArgumentException("expected a key of 8, 16 or 24 bytes", nameof(key));
        }

        if (data.Length % BlockLength != 0)
        {
            throw new ArgumentException("expected whole blocks of 8 bytes", nameof(data));
        }

        if (destination.Length < data.Length)
        {
            throw new ArgumentException("shorter than the data", nameof(destination));
        }
    }

    private static void CheckIv(ReadOnlySpan<byte> iv)
    {
        if (iv.Length != BlockLength)
        {
            throw new ArgumentException("expected 8 bytes", nameof(iv));
        }
    }
}
