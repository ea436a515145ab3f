namespace SoftPos.Cryptography;

/// <summary>
/// A secret key of one purpose. Each purpose is a type of its own, and only the operations of that purpose take it, so that a PIN key
/// cannot encipher data. The bytes are pinned, zeroed on disposal and never shown by <see cref="ToString"/>.
/// </summary>
public abstract class PurposeKey : IDisposable
{
    private readonly SecretBytes _secret;

    private protected PurposeKey(ReadOnlySpan<byte> bytes) => _secret = new SecretBytes(bytes);

    /// <summary>Length in bytes.</summary>
    public int Length => _secret.Length;

    internal ReadOnlySpan<byte> Bytes => _secret.Span;

    /// <summary>Overwrites the key; any later use throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The purpose, never the value.</summary>
    public sealed override string ToString() => $"{GetType().Name} ({Length * 8} bits)";

    private protected virtual void Dispose(bool disposing) => _secret.Dispose();
}
