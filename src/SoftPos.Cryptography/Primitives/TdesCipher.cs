using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>DES or TDES under one key, for blocks; the key schedule lives on the stack and is overwritten by <see cref="Dispose"/>.</summary>
internal ref struct TdesCipher
{
    private Schedule _schedule;
    private readonly int _length;

    /// <summary>Expands a key of 8, 16 or 24 bytes.</summary>
    public TdesCipher(ReadOnlySpan<byte> key, bool encrypts)
    {
        Span<uint> words = _schedule;
        ReadOnlySpan<byte> first = key[..8];
        if (key.Length == 8)
        {
            _length = DesRounds.ScheduleLength;
            DesRounds.Expand(first, !encrypts, words);
            return;
        }

        _length = 3 * DesRounds.ScheduleLength;
        ReadOnlySpan<byte> third = key.Length == 24 ? key[16..] : first;
        DesRounds.Expand(encrypts ? first : third, !encrypts, words);
        DesRounds.Expand(key[8..16], encrypts, words[DesRounds.ScheduleLength..]);
        DesRounds.Expand(encrypts ? third : first, !encrypts, words[(2 * DesRounds.ScheduleLength)..]);
    }

    /// <summary>One block; input and output may be the same memory.</summary>
    public readonly void Process(ReadOnlySpan<byte> input, Span<byte> output)
    {
        ReadOnlySpan<uint> words = _schedule;
        uint left = BinaryPrimitives.ReadUInt32BigEndian(input);
        uint right = BinaryPrimitives.ReadUInt32BigEndian(input[4..]);
        DesRounds.Permute(ref left, ref right);
        for (int at = 0; at < _length; at += DesRounds.ScheduleLength)
        {
            DesRounds.Run(words.Slice(at, DesRounds.ScheduleLength), ref left, ref right);
        }

        DesRounds.PermuteBack(ref left, ref right);
        BinaryPrimitives.WriteUInt32BigEndian(output, left);
        BinaryPrimitives.WriteUInt32BigEndian(output[4..], right);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes((Span<uint>)_schedule));

    [InlineArray(3 * DesRounds.ScheduleLength)]
    private struct Schedule
    {
        private uint _first;
    }
}
