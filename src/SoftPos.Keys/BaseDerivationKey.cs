using System.Security.Cryptography;
using System.Text;
using SoftPos.Cryptography;

namespace SoftPos.Keys;

/// <summary>One base derivation key in the memory of the software key room. Gives what hangs below it; never its own bytes.</summary>
internal sealed class BaseDerivationKey(uint id, byte[] key) : IDukptRoot
{
    /// <summary>AES-256: a base derivation key guards a whole fleet.</summary>
    public const int Length = 32;

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    public uint Id => id;

    public WrappedInitialKey Wrap(ulong initialKeyId, ReadOnlySpan<byte> agreementKey, ReadOnlySpan<byte> transcript)
    {
        Span<byte> initial = stackalloc byte[Length];
        initial = initial[..key.Length];
        AesDukpt.DeriveInitialKey(key, initialKeyId, initial);
        bool wrapped = DeviceKeyWrap.TryWrap(agreementKey, transcript, initialKeyId, initial, _random, out WrappedInitialKey? block);
        CryptographicOperations.ZeroMemory(initial);
        return wrapped ? block! : throw new InvalidOperationException("an attested agreement key was not a P-256 key");
    }

    public byte[]? OpenData(KeySerialNumber serial, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedData)
    {
        using InitialKey initial = InitialKey.Derive(key, serial.InitialKeyId);
        if (initial.TryDeriveDataKey(serial, DukptKeyUsage.DataEncryption, DukptKeyType.Aes128, out DataEncryptionKey? data) is not KeySerialNumberFault.None)
        {
            return null;
        }

        using (data)
        {
            return AccountDataSeal.TryOpen(data!, associatedData, sealedData, out byte[]? clear) ? clear : null;
        }
    }

    public bool TryDecipherPin(KeySerialNumber serial, ReadOnlySpan<byte> block, ReadOnlySpan<char> pan, Span<char> pin, out int length)
    {
        length = 0;
        using InitialKey initial = InitialKey.Derive(key, serial.InitialKeyId);
        if (initial.TryDerivePinKey(serial, DukptKeyType.Aes128, out PinEncryptionKey? working) is not KeySerialNumberFault.None)
        {
            return false;
        }

        using (working)
        {
            return PinCipherText.TryDecipher(working!, PinBlockFormat.Iso4, block, pan, pin, out length);
        }
    }

    /// <summary>Identifies the key under its name, so that sealed bytes cannot be swapped between names.</summary>
    public static byte[] Binding(string name) => Encoding.UTF8.GetBytes("bdk " + name);

    /// <summary>CMAC check value (X9.24-1 annex A), 5 bytes.</summary>
    public static byte[] CheckValue(VaultKeyKind kind, ReadOnlySpan<byte> key)
    {
        Span<byte> mac = stackalloc byte[5];
        if (kind is VaultKeyKind.ZonePinTdes)
        {
            Cmac.ComputeTdes(key, new byte[8], mac);
        }
        else
        {
            Cmac.ComputeAes(key, new byte[16], mac);
        }

        return mac.ToArray();
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(key);
        _random.Dispose();
    }
}
