using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Emv;
using SoftPos.Iso7816;

namespace SoftPos.Terminal;

/// <summary>Account data as they leave the kernel's room: sealed, with the serial number of the key.</summary>
internal sealed record SealedAccount(byte[] Ksn, byte[] Data);

/// <summary>Seals what the card gave, at once; nothing but the masked number is left in clear afterwards.</summary>
internal static class AccountSealing
{
    // Track 2, PAN, expiry, sequence number: what an authorisation needs. The name stays behind.
    private static readonly uint[] Tags = [0x57, 0x5A, 0x5F24, 0x5F34];

    /// <summary>Seals and zeroes the account.</summary>
    /// <returns>Null when the keys are used up.</returns>
    public static SealedAccount? Seal(CardAccount account, TransactionKeys keys, Guid paymentId, RandomNumberGenerator randomness)
    {
        using (account)
        {
            using DukptTransaction? transaction = keys.Begin();
            if (transaction is null)
            {
                return null;
            }

            // AES-128: the key length that every initial key can give, and that the host's key room derives.
            using DataEncryptionKey key = transaction.DeriveDataKey(DukptKeyUsage.DataEncryption, DukptKeyType.Aes128);
            byte[] clear = account.Reveal().Encode(Tags);
            try
            {
                byte[] data = AccountDataSeal.Seal(key, transaction.SerialNumber, paymentId.ToByteArray(bigEndian: true), clear, randomness);
                return new SealedAccount(transaction.SerialNumber.ToBytes(), data);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(clear);
            }
        }
    }
}
