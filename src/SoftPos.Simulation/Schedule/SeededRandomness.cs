using System.Security.Cryptography;

namespace SoftPos.Simulation.Schedule;

/// <summary>Unpredictable to nobody: randomness of a simulation, from its seed.</summary>
/// <param name="seed">Seed.</param>
/// <param name="isStuck">A planted bug: the generator now and then gives what it gave before, as one whose state was rolled back does.</param>
internal sealed class SeededRandomness(ulong seed, bool isStuck = false) : RandomNumberGenerator
{
    private const int Remembered = 64;

    private readonly Chances _chances = new(seed);
    private readonly List<byte[]> _given = [];
    private readonly Lock _gate = new();

    public override void GetBytes(byte[] data)
    {
        lock (_gate)
        {
            if (isStuck && _given.Find(old => old.Length == data.Length) is { } before && _chances.OneIn(2))
            {
                _given.Remove(before);
                before.CopyTo(data, 0);
                return;
            }

            for (int i = 0; i < data.Length; i++)
            {
                data[i] = (byte)(_chances.Next() & 0xFF);
            }

            if (isStuck && _given.Count < Remembered)
            {
                _given.Add([.. data]);
            }
        }
    }

    public override void GetBytes(Span<byte> data)
    {
        byte[] bytes = new byte[data.Length];
        GetBytes(bytes);
        bytes.CopyTo(data);
    }
}
