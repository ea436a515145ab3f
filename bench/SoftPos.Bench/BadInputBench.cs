using SoftPos.Fuzz;

namespace SoftPos.Bench;

/// <summary>Mutated inputs of every parser of bytes from outside, against the bound of a thousand a second: a millisecond each.</summary>
internal sealed class BadInputBench : IBench
{
    private const double BoundPerSecond = 1000;

    /// <summary>Inputs of one call, so that the seeds, which are run unchanged too, weigh little.</summary>
    private const int Inputs = 64;

    public string Name => "bad-input";

    public IEnumerable<BenchLine> Run()
    {
        foreach ((string name, FuzzTarget target) in FuzzTargets.All.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            ulong seed = 0;
            (double perSecond, double bytes) = Harness.Measure(() => SeededRun.Of(target, [], ++seed, Inputs));
            yield return new BenchLine(name, perSecond * (Inputs + target.Seeds.Count), BoundPerSecond, "one in 1 ms", bytes / (Inputs + target.Seeds.Count));
        }
    }
}
