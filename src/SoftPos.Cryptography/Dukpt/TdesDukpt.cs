using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Working keys of TDES DUKPT; X9.24-1:2009, A.4.1.</summary>
public enum TdesDukptKey
{
    /// <summary>The transaction key itself, without a variant. For analysis only.</summary>
    Transaction,

    /// <summary>PIN encryption.</summary>
    Pin,

    /// <summary>MAC of what the terminal sends.</summary>
    MacRequest,

    /// <summary>MAC of what the host sends.</summary>
    MacResponse,

    /// <summary>Data from terminal to host.</summary>
    DataRequest,

    /// <summary>Data from host to terminal.</summary>
    DataResponse,
}

/// <summary>TDES DUKPT on the host (X9.24-1:2009, annex A), for reading the traffic of devices that still use it. Keys have 16 bytes.</summary>
public static class TdesDukpt
{
    private const int KeyLength = 16;

    private static ReadOnlySpan<byte> Mask => [0xC0, 0xC0, 0xC0, 0xC0, 0, 0, 0, 0, 0xC0, 0xC0, 0xC0, 0xC0, 0, 0, 0, 0];

    /// <summary>Derives the initial key (IPEK) of a device.</summary>
    public static void DeriveInitialKey(ReadOnlySpan<byte> baseDerivationKey, TdesKeySerialNumber serialNumber, Span<byte> initialKey)
    {
        CheckKey(baseDerivationKey, nameof(baseDerivationKey));
        CheckKey(initialKey, nameof(initialKey));
        Span<byte> id = stackalloc byte[TdesKeySerialNumber.Length];
        serialNumber.Initial.WriteTo(id);
        Span<byte> masked = stackalloc byte[KeyLength];
        baseDerivationKey.CopyTo(masked);
        Tdes.Xor(masked, Mask);
        Span<byte> left = stackalloc byte[8];
        Tdes.EncryptEcb(baseDerivationKey, id[..8], left);
        Tdes.EncryptEcb(masked, id[..8], initialKey[8..]);
        left.CopyTo(initialKey);
        CryptographicOperations.ZeroMemory(masked);
    }

    /// <summary>Derives a working key of one transaction.</summary>
    /// <returns>What is wrong with the serial number, if anything; then <paramref name="key"/> stays untouched.</returns>
    public static KeySerialNumberFault DeriveWorkingKey(
        ReadOnlySpan<byte> initialKey, TdesKeySerialNumber serialNumber, TdesDukptKey purpose, Span<byte> key)
    {
        CheckKey(initialKey, nameof(initialKey));
        CheckKey(key, nameof(key));
        KeySerialNumberFault fault = serialNumber.Check();
        if (fault is not KeySerialNumberFault.None)
        {
            return fault;
        }

        Span<byte> current = stackalloc byte[KeyLength];
        initialKey.CopyTo(current);
        ulong register = serialNumber.Initial.Register;
        for (uint bit = 1u << 20; bit != 0; bit >>= 1)
        {
            if ((serialNumber.Counter & bit) != 0)
            {
                register |= bit;
                Step(current, register);
            }
        }

        ApplyVariant(current, purpose);
        current.CopyTo(key);
        CryptographicOperations.ZeroMemory(current);
        return KeySerialNumberFault.None;
    }

    /// <summary>Non-reversible key generation: the masked half becomes the left one.</summary>
    private static void Step(Span<byte> key, ulong register)
    {
        Span<byte> masked = stackalloc byte[KeyLength];
        key.CopyTo(masked);
        Tdes.Xor(masked, Mask);
        Span<byte> left = stackalloc byte[8];
        Half(masked, register, left);
        Half(key, register, key[8..]);
        left.CopyTo(key);
        CryptographicOperations.ZeroMemory(masked);
    }

    private static void Half(ReadOnlySpan<byte> key, ulong register, Span<byte> half)
    {
        Span<byte> block = stackalloc byte[8];
        Span<byte> right = stackalloc byte[8];
        key[8..].CopyTo(right);
        BinaryPrimitives.WriteUInt64BigEndian(block, register);
        Tdes.Xor(block, right);
        Tdes.EncryptEcb(key[..8], block, block);
        Tdes.Xor(block, right);
        block.CopyTo(half);
    }

    private static void ApplyVariant(Span<byte> key, TdesDukptKey purpose)
    {
        int index = purpose switch
        {
            TdesDukptKey.Pin => 7,
            TdesDukptKey.MacRequest => 6,
            TdesDukptKey.DataRequest => 5,
            TdesDukptKey.MacResponse => 4,
            TdesDukptKey.DataResponse => 3,
            _ => -1,
        };
        if (index < 0)
        {
            return;
        }

        key[index] ^= 0xFF;
        key[index + 8] ^= 0xFF;
        if (purpose is TdesDukptKey.DataRequest or TdesDukptKey.DataResponse)
        {
            Span<byte> variant = stackalloc byte[KeyLength];
            key.CopyTo(variant);
            Tdes.EncryptEcb(variant, variant, key);
            CryptographicOperations.ZeroMemory(variant);
        }
    }

    private static void CheckKey(ReadOnlySpan<byte> key, string name)
    {
        if (key.Length != KeyLength)
        {
            throw new ArgumentException("expected 16 bytes", name);
        }
    }
}
