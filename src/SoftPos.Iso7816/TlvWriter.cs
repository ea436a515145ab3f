using System.Security.Cryptography;

namespace SoftPos.Iso7816;

/// <summary>Writes BER-TLV with the shortest length form. Templates are opened with <see cref="Open"/> and closed with <see cref="Close"/>.</summary>
public sealed class TlvWriter
{
    private readonly Stack<(uint Tag, int Start)> _open = new();
    private byte[] _buffer = new byte[256];
    private int _length;

    /// <summary>Bytes written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Number of bytes written so far.</summary>
    public int Length => _length;

    /// <summary>Writes one object.</summary>
    public TlvWriter Write(uint tag, ReadOnlySpan<byte> value)
    {
        if (!TlvTag.IsWellFormed(tag))
        {
            throw new ArgumentException($"{tag:X} is not a tag", nameof(tag));
        }

        Span<byte> header = stackalloc byte[8];
        int at = TlvTag.Write(tag, header);
        at += WriteLength(value.Length, header[at..]);
        WriteRaw(header[..at]);
        return WriteRaw(value);
    }

    /// <summary>Writes bytes as they are: an encoding made elsewhere.</summary>
    public TlvWriter WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    /// <summary>Opens a template; what is written next lies inside it until <see cref="Close"/>.</summary>
    public TlvWriter Open(uint tag)
    {
        if (!TlvTag.IsWellFormed(tag))
        {
            throw new ArgumentException($"{tag:X} is not a tag", nameof(tag));
        }

        _open.Push((tag, _length));
        return this;
    }

    /// <summary>Closes the template opened last.</summary>
    public TlvWriter Close()
    {
        (uint tag, int start) = _open.Pop();
        int length = _length - start;
        Span<byte> header = stackalloc byte[8];
        int at = TlvTag.Write(tag, header);
        at += WriteLength(length, header[at..]);
        Reserve(at);
        _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + at));
        header[..at].CopyTo(_buffer.AsSpan(start));
        _length += at;
        return this;
    }

    /// <summary>A copy of all bytes; every template must be closed.</summary>
    public byte[] ToArray() => _open.Count == 0 ? Written.ToArray() : throw new InvalidOperationException("a template is still open");

    /// <summary>Zeroes what was written and starts over.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _length = 0;
        _open.Clear();
    }

    internal static int WriteLength(int length, Span<byte> destination)
    {
        if (length < 0x80)
        {
            destination[0] = (byte)length;
            return 1;
        }

        int count = length > 0xFFFF ? 3 : length > 0xFF ? 2 : 1;
        destination[0] = (byte)(0x80 | count);
        for (int i = 0; i < count; i++)
        {
            destination[1 + i] = (byte)((length >> (8 * (count - 1 - i))) & 0xFF);
        }

        return 1 + count;
    }

    private void Reserve(int more)
    {
        if (_length + more <= _buffer.Length)
        {
            return;
        }

        byte[] larger = new byte[Math.Max(_buffer.Length * 2, _length + more)];
        Written.CopyTo(larger);
        CryptographicOperations.ZeroMemory(_buffer);
        _buffer = larger;
    }
}
