namespace SoftPos.Cryptography;

/// <summary>
/// Protects other keys in key blocks, nothing else. 16 or 24 bytes serve TDES blocks (versions A, B, C); 16, 24 or 32 bytes serve AES
/// blocks (D, E). One key is used with one of the two only; that is the owner's duty.
/// </summary>
public sealed class KeyBlockProtectionKey : PurposeKey
{
    /// <summary>Encryption key and authentication key of version D, side by side; derived at the first use, for every block needs the same two.</summary>
    private SecretBytes? _derived;

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

    /// <summary>Gives the two keys of a version; each as long as this key. The caller zeroes its copies.</summary>
    internal void DeriveKeys(char version, Span<byte> encryption, Span<byte> authentication)
    {
        if (version is not 'D')
        {
            KeyBlockCipher.DeriveKeys(version, Bytes, encryption, authentication);
            return;
        }

        SecretBytes derived = _derived ?? Derive();
        derived.Span[..Length].CopyTo(encryption);
        derived.Span[Length..].CopyTo(authentication);
    }

    private protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _derived?.Dispose();
    }

    private SecretBytes Derive()
    {
        SecretBytes fresh = new(2 * Length);
        KeyBlockCipher.DeriveKeys('D', Bytes, fresh.Span[..Length], fresh.Span[Length..]);
        if (Interlocked.CompareExchange(ref _derived, fresh, null) is not { } first)
        {
            return fresh;
        }

        // Another thread was first; both derived the same.
        fresh.Dispose();
        return first;
    }
}
