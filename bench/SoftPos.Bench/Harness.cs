using System.Diagnostics;
using System.Globalization;

namespace SoftPos.Bench;

/// <summary>One group of measurements; found by reflection, run by its name.</summary>
internal interface IBench
{
    /// <summary>Word on the command line.</summary>
    string Name { get; }

    IEnumerable<BenchLine> Run();
}

/// <summary>One measurement: operations a second, the floor of the same run that it is held against, bytes allocated per operation.</summary>
internal sealed record BenchLine(string What, double PerSecond, double? FloorPerSecond = null, string? Floor = null, double? AllocatedBytes = null)
{
    public override string ToString()
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{What,-56} {PerSecond,14:N0}/s");
        if (FloorPerSecond is { } floor)
        {
            line += string.Create(CultureInfo.InvariantCulture, $"  {PerSecond / floor,8:N2} x {Floor}");
        }

        return AllocatedBytes is { } bytes ? line + string.Create(CultureInfo.InvariantCulture, $"  {bytes:N0} B/op") : line;
    }
}

/// <summary>Measures a repeated action on one thread.</summary>
internal static class Harness
{
    private static readonly TimeSpan Warm = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(400);

    /// <summary>Rounds per measurement; the best one counts, for other load only ever slows.</summary>
    private const int Rounds = 5;

    /// <summary>Operations a second and bytes per operation; the action is one operation.</summary>
    public static (double PerSecond, double Bytes) Measure(Action action)
    {
        Count(action, Warm);
        double best = 0;
        double bytes = double.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            (long count, TimeSpan took) = Count(action, Round);
            best = Math.Max(best, count / took.TotalSeconds);
            bytes = Math.Min(bytes, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count);
        }

        return (best, bytes);
    }

    /// <summary>A line for the action, held against a floor measured before.</summary>
    public static BenchLine Line(string what, Action action, double? floorPerSecond = null, string? floor = null)
    {
        (double perSecond, double bytes) = Measure(action);
        return new BenchLine(what, perSecond, floorPerSecond, floor, bytes);
    }

    private static (long Count, TimeSpan Took) Count(Action action, TimeSpan duration)
    {
        const int Batch = 64;
        long start = Stopwatch.GetTimestamp();
        long count = 0;
        TimeSpan took;
        do
        {
            for (int i = 0; i < Batch; i++)
            {
                action();
            }

            count += Batch;
            took = Stopwatch.GetElapsedTime(start);
        }
        while (took < duration);
        return (count, took);
    }
}
