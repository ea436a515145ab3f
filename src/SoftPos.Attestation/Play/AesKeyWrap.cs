using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Attestation.Play;

/// <summary>RFC 3394 unwrapping of a 256-bit key: the platform offers only the padded variant.</summary>
internal static class AesKeyWrap
{
    public const int ContentKeyLength = 32;

    private const int Blocks = ContentKeyLength / 8;
    private const ulong Check = 0xA6A6A6A6A6A6A6A6;

    /// <summary>Unwraps 40 bytes into 32; false when the integrity check fails. RFC 3394, 2.2.2.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> wrapped, Span<byte> unwrapped)
    {
        if (wrapped.Length != ContentKeyLength + 8 || unwrapped.Length != ContentKeyLength)
        {
            return false;
        }

        using Aes aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> block = stackalloc byte[16];
        ulong head = BinaryPrimitives.ReadUInt64BigEndian(wrapped);
        wrapped[8..].CopyTo(unwrapped);
        for (int step = (6 * Blocks) - 1; step >= 0; step--)
        {
            Span<byte> part = unwrapped.Slice(step % Blocks * 8, 8);
            BinaryPrimitives.WriteUInt64BigEndian(block, head ^ (ulong)(step + 1));
            part.CopyTo(block[8..]);
            aes.DecryptEcb(block, block, PaddingMode.None);
            head = BinaryPrimitives.ReadUInt64BigEndian(block);
            block[8..].CopyTo(part);
        }

        Span<byte> check = stackalloc byte[8], wanted = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(check, head);
        BinaryPrimitives.WriteUInt64BigEndian(wanted, Check);
        bool valid = CryptographicOperations.FixedTimeEquals(check, wanted);
        CryptographicOperations.ZeroMemory(block);
        if (!valid)
        {
            CryptographicOperations.ZeroMemory(unwrapped);
        }

        return valid;
    }
}
