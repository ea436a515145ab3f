namespace SoftPos.Cryptography;

/// <summary>Enciphers account data in one direction with AES-GCM: from terminal to host (DUKPT usage 3000) or back (3001).</summary>
public sealed class DataEncryptionKey : PurposeKey
{
    internal DataEncryptionKey(DukptKeyUsage usage, ReadOnlySpan<byte> bytes)
        : base(bytes) => Usage = usage;

    /// <summary>Direction; the other direction has a key of its own.</summary>
    public DukptKeyUsage Usage { get; }
}
