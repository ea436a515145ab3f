namespace SoftPos.Cryptography;

/// <summary>
/// Initial key of one terminal, inside the host's secure boundary: gives working keys of one purpose each. A fault of the serial number
/// is an outcome; the key is null then.
/// </summary>
public sealed class InitialKey : PurposeKey
{
    /// <summary>Takes an initial key of 16, 24 or 32 bytes.</summary>
    public InitialKey(ulong id, ReadOnlySpan<byte> key)
        : base(key)
    {
        _ = DukptKeyTypes.OfAesLength(key.Length);
        Id = id;
    }

    /// <summary>Initial key id: left 8 bytes of its serial numbers.</summary>
    public ulong Id { get; }

    /// <summary>Derives the initial key of a terminal from a base derivation key of 16, 24 or 32 bytes.</summary>
    public static InitialKey Derive(ReadOnlySpan<byte> baseDerivationKey, ulong id)
    {
        Span<byte> key = stackalloc byte[DukptDerivation.LongestKey];
        key = key[..baseDerivationKey.Length];
        AesDukpt.DeriveInitialKey(baseDerivationKey, id, key);
        InitialKey result = new(id, key);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        return result;
    }

    /// <summary>PIN key of a transaction (usage 1000): AES of any length or TDES.</summary>
    public KeySerialNumberFault TryDerivePinKey(KeySerialNumber serialNumber, DukptKeyType type, out PinEncryptionKey? key)
    {
        if (type.IsHmac())
        {
            throw new ArgumentException("an HMAC key enciphers nothing", nameof(type));
        }

        return TryDerive(
            serialNumber, DukptKeyUsage.PinEncryption, type, out key, static (_, type, bytes) => PinKeyOf(type, bytes));
    }

    /// <summary>Data key of a transaction; usage 3000 for what the terminal sends, 3001 for what the host sends. AES only.</summary>
    public KeySerialNumberFault TryDeriveDataKey(
        KeySerialNumber serialNumber, DukptKeyUsage usage, DukptKeyType type, out DataEncryptionKey? key)
    {
        CheckDataKey(usage, type);
        return TryDerive(serialNumber, usage, type, out key, static (usage, _, bytes) => new DataEncryptionKey(usage, bytes));
    }

    /// <summary>MAC key of a transaction; usage 2000 for what the terminal sends, 2001 for what the host sends.</summary>
    public KeySerialNumberFault TryDeriveMacKey(KeySerialNumber serialNumber, DukptKeyUsage usage, DukptKeyType type, out MacKey? key)
    {
        CheckMacKey(usage);
        return TryDerive(serialNumber, usage, type, out key, static (usage, type, bytes) => new MacKey(usage, type, bytes));
    }

    /// <summary>Protects the next initial key of the same terminal.</summary>
    public KeyBlockProtectionKey DeriveUpdateKey()
    {
        Span<byte> key = stackalloc byte[DukptDerivation.LongestKey];
        key = key[..Length];
        AesDukpt.DeriveUpdateKey(Bytes, Id, key);
        KeyBlockProtectionKey result = new(key);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        return result;
    }

    internal static PinEncryptionKey PinKeyOf(DukptKeyType type, ReadOnlySpan<byte> bytes) =>
        new(type.IsTdes() ? PinCipher.Tdes : PinCipher.Aes, bytes);

    internal static void CheckDataKey(DukptKeyUsage usage, DukptKeyType type)
    {
        if (usage is not (DukptKeyUsage.DataEncryption or DukptKeyUsage.DataDecryption) || type.IsTdes() || type.IsHmac())
        {
            throw new ArgumentException("expected usage 3000 or 3001 and an AES key", nameof(usage));
        }
    }

    internal static void CheckMacKey(DukptKeyUsage usage)
    {
        if (usage is not (DukptKeyUsage.MacGeneration or DukptKeyUsage.MacVerification))
        {
            throw new ArgumentException("expected usage 2000 or 2001", nameof(usage));
        }
    }

    private KeySerialNumberFault TryDerive<TKey>(
        KeySerialNumber serialNumber,
        DukptKeyUsage usage,
        DukptKeyType type,
        out TKey? key,
        Func<DukptKeyUsage, DukptKeyType, ReadOnlySpan<byte>, TKey> create)
        where TKey : PurposeKey
    {
        key = null;
        if (serialNumber.InitialKeyId != Id)
        {
            throw new ArgumentException("a serial number of another initial key", nameof(serialNumber));
        }

        Span<byte> bytes = stackalloc byte[DukptDerivation.LongestKey];
        bytes = bytes[..type.Length()];
        KeySerialNumberFault fault = AesDukpt.DeriveWorkingKey(Bytes, serialNumber, usage, type, bytes);
        if (fault is KeySerialNumberFault.None)
        {
            key = create(usage, type, bytes);
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        }

        return fault;
    }
}
