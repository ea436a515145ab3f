using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SoftPos.Cryptography;

/// <summary>
/// The sixteen rounds of DES (FIPS 46-3) and its key schedule. Why not a library: the platform refuses keys with equal or weak halves,
/// which EMV derivations meet, and needs OpenSSL's legacy provider for single DES; the managed libraries leave key schedules behind in
/// collected memory and allocate on every key. Table look-ups depend on secrets, as in every software DES; the tables fit the first cache.
/// </summary>
internal static class DesRounds
{
    /// <summary>Words of one key schedule: two for each round.</summary>
    public const int ScheduleLength = 32;

    private static ReadOnlySpan<byte> SBoxes =>
    [
        14, 4, 13, 1, 2, 15, 11, 8, 3, 10, 6, 12, 5, 9, 0, 7, 0, 15, 7, 4, 14, 2, 13, 1, 10, 6, 12, 11, 9, 5, 3, 8,
        4, 1, 14, 8, 13, 6, 2, 11, 15, 12, 9, 7, 3, 10, 5, 0, 15, 12, 8, 2, 4, 9, 1, 7, 5, 11, 3, 14, 10, 0, 6, 13,
        15, 1, 8, 14, 6, 11, 3, 4, 9, 7, 2, 13, 12, 0, 5, 10, 3, 13, 4, 7, 15, 2, 8, 14, 12, 0, 1, 10, 6, 9, 11, 5,
        0, 14, 7, 11, 10, 4, 13, 1, 5, 8, 12, 6, 9, 3, 2, 15, 13, 8, 10, 1, 3, 15, 4, 2, 11, 6, 7, 12, 0, 5, 14, 9,
        10, 0, 9, 14, 6, 3, 15, 5, 1, 13, 12, 7, 11, 4, 2, 8, 13, 7, 0, 9, 3, 4, 6, 10, 2, 8, 5, 14, 12, 11, 15, 1,
        13, 6, 4, 9, 8, 15, 3, 0, 11, 1, 2, 12, 5, 10, 14, 7, 1, 10, 13, 0, 6, 9, 8, 7, 4, 15, 14, 3, 11, 5, 2, 12,
        7, 13, 14, 3, 0, 6, 9, 10, 1, 2, 8, 5, 11, 12, 4, 15, 13, 8, 11, 5, 6, 15, 0, 3, 4, 7, 2, 12, 1, 10, 14, 9,
        10, 6, 9, 0, 12, 11, 7, 13, 15, 1, 3, 14, 5, 2, 8, 4, 3, 15, 0, 6, 10, 1, 13, 8, 9, 4, 5, 11, 12, 7, 2, 14,
        2, 12, 4, 1, 7, 10, 11, 6, 8, 5, 3, 15, 13, 0, 14, 9, 14, 11, 2, 12, 4, 7, 13, 1, 5, 0, 15, 10, 3, 9, 8, 6,
        4, 2, 1, 11, 10, 13, 7, 8, 15, 9, 12, 5, 6, 3, 0, 14, 11, 8, 12, 7, 1, 14, 2, 13, 6, 15, 0, 9, 10, 4, 5, 3,
        12, 1, 10, 15, 9, 2, 6, 8, 0, 13, 3, 4, 14, 7, 5, 11, 10, 15, 4, 2, 7, 12, 9, 5, 6, 1, 13, 14, 0, 11, 3, 8,
        9, 14, 15, 5, 2, 8, 12, 3, 7, 0, 4, 10, 1, 13, 11, 6, 4, 3, 2, 12, 9, 5, 15, 10, 11, 14, 1, 7, 6, 0, 8, 13,
        4, 11, 2, 14, 15, 0, 8, 13, 3, 12, 9, 7, 5, 10, 6, 1, 13, 0, 11, 7, 4, 9, 1, 10, 14, 3, 5, 12, 2, 15, 8, 6,
        1, 4, 11, 13, 12, 3, 7, 14, 10, 15, 6, 8, 0, 5, 9, 2, 6, 11, 13, 8, 1, 4, 10, 7, 9, 5, 0, 15, 14, 2, 3, 12,
        13, 2, 8, 4, 6, 15, 11, 1, 10, 9, 3, 14, 5, 0, 12, 7, 1, 15, 13, 8, 10, 3, 7, 4, 12, 5, 6, 11, 0, 14, 9, 2,
        7, 11, 4, 1, 9, 12, 14, 2, 0, 6, 10, 13, 15, 3, 5, 8, 2, 1, 14, 7, 4, 10, 8, 13, 15, 12, 9, 0, 3, 5, 6, 11,
    ];

    private static ReadOnlySpan<byte> Permutation =>
    [
        16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
    ];

    private static ReadOnlySpan<byte> PermutedChoice1 =>
    [
        57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
        63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
    ];

    private static ReadOnlySpan<byte> PermutedChoice2 =>
    [
        14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
        41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
    ];

    private static ReadOnlySpan<byte> Shifts => [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];

    /// <summary>S-boxes with the permutation behind them: 8 boxes of 64 words, in the rotated form of <see cref="Run"/>.</summary>
    private static readonly uint[] Substitution = BuildSubstitution();

    /// <summary>What each nibble of a key adds to a schedule: 16 nibbles, 16 values, 32 words. The schedule is linear in the key.</summary>
    private static readonly uint[] Contribution = BuildContribution();

