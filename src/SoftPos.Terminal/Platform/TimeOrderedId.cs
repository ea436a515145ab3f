using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Terminal;

/// <summary>UUIDv7 (RFC 9562, 5.7) from the clock and the randomness that were handed in, so that a run can be replayed.</summary>
internal static class TimeOrderedId
{
    public static Guid Create(TimeProvider clock, RandomNumberGenerator randomness)
    {
        Span<byte> bytes = stackalloc byte[16];
        randomness.GetBytes(bytes[6..]);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, clock.GetUtcNow().ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
