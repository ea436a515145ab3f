namespace SoftPos.Attestation.Tests;

/// <summary>Seeded mutations of bytes: the same seed gives the same inputs, so a failing one can be run again.</summary>
internal static class Mutation
{
    /// <summary>Changes, cuts, repeats or inserts a few bytes of a sample, as often as asked.</summary>
    public static IEnumerable<byte[]> Of(byte[] sample, ulong seed, int count)
    {
        ulong state = (seed * 2) + 1;
        for (int i = 0; i < count; i++)
        {
            List<byte> bytes = [.. sample];
            for (int edits = Next(ref state, 4); edits >= 0 && bytes.Count > 0; edits--)
            {
                int at = Next(ref state, bytes.Count);
                switch (Next(ref state, 6))
                {
                    case 0:
                        bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + Next(ref state, 16)));
                        break;
                    case 1:
                        bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + Next(ref state, 64))));
                        break;
                    case 2:
                        bytes.Insert(at, (byte)Next(ref state, 256));
                        break;
                    case 3:
                        bytes[at] = (byte)(Next(ref state, 2) == 0 ? 0xFF : 0x80);
                        break;
                    default:
                        bytes[at] ^= (byte)(1 << Next(ref state, 8));
                        break;
                }
            }

            yield return [.. bytes];
        }
    }

    /// <summary>Endless numbers from 0 to below a bound.</summary>
    public static IEnumerable<int> Numbers(ulong seed, int below)
    {
        ulong state = (seed * 2) + 1;
        while (true)
        {
            yield return Next(ref state, below);
        }
    }

    private static int Next(ref ulong state, int below)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int)(state % (ulong)below);
    }
}
