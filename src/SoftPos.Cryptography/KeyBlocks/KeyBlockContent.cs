namespace SoftPos.Cryptography;

/// <summary>An unwrapped key with its authentic header. Dispose it to overwrite the key.</summary>
public sealed class KeyBlockContent : IDisposable
{
    private readonly SecretBytes _key;

    internal KeyBlockContent(KeyBlockHeader header, ReadOnlySpan<byte> key)
    {
        Header = header;
        _key = new SecretBytes(key);
    }

    public KeyBlockHeader Header { get; }

    /// <summary>The key bytes; valid until disposal.</summary>
    public ReadOnlySpan<byte> Key => _key.Span;

    /// <summary>True when header says usage, algorithm and one of the allowed modes; a caller asks this before any use of the key.</summary>
    public bool Is(string usage, char algorithm, ReadOnlySpan<char> modes) =>
        Header.Usage == usage && Header.Algorithm == algorithm && modes.Contains(Header.ModeOfUse);

    public void Dispose() => _key.Dispose();

    public override string ToString() => $"key of usage {Header.Usage}";
}
