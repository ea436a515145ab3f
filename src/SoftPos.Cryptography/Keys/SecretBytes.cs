using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Key bytes in memory that the garbage collector neither moves nor copies; overwritten when disposed, and never printed.</summary>
internal sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private bool _isDisposed;

    public SecretBytes(int length) => _bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);

    public SecretBytes(ReadOnlySpan<byte> source)
        : this(source.Length) => source.CopyTo(_bytes);

    ~SecretBytes() => CryptographicOperations.ZeroMemory(_bytes);

    public int Length => _bytes.Length;

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _isDisposed = true;
        GC.SuppressFinalize(this);
    }

    public override string ToString() => "(secret)";
}
