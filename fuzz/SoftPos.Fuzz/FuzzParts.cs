namespace SoftPos.Fuzz;

/// <summary>An input of several parts, each after two bytes of length.</summary>
internal static class FuzzParts
{
    /// <summary>Longest part.</summary>
    private const int MostBytes = 0x3FF;

    public static byte[] Join(byte[][] parts) =>
        [.. parts.SelectMany(part => (byte[])[(byte)(part.Length >> 8), (byte)(part.Length & 0xFF), .. part])];

    /// <summary>As many parts as asked for; those that the input does not reach are empty.</summary>
    public static byte[][] Split(ReadOnlySpan<byte> input, int count)
    {
        byte[][] parts = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            int length = input.Length < 2 ? 0 : Math.Min(input.Length - 2, ((input[0] << 8) | input[1]) & MostBytes);
            parts[i] = input.Length < 2 ? [] : input.Slice(2, length).ToArray();
            input = input.Length < 2 ? default : input[(2 + length)..];
        }

        return parts;
    }
}
