namespace SoftPos.Contract.Tests;

/// <summary>A seeded source of damage: the same seed gives the same bytes.</summary>
internal sealed class Mutation(ulong seed)
{
    private ulong _state = seed;

    public byte[] Damage(byte[] good)
    {
        byte[] bytes = [.. good];
        int changes = 1 + (int)(Next() % 4);
        for (int i = 0; i < changes && bytes.Length > 0; i++)
        {
            int at = (int)(Next() % (ulong)bytes.Length);
            switch (Next() % 4)
            {
                case 0: bytes[at] ^= (byte)(1 << (int)(Next() % 8)); break;
                case 1: bytes[at] = (byte)(Next() & 0xFF); break;
                case 2: bytes = [.. bytes.AsSpan(0, at)]; break;
                default: bytes = [.. bytes.AsSpan(0, at), (byte)(Next() & 0xFF), .. bytes.AsSpan(at)]; break;
            }
        }

        return bytes;
    }

    // xorshift64*, so that runs repeat on every machine.
    private ulong Next()
    {
        unchecked
        {
            _state ^= _state >> 12;
            _state ^= _state << 25;
            _state ^= _state >> 27;
            return _state * 0x2545F4914F6CDD1DUL;
        }
    }
}
