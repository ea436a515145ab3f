using System.Globalization;

namespace SoftPos.Scenarios;

/// <summary>The writable memory of another process of this user, as Linux shows it.</summary>
internal static class ProcessMemory
{
    private const int ChunkLength = 1 << 20;

    /// <summary>True when any of the patterns is anywhere in the process's writable memory.</summary>
    public static bool Holds(int processId, params byte[][] patterns)
    {
        int longest = patterns.Max(pattern => pattern.Length);
        using FileStream memory = new($"/proc/{processId}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        byte[] chunk = new byte[ChunkLength + longest];
        long searched = 0;
        foreach ((long start, long end) in Regions(processId))
        {
            for (long at = start; at < end; at += ChunkLength)
            {
                int read = Read(memory, at, chunk.AsSpan(0, (int)Math.Min(chunk.Length, end - at)));
                searched += read;
                if (patterns.Any(pattern => chunk.AsSpan(0, read).IndexOf(pattern) >= 0))
                {
                    return true;
                }
            }
        }

        Assert.True(searched > 16 << 20, $"only {searched} bytes of process {processId} could be read: the search proves nothing");
        return false;
    }

    private static int Read(FileStream memory, long at, Span<byte> buffer)
    {
        try
        {
            return System.IO.RandomAccess.Read(memory.SafeFileHandle, buffer, at);
        }
        catch (IOException)
        {
            // A region that was given back, or that the kernel keeps to itself.
            return 0;
        }
    }

    private static IEnumerable<(long Start, long End)> Regions(int processId)
    {
        foreach (string line in File.ReadLines($"/proc/{processId}/maps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts[1].StartsWith("rw", StringComparison.Ordinal))
            {
                string[] bounds = parts[0].Split('-');
                yield return (Number(bounds[0]), Number(bounds[1]));
            }
        }
    }

    private static long Number(string hex) => long.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
