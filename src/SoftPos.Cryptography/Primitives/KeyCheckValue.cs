using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>How a check value is computed; X9.24-1 annex A.</summary>
public enum KeyCheckMethod
{
    /// <summary>Left 3 bytes of one enciphered block of zeros, TDES.</summary>
    LegacyTdes,

    /// <summary>Left 3 bytes of one enciphered block of zeros, AES.</summary>
    LegacyAes,

    /// <summary>Left 5 bytes of the CMAC over 8 zero bytes, TDES.</summary>
    CmacTdes,

    /// <summary>Left 5 bytes of the CMAC over 16 zero bytes, AES.</summary>
    CmacAes,
}

/// <summary>Check values identify a key; they authenticate nothing, and a longer value than given here is never shown.</summary>
public static class KeyCheckValue
{
    /// <summary>Computes the check value: 3 bytes for the legacy methods, 5 for CMAC.</summary>
    /// <param name="method">Method; its cipher must be the key's.</param>
    /// <param name="key">8, 16 or 24 bytes (TDES legacy), 16 or 24 (TDES CMAC), 16, 24 or 32 (AES).</param>
    public static byte[] Compute(KeyCheckMethod method, ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        switch (method)
        {
            case KeyCheckMethod.LegacyTdes:
                Tdes.EncryptEcb(key, block[..8], block[..8]);
                return block[..3].ToArray();
            case KeyCheckMethod.LegacyAes:
                using (Aes aes = Aes.Create())
                {
                    aes.SetKey(key);
                    aes.EncryptEcb(block, block, PaddingMode.None);
                }

                return block[..3].ToArray();
            case KeyCheckMethod.CmacTdes:
                byte[] short5 = new byte[5];
                Cmac.ComputeTdes(key, block[..8], short5);
                return short5;
            case KeyCheckMethod.CmacAes:
                byte[] five = new byte[5];
                Cmac.ComputeAes(key, block, five);
                return five;
            default:
                throw new ArgumentOutOfRangeException(nameof(method));
        }
    }
}