    /// <summary>Expands an 8-byte key; in reverse order for deciphering.</summary>
    public static void Expand(ReadOnlySpan<byte> key, bool isReversed, Span<uint> schedule)
    {
        schedule = schedule[..ScheduleLength];
        schedule.Clear();
        Span<Vector<uint>> words = MemoryMarshal.Cast<uint, Vector<uint>>(schedule);
        for (int i = 0; i < 16; i++)
        {
            int nibble = i % 2 == 0 ? key[i / 2] >> 4 : key[i / 2] & 0x0F;
            ReadOnlySpan<uint> row = Contribution.AsSpan(((i * 16) + nibble) * ScheduleLength, ScheduleLength);
            ReadOnlySpan<Vector<uint>> added = MemoryMarshal.Cast<uint, Vector<uint>>(row);
            for (int j = 0; j < words.Length; j++)
            {
                words[j] |= added[j];
            }
        }

        if (isReversed)
        {
            MemoryMarshal.Cast<uint, ulong>(schedule).Reverse();
        }
    }

    /// <summary>Initial permutation; both halves come out rotated left by one, so that a round needs no expansion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Permute(ref uint left, ref uint right)
    {
        Swap(ref left, ref right, 4, 0x0F0F0F0F);
        Swap(ref left, ref right, 16, 0x0000FFFF);
        Swap(ref right, ref left, 2, 0x33333333);
        Swap(ref right, ref left, 8, 0x00FF00FF);
        right = BitOperations.RotateLeft(right, 1);
        uint difference = (left ^ right) & 0xAAAAAAAA;
        left = BitOperations.RotateLeft(left ^ difference, 1);
        right ^= difference;
    }

    /// <summary>Final permutation, the inverse of <see cref="Permute"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PermuteBack(ref uint left, ref uint right)
    {
        left = BitOperations.RotateRight(left, 1);
        uint difference = (left ^ right) & 0xAAAAAAAA;
        left ^= difference;
        right = BitOperations.RotateRight(right ^ difference, 1);
        Swap(ref right, ref left, 8, 0x00FF00FF);
        Swap(ref right, ref left, 2, 0x33333333);
        Swap(ref left, ref right, 16, 0x0000FFFF);
        Swap(ref left, ref right, 4, 0x0F0F0F0F);
    }

    /// <summary>Sixteen rounds and the exchange of halves after them.</summary>
    public static void Run(ReadOnlySpan<uint> schedule, ref uint left, ref uint right)
    {
        ref uint boxes = ref MemoryMarshal.GetArrayDataReference(Substitution);
        uint l = left;
        uint r = right;
        for (int i = 0; i + 3 < schedule.Length; i += 4)
        {
            l ^= Round(ref boxes, r, schedule[i], schedule[i + 1]);
            r ^= Round(ref boxes, l, schedule[i + 2], schedule[i + 3]);
        }

        left = r;
        right = l;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Round(ref uint boxes, uint half, uint odd, uint even)
    {
        uint work = BitOperations.RotateRight(half, 4) ^ odd;
        uint result = Unsafe.Add(ref boxes, (nint)((work >> 24) & 0x3F))
            | Unsafe.Add(ref boxes, (nint)(128 + ((work >> 16) & 0x3F)))
            | Unsafe.Add(ref boxes, (nint)(256 + ((work >> 8) & 0x3F)))
            | Unsafe.Add(ref boxes, (nint)(384 + (work & 0x3F)));
        work = half ^ even;
        return result
            | Unsafe.Add(ref boxes, (nint)(64 + ((work >> 24) & 0x3F)))
            | Unsafe.Add(ref boxes, (nint)(192 + ((work >> 16) & 0x3F)))
            | Unsafe.Add(ref boxes, (nint)(320 + ((work >> 8) & 0x3F)))
            | Unsafe.Add(ref boxes, (nint)(448 + (work & 0x3F)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Swap(ref uint from, ref uint to, int distance, uint mask)
    {
        uint difference = ((from >> distance) ^ to) & mask;
        to ^= difference;
        from ^= difference << distance;
    }

    private static uint[] BuildSubstitution()
    {
        uint[] table = new uint[8 * 64];
        for (int box = 0; box < 8; box++)
        {
            for (int input = 0; input < 64; input++)
            {
                int row = ((input >> 4) & 2) | (input & 1);
                int column = (input >> 1) & 0xF;
                uint value = (uint)SBoxes[(box * 64) + (row * 16) + column] << (28 - (4 * box));
                uint permuted = 0;
                for (int bit = 0; bit < 32; bit++)
                {
                    permuted |= ((value >> (32 - Permutation[bit])) & 1) << (31 - bit);
                }

                table[(box * 64) + input] = BitOperations.RotateLeft(permuted, 1);
            }
        }

        return table;
    }

    private static uint[] BuildContribution()
    {
        uint[] table = new uint[16 * 16 * ScheduleLength];
        for (int nibble = 0; nibble < 16; nibble++)
        {
            for (int value = 0; value < 16; value++)
            {
                ulong key = (ulong)value << (60 - (4 * nibble));
                BuildSchedule(key, table.AsSpan(((nibble * 16) + value) * ScheduleLength, ScheduleLength));
            }
        }

        return table;
    }

    /// <summary>FIPS 46-3, "Key schedule", bit by bit; the eight groups of a round key go into the bytes of two words.</summary>
    private static void BuildSchedule(ulong key, Span<uint> schedule)
    {
        Span<byte> bits = stackalloc byte[56];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = (byte)((key >> (64 - PermutedChoice1[i])) & 1);
        }

        int shift = 0;
        for (int round = 0; round < 16; round++)
        {
            shift += Shifts[round];
            for (int i = 0; i < 48; i++)
            {
                int source = PermutedChoice2[i] - 1;
                int half = source / 28 * 28;
                uint bit = bits[half + ((source - half + shift) % 28)];
                int group = i / 6;
                schedule[(round * 2) + (group % 2)] |= bit << (24 - (8 * (group / 2)) + 5 - (i % 6));
            }
        }
    }
}
