using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Cli.Storms;

/// <summary>
/// Chance of a storm: the same seed, thing and number give the same value, in whatever order they are asked for.
/// </summary>
/// <param name="seed">The seed.</param>
internal sealed class StormSeed(long seed)
{
    /// <summary>A number from 0 to below 1.</summary>
    public double Part(string what, int number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(what, number, hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (uint.MaxValue + 1.0);
    }

    /// <summary>An instant between two.</summary>
    public DateTimeOffset Between(DateTimeOffset from, DateTimeOffset until, string what, int number) => from + ((until - from) * Part(what, number));

    /// <summary>An identity that no other number has.</summary>
    public Guid Identity(int number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash("identity", number, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    private void Hash(string what, int number, Span<byte> hash) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{seed}/{what}/{number}")), hash);
}
