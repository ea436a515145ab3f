namespace SoftPos.Cryptography;

/// <summary>
/// One transaction on the terminal: all its working keys come from here, and it exists only after the advanced state is durable. Dispose
/// it with the transaction.
/// </summary>
public sealed class DukptTransaction : IDisposable
{
    private readonly SecretBytes _intermediate;

    internal DukptTransaction(KeySerialNumber serialNumber, ReadOnlySpan<byte> intermediate)
    {
        SerialNumber = serialNumber;
        _intermediate = new SecretBytes(intermediate);
    }

    /// <summary>Goes with every message under keys of this transaction.</summary>
    public KeySerialNumber SerialNumber { get; }

    /// <summary>PIN key (usage 1000).</summary>
    public PinEncryptionKey DerivePinKey(DukptKeyType type) =>
        Derive(DukptKeyUsage.PinEncryption, type, static (_, type, bytes) => InitialKey.PinKeyOf(type, bytes));

    /// <summary>Data key: usage 3000 for what this terminal sends, 3001 for what it receives.</summary>
    public DataEncryptionKey DeriveDataKey(DukptKeyUsage usage, DukptKeyType type)
    {
        InitialKey.CheckDataKey(usage, type);
        return Derive(usage, type, static (usage, _, bytes) => new DataEncryptionKey(usage, bytes));
    }

    /// <summary>MAC key: usage 2000 for what this terminal sends, 2001 for what it receives.</summary>
    public MacKey DeriveMacKey(DukptKeyUsage usage, DukptKeyType type)
    {
        InitialKey.CheckMacKey(usage);
        return Derive(usage, type, static (usage, type, bytes) => new MacKey(usage, type, bytes));
    }

    public void Dispose() => _intermediate.Dispose();

    private TKey Derive<TKey>(DukptKeyUsage usage, DukptKeyType type, Func<DukptKeyUsage, DukptKeyType, ReadOnlySpan<byte>, TKey> create)
    {
        if (!type.MayComeFrom(_intermediate.Length))
        {
            throw new ArgumentException("a derived key is never stronger than its parent", nameof(type));
        }

        Span<byte> bytes = stackalloc byte[DukptDerivation.LongestKey];
        bytes = bytes[..type.Length()];
        AesDukpt.DeriveFromIntermediate(_intermediate.Span, SerialNumber, usage, type, bytes);
        TKey key = create(usage, type, bytes);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        return key;
    }
}
