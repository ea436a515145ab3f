using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Intrinsics = System.Runtime.Intrinsics.X86;

namespace SoftPos.Cryptography;

/// <summary>
/// AES under keys that are used for a block or two and then thrown away, as DUKPT does with its keys and the PIN blocks under them. The platform's AES
/// costs a hundred times the cipher itself to set up a key; the processor's own instructions do not. They are taken only when, at the
/// first use, they give the platform's result for every key length; otherwise everything goes through the platform.
/// </summary>
internal static class AesOneTime
{
    public const int BlockLength = 16;

    private static readonly bool UsesInstructions = Intrinsics.Aes.IsSupported && Intrinsics.Ssse3.IsSupported && IsEqualToPlatform();

    /// <summary>Enciphers whole blocks independently under a key of 16, 24 or 32 bytes. Input and output may be the same memory.</summary>
    public static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks, Span<byte> output)
    {
        if (UsesInstructions)
        {
            EncryptByInstructions(key, blocks, output);
        }
        else
        {
            EncryptByPlatform(key, blocks, output);
        }
    }

    /// <summary>E(E(block) xor mask) in place, as PIN block format 4 has it.</summary>
    public static void EncryptTwice(ReadOnlySpan<byte> key, Span<byte> block, ReadOnlySpan<byte> mask)
    {
        Encrypt(key, block, block);
        Tdes.Xor(block, mask);
        Encrypt(key, block, block);
    }

    /// <summary>Inverse of <see cref="EncryptTwice"/>.</summary>
    public static void DecryptTwice(ReadOnlySpan<byte> key, Span<byte> block, ReadOnlySpan<byte> mask)
    {
        Decrypt(key, block, block);
        Tdes.Xor(block, mask);
        Decrypt(key, block, block);
    }

    /// <summary>Inverse of <see cref="Encrypt"/>.</summary>
    public static void Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks, Span<byte> output)
    {
        if (UsesInstructions)
        {
            DecryptByInstructions(key, blocks, output);
        }
        else
        {
            DecryptByPlatform(key, blocks, output);
        }
    }

    internal static void DecryptByPlatform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks, Span<byte> output)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(key);
        aes.DecryptEcb(blocks, output, PaddingMode.None);
    }

    internal static void DecryptByInstructions(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks, Span<byte> output)
    {
        Span<Vector128<byte>> schedule = stackalloc Vector128<byte>[15];
        schedule = schedule[..(key.Length / 4 + 7)];
        Expand(key, MemoryMarshal.AsBytes(schedule));
        for (int round = 1; round < schedule.Length - 1; round++)
        {
            // FIPS 197, 5.3.5: the equivalent inverse cipher.
            schedule[round] = Intrinsics.Aes.InverseMixColumns(schedule[round]);
        }

        for (int at = 0; at < blocks.Length; at += BlockLength)
        {
            Vector128<byte> state = Vector128.Create(blocks.Slice(at, BlockLength)) ^ schedule[^1];
            for (int round = schedule.Length - 2; round > 0; round--)
            {
                state = Intrinsics.Aes.Decrypt(state, schedule[round]);
            }

            Intrinsics.Aes.DecryptLast(state, schedule[0]).CopyTo(output.Slice(at, BlockLength));
        }

        schedule.Clear();
    }

    internal static void EncryptByPlatform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks, Span<byte> output)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(key);
        aes.EncryptEcb(blocks, output, PaddingMode.None);
    }

    internal static void EncryptByInstructions(ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks, Span<byte> output)
    {
        if (key.Length == 16 && blocks.Length == BlockLength)
        {
            EncryptOne128(key, blocks, output);
            return;
        }

        Span<Vector128<byte>> schedule = stackalloc Vector128<byte>[15];
        schedule = schedule[..(key.Length / 4 + 7)];
        Expand(key, MemoryMarshal.AsBytes(schedule));
        for (int at = 0; at < blocks.Length; at += BlockLength)
        {
            Vector128<byte> state = Vector128.Create(blocks.Slice(at, BlockLength)) ^ schedule[0];
            for (int round = 1; round < schedule.Length - 1; round++)
            {
                state = Intrinsics.Aes.Encrypt(state, schedule[round]);
            }

            Intrinsics.Aes.EncryptLast(state, schedule[^1]).CopyTo(output.Slice(at, BlockLength));
        }

        schedule.Clear();
    }

    /// <summary>AES-128 for one block: the key schedule is computed between the rounds, so that both run side by side.</summary>
    private static void EncryptOne128(ReadOnlySpan<byte> key, ReadOnlySpan<byte> block, Span<byte> output)
    {
        Vector128<byte> round = Vector128.Create(key);
        Vector128<byte> state = Vector128.Create(block) ^ round;
        round = NextRound(round, 0x01);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x02);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x04);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x08);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x10);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x20);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x40);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x80);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x1B);
        state = Intrinsics.Aes.Encrypt(state, round);
        round = NextRound(round, 0x36);
        Intrinsics.Aes.EncryptLast(state, round).CopyTo(output);
    }

    /// <summary>FIPS 197, 5.2 for four words at once: the last word, rotated and substituted, goes into all four, then they are summed up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NextRound(Vector128<byte> key, byte constant)
    {
        Vector128<byte> rotated = Intrinsics.Ssse3.Shuffle(key, Vector128.Create(0x0C0F0E0D).AsByte());

        // All four columns are equal, so shifting rows changes nothing and only the substitution is left.
        Vector128<byte> substituted = Intrinsics.Aes.EncryptLast(rotated, Vector128.Create((uint)constant).AsByte());
        key ^= Intrinsics.Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Intrinsics.Sse2.ShiftLeftLogical128BitLane(key, 8);
        return key ^ substituted;
    }

    /// <summary>FIPS 197, 5.2 word by word, for the longer keys.</summary>
    private static void Expand(ReadOnlySpan<byte> key, Span<byte> schedule)
    {
        int words = key.Length / 4;
        Span<uint> expanded = MemoryMarshal.Cast<byte, uint>(schedule);
        MemoryMarshal.Cast<byte, uint>(key).CopyTo(expanded);
        uint constant = 1;
        for (int i = words; i < expanded.Length; i++)
        {
            uint word = expanded[i - 1];
            if (i % words == 0)
            {
                word = Substitute(uint.RotateRight(word, 8)) ^ constant;
                constant = (constant << 1) ^ (constant >> 7) * 0x11B;
            }
            else if (words == 8 && i % words == 4)
            {
                word = Substitute(word);
            }

            expanded[i] = expanded[i - words] ^ word;
        }
    }

    private static uint Substitute(uint word) =>
        Intrinsics.Aes.EncryptLast(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();

    private static bool IsEqualToPlatform()
    {
        Span<byte> seed = stackalloc byte[64];
        for (int i = 0; i < seed.Length; i++)
        {
            seed[i] = (byte)((i * 73 + 29) & 0xFF);
        }

        Span<byte> fast = stackalloc byte[32];
        Span<byte> platform = stackalloc byte[32];
        bool equal = true;
        foreach (int keyLength in (ReadOnlySpan<int>)[16, 24, 32])
        {
            foreach (int length in (ReadOnlySpan<int>)[16, 32])
            {
                EncryptByInstructions(seed[..keyLength], seed.Slice(32, length), fast[..length]);
                EncryptByPlatform(seed[..keyLength], seed.Slice(32, length), platform[..length]);
                equal &= fast[..length].SequenceEqual(platform[..length]);
                DecryptByInstructions(seed[..keyLength], platform[..length], fast[..length]);
                equal &= fast[..length].SequenceEqual(seed.Slice(32, length));
            }
        }

        return equal;
    }
}
