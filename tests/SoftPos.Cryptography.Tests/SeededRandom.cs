using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Random bytes that a seed determines: SHA-256 of seed and block number. A failing test prints its seed.</summary>
internal sealed class SeededRandom(int seed) : RandomNumberGenerator
{
    private readonly byte[] _block = new byte[32];
    private int _at = 32;
    private int _number;

    public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

    public override void GetBytes(Span<byte> data)
    {
        Span<byte> input = stackalloc byte[8];
        foreach (ref byte part in data)
        {
            if (_at == _block.Length)
            {
                BinaryPrimitives.WriteInt32BigEndian(input, seed);
                BinaryPrimitives.WriteInt32BigEndian(input[4..], _number++);
                SHA256.HashData(input, _block);
                _at = 0;
            }

            part = _block[_at++];
        }
    }

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        GetBytes(bytes);
        return bytes;
    }

    /// <summary>A number from 0 up to, but not including, the limit.</summary>
    public int Next(int limit)
    {
        Span<byte> bytes = stackalloc byte[4];
        GetBytes(bytes);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) % (uint)limit);
    }
}
