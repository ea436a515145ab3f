using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Gives one byte for ever, so that texts with random filling can be compared.</summary>
internal sealed class ConstantRandom(byte value) : RandomNumberGenerator
{
    public override void GetBytes(byte[] data) => data.AsSpan().Fill(value);

    public override void GetBytes(Span<byte> data) => data.Fill(value);
}
