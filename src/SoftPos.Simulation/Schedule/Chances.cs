namespace SoftPos.Simulation.Schedule;

/// <summary>Numbers from a seed (SplitMix64): every choice of a run comes from here, so the seed is the run.</summary>
internal sealed class Chances(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong value = _state;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }

    /// <summary>A number from 0 to below the bound.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> among) => among[Below(among.Count)];
}
