using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>The one step of AES DUKPT: derivation data enciphered under the parent key (X9.24-3, "Derive Key").</summary>
internal static class DukptDerivation
{
    public const int IntermediateKey = 0x8000;
    public const int InitialKey = 0x8001;

    /// <summary>Longest key in bytes.</summary>
    public const int LongestKey = 32;

    /// <summary>Derives a key whose length is that of its type.</summary>
    /// <param name="parent">AES key.</param>
    /// <param name="usage">Key usage indicator.</param>
    /// <param name="type">Algorithm and length of the derived key.</param>
    /// <param name="context">Initial key id; or derivation id and counter.</param>
    /// <param name="key">Receives the key; may be the memory of <paramref name="parent"/>.</param>
    public static void Derive(ReadOnlySpan<byte> parent, int usage, DukptKeyType type, ulong context, Span<byte> key)
    {
        Span<byte> data = stackalloc byte[2 * AesOneTime.BlockLength];
        data = data[..WriteData(usage, type, context, data)];
        AesOneTime.Encrypt(parent, data, data);
        data[..type.Length()].CopyTo(key);
        CryptographicOperations.ZeroMemory(data);
    }

    /// <summary>Writes the derivation data, one block for each 16 bytes of key; answers its length. <paramref name="data"/> has 32 bytes.</summary>
    public static int WriteData(int usage, DukptKeyType type, ulong context, Span<byte> data)
    {
        int length = type.Length();
        data[0] = 1;
        data[1] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], (ushort)usage);
        BinaryPrimitives.WriteUInt16BigEndian(data[4..], (ushort)type.Indicator());
        BinaryPrimitives.WriteUInt16BigEndian(data[6..], (ushort)(length * 8));
        BinaryPrimitives.WriteUInt64BigEndian(data[8..], context);
        data[..16].CopyTo(data[16..]);
        data[17] = 2;
        return length > AesOneTime.BlockLength ? 2 * AesOneTime.BlockLength : AesOneTime.BlockLength;
    }

    /// <summary>Context of every derivation below the initial key.</summary>
    public static ulong Context(ulong initialKeyId, uint counter) => (initialKeyId << 32) | counter;
}
