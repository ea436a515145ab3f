using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace SoftPos.Cryptography;

/// <summary>Why a key serial number cannot be used.</summary>
public enum KeySerialNumberFault
{
    None,

    /// <summary>Not 12 bytes.</summary>
    Length,

    /// <summary>Counter 0 stands for the initial key and never for a transaction.</summary>
    ZeroCounter,

    /// <summary>More than sixteen ones: no terminal ever reaches this counter.</summary>
    TooManyOnes,
}

/// <summary>Key serial number of AES DUKPT (X9.24-3): initial key id (8 bytes: BDK id, derivation id) and transaction counter (4 bytes).</summary>
public readonly record struct KeySerialNumber(ulong InitialKeyId, uint Counter)
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 12;

    /// <summary>Length of the initial key id in bytes.</summary>
    public const int InitialKeyIdLength = 8;

    /// <summary>Most ones that a counter may have; bounds the derivations of a host.</summary>
    public const int MostOnes = 16;

    /// <summary>Last usable counter.</summary>
    public const uint LastCounter = 0xFFFF0000;

    /// <summary>Names the base derivation key.</summary>
    public uint BaseDerivationKeyId => (uint)(InitialKeyId >> 32);

    /// <summary>Names the initial key under the base derivation key.</summary>
    public uint DerivationId => unchecked((uint)InitialKeyId);

    /// <summary>Reads 12 bytes; says nothing about the counter, see <see cref="Check"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out KeySerialNumber serialNumber)
    {
        serialNumber = default;
        if (bytes.Length != Length)
        {
            return false;
        }

        serialNumber = new KeySerialNumber(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        return true;
    }

    /// <summary>Reads 24 hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KeySerialNumber serialNumber)
    {
        serialNumber = default;
        if (text.Length != Length * 2
            || !ulong.TryParse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id)
            || !uint.TryParse(text[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint counter))
        {
            return false;
        }

        serialNumber = new KeySerialNumber(id, counter);
        return true;
    }

    /// <summary>Applies the counter rules of X9.24-3 to a number that a terminal sent.</summary>
    /// <param name="mostOnes">16; a fleet of foreign devices that also use counters of seventeen ones may say 17.</param>
    public KeySerialNumberFault Check(int mostOnes = MostOnes) =>
        Counter == 0 ? KeySerialNumberFault.ZeroCounter
        : BitOperations.PopCount(Counter) > mostOnes ? KeySerialNumberFault.TooManyOnes
        : KeySerialNumberFault.None;

    /// <summary>Writes 12 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, InitialKeyId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Counter);
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>24 hexadecimal digits. A key serial number is no secret.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{InitialKeyId:X16}{Counter:X8}");

    /// <summary>The counter after the given one: plus one, skipping every value with more than sixteen ones.</summary>
    /// <returns>False after <see cref="LastCounter"/>: the initial key is used up.</returns>
    public static bool TryNextCounter(uint counter, out uint next)
    {
        next = counter;
        if (counter >= LastCounter)
        {
            return false;
        }

        next = counter + 1;
        while (BitOperations.PopCount(next) > MostOnes)
        {
            // Carries the run of ones at the end; below LastCounter this cannot leave 32 bits.
            next += 1u << BitOperations.TrailingZeroCount(next);
        }

        return true;
    }
}
