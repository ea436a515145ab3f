namespace SoftPos.Fuzz;

/// <summary>What a seeded run saw.</summary>
/// <param name="Inputs">Inputs run.</param>
/// <param name="MostBytes">Most bytes that one input made the target allocate, per started 4 KiB of input.</param>
public sealed record SeededRunResult(int Inputs, long MostBytes);

/// <summary>
/// Mutates seeds without coverage: bytes flipped, set, cut, repeated, spliced and lengths blown up. The same seed gives the same inputs on
/// every machine.
/// </summary>
public static class SeededRun
{
    /// <summary>Longest input.</summary>
    private const int MaxLength = 16 * 1024;

    private const int Unit = 4096;

    /// <summary>Runs a target; an exception that leaves it passes through, with the input in <c>Data["input"]</c> as hex.</summary>
    public static SeededRunResult Of(FuzzTarget target, IEnumerable<byte[]> corpus, ulong seed, int count)
    {
        ArgumentNullException.ThrowIfNull(target);
        byte[][] seeds = [.. target.Seeds, .. corpus];
        foreach (byte[] input in seeds)
        {
            Measure(target, input);
        }

        ulong state = (seed << 1) | 1;
        long most = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] input = Mutate(seeds, ref state);
            most = Math.Max(most, Measure(target, input) / ((input.Length / Unit) + 1));
        }

        return new SeededRunResult(count, most);
    }

    private static long Measure(FuzzTarget target, byte[] input)
    {
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            target.Run(input);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        catch (Exception fault)
        {
            fault.Data["input"] = Convert.ToHexString(input);
            throw;
        }
    }

    private static byte[] Mutate(byte[][] seeds, ref ulong state)
    {
        List<byte> bytes = [.. seeds[Next(ref state, seeds.Length)]];
        for (int edits = 1 + Next(ref state, 5); edits > 0 && bytes.Count > 0; edits--)
        {
            int at = Next(ref state, bytes.Count);
            switch (Next(ref state, 7))
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
                    bytes[at] = (byte)(Next(ref state, 2) == 0 ? 0xFF : 0x7F);
                    break;
                case 4:
                    byte[] other = seeds[Next(ref state, seeds.Length)];
                    int from = Next(ref state, Math.Max(other.Length, 1));
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 32)]);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << Next(ref state, 8));
                    break;
            }
        }

        return bytes.Count > MaxLength ? [.. bytes[..MaxLength]] : [.. bytes];
    }

    private static int Next(ref ulong state, int below)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int)(state % (ulong)below);
    }
}
