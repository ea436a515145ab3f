using System.Buffers.Binary;

namespace SoftPos.Cryptography;

/// <summary>Padding of ISO/IEC 9797-1.</summary>
public enum MacPadding
{
    /// <summary>Zeros up to a whole block, none when the data is whole already (an empty text becomes one block).</summary>
    Method1 = 1,

    /// <summary>One byte 80, then zeros; always adds at least one byte.</summary>
    Method2 = 2,

    /// <summary>A first block with the length of the data in bits, then the data padded as by method 1.</summary>
    Method3 = 3,
}

/// <summary>Applies <see cref="MacPadding"/>.</summary>
internal static class PaddedText
{
    /// <summary>Length of the padded text in bytes.</summary>
    public static int Length(int dataLength, MacPadding padding, int blockLength)
    {
        int whole = Math.Max((dataLength + blockLength - 1) / blockLength, 1) * blockLength;
        return padding switch
        {
            MacPadding.Method1 => whole,
            MacPadding.Method2 => (dataLength / blockLength + 1) * blockLength,
            MacPadding.Method3 => whole + blockLength,
            _ => throw new ArgumentOutOfRangeException(nameof(padding)),
        };
    }

    /// <summary>Writes the padded text; <paramref name="destination"/> has the length that <see cref="Length"/> gives.</summary>
    public static void Write(ReadOnlySpan<byte> data, MacPadding padding, int blockLength, Span<byte> destination)
    {
        destination.Clear();
        switch (padding)
        {
            case MacPadding.Method2:
                data.CopyTo(destination);
                destination[data.Length] = 0x80;
                break;
            case MacPadding.Method3:
                BinaryPrimitives.WriteUInt32BigEndian(destination[(blockLength - 4)..], checked((uint)data.Length * 8));
                data.CopyTo(destination[blockLength..]);
                break;
            default:
                data.CopyTo(destination);
                break;
        }
    }
}
