namespace SoftPos.Iso7816.Tests;

/// <summary>A small seeded generator (splitmix64), so that a mutation run can be repeated from its seed.</summary>
internal sealed class SeededBytes(ulong seed)
{
    private ulong _state = seed;

    public uint Next(int below)
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (uint)((z ^ (z >> 31)) % (ulong)below);
        }
    }

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
