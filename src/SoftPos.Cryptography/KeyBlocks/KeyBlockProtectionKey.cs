namespace SoftPos.Cryptography;

/// <summary>
/// Protects other keys in key blocks, nothing else. 16 or 24 bytes serve TDES blocks (versions A, B, C); 16, 24 or 32 bytes serve AES
/// blocks (D, E). One key is used with one of the two only; that is the owner's duty.
/// </summary>
public sealed class KeyBlockProtectionKey : PurposeKey
{
    /// <summary>Takes 16, 24 or 32 bytes.</summary>
    public KeyBlockProtectionKey(ReadOnlySpan<byte> key)
        : base(key)
    {
        if (key.Length is not (16 or 24 or 32))
        {
            throw new ArgumentException("expected 16, 24 or 32 bytes", nameof(key));
        }
    }

    /// <summary>True when a block of this version can be protected by a key of this length.</summary>
    public bool Fits(char version) => version is 'D' or 'E' || (version is 'A' or 'B' or 'C' && Length is 16 or 24);
}
