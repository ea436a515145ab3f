using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// Byte form of a terminal's state: version (01), key length, exhausted (00 or 01), initial key id (8), counter (4), flags of the
/// registers (4), 32 registers, SHA-256 of all that. The hash finds torn writes; it is no protection against an attacker.
/// </summary>
internal static class AesDukptState
{
    private const byte Version = 1;
    private const int HeaderLength = 1 + 1 + 1 + 8 + 4 + 4;

    public static int Length(int keyLength) => HeaderLength + (AesDukptTerminal.RegisterCount * keyLength) + SHA256.HashSizeInBytes;

    public static void Write(AesDukptTerminal terminal, Span<byte> state)
    {
        if (state.Length != Length(terminal.KeyLength))
        {
            throw new ArgumentException("expected the length of the state", nameof(state));
        }

        state[0] = Version;
        state[1] = (byte)terminal.KeyLength;
        state[2] = (byte)(terminal.IsExhausted ? 1 : 0);
        BinaryPrimitives.WriteUInt64BigEndian(state[3..], terminal.InitialKeyId);
        BinaryPrimitives.WriteUInt32BigEndian(state[11..], terminal.NextCounter);
        BinaryPrimitives.WriteUInt32BigEndian(state[15..], terminal.InUse);
        terminal.Registers.CopyTo(state[HeaderLength..]);
        SHA256.HashData(state[..^SHA256.HashSizeInBytes], state[^SHA256.HashSizeInBytes..]);
    }

    public static bool TryRead(ReadOnlySpan<byte> state, out AesDukptTerminal? terminal)
    {
        terminal = null;
        if (state.Length < HeaderLength || state[0] != Version || state[1] is not (16 or 24 or 32) || state[2] > 1
            || state.Length != Length(state[1]))
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(state[..^SHA256.HashSizeInBytes], hash);
        if (!CryptographicOperations.FixedTimeEquals(hash, state[^SHA256.HashSizeInBytes..]))
        {
            return false;
        }

        uint counter = BinaryPrimitives.ReadUInt32BigEndian(state[11..]);
        uint inUse = BinaryPrimitives.ReadUInt32BigEndian(state[15..]);
        bool isExhausted = state[2] == 1;
        if (counter == 0 || BitOperations.PopCount(counter) > KeySerialNumber.MostOnes
            || inUse != (isExhausted ? 0 : AesDukptTerminal.ExpectedInUse(counter)))
        {
            return false;
        }

        terminal = new AesDukptTerminal(BinaryPrimitives.ReadUInt64BigEndian(state[3..]), state[1], counter, isExhausted);
        state[HeaderLength..^SHA256.HashSizeInBytes].CopyTo(terminal.Registers);
        terminal.Restore(inUse);
        return true;
    }
}
