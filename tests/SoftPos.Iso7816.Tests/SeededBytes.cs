namespace SoftPos.Iso7816.Tests;

/// <summary>Mutations that can be repeated from their seed.</summary>
internal sealed class SeededBytes(ulong seed)
{
    private readonly SeededNumbers _numbers = new(seed);

    public uint Next(int below) => (uint)_numbers.Below(below);

    /// <summary>Flips, cuts, inserts or replaces a few bytes.</summary>
    public byte[] Mutate(byte[] data)
    {
        List<byte> bytes = [.. data];
        for (uint edits = 1 + Next(4); edits > 0 && bytes.Count > 0; edits--)
        {
            int at = (int)Next(bytes.Count);
            switch (Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << (int)Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)Next(256));
                    break;
                default:
                    bytes[at] = (byte)Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
