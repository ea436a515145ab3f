using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// Random bytes of the system's generator, fetched in blocks: a call of the generator costs more than the PIN block that its bytes fill.
/// Every byte is given once and overwritten. It keeps no state of its own from which bytes could be computed, so there is nothing to
/// reseed. For fillings and nonces; long-lived keys come from the system's generator directly. Safe for many threads.
/// </summary>
public sealed class BufferedRandom : RandomNumberGenerator
{
    /// <summary>Bytes per call of the system's generator; enough for 128 PIN blocks of format 4.</summary>
    private const int BufferLength = 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferLength, pinned: true);
    private readonly Lock _lock = new();
    private int _at = BufferLength;

    public override void GetBytes(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        GetBytes(data.AsSpan());
    }

    public override void GetBytes(Span<byte> data)
    {
        if (data.Length > BufferLength)
        {
            Fill(data);
            return;
        }

        lock (_lock)
        {
            if (_at + data.Length > BufferLength)
            {
                Fill(_buffer);
                _at = 0;
            }

            Span<byte> given = _buffer.AsSpan(_at, data.Length);
            given.CopyTo(data);
            given.Clear();
            _at += data.Length;
        }
    }

    public override void GetNonZeroBytes(Span<byte> data)
    {
        GetBytes(data);
        for (int zero = data.IndexOf((byte)0); zero >= 0; zero = data.IndexOf((byte)0))
        {
            GetBytes(data.Slice(zero, 1));
        }
    }

    public override void GetNonZeroBytes(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        GetNonZeroBytes(data.AsSpan());
    }

    protected override void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(_buffer);
        base.Dispose(disposing);
    }
}
