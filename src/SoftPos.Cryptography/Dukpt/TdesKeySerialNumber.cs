using System.Buffers.Binary;
using System.Numerics;

namespace SoftPos.Cryptography;

/// <summary>Key serial number of TDES DUKPT (X9.24-1): 10 bytes, of which the right 21 bits count transactions.</summary>
public readonly record struct TdesKeySerialNumber
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 10;

    /// <summary>Most ones that a counter may have.</summary>
    public const int MostOnes = 10;

    /// <summary>Last usable counter.</summary>
    public const uint LastCounter = 0x1FF800;

    internal const uint CounterMask = 0x1FFFFF;

    private readonly ushort _high;
    private readonly ulong _low;

    private TdesKeySerialNumber(ushort high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>Transaction counter, 21 bits.</summary>
    public uint Counter => (uint)(_low & CounterMask);

    /// <summary>The same number with the counter zero: names the initial key.</summary>
    public TdesKeySerialNumber Initial => new(_high, _low & ~(ulong)CounterMask);

    /// <summary>Right 8 bytes, which the key generation works on.</summary>
    internal ulong Register => _low;

    /// <summary>Reads 8 to 10 bytes; shorter ones are filled with FF on the left, as they are sent in the field.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TdesKeySerialNumber serialNumber)
    {
        serialNumber = default;
        if (bytes.Length is < 8 or > Length)
        {
            return false;
        }

        Span<byte> whole = stackalloc byte[Length];
        whole.Fill(0xFF);
        bytes.CopyTo(whole[(Length - bytes.Length)..]);
        serialNumber = new TdesKeySerialNumber(BinaryPrimitives.ReadUInt16BigEndian(whole), BinaryPrimitives.ReadUInt64BigEndian(whole[2..]));
        return true;
    }

    /// <summary>Reads 16 to 20 hexadecimal digits, filled with F on the left.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TdesKeySerialNumber serialNumber)
    {
        serialNumber = default;
        if (text.Length is < 16 or > Length * 2)
        {
            return false;
        }

        Span<char> whole = stackalloc char[Length * 2];
        whole.Fill('F');
        text.CopyTo(whole[(whole.Length - text.Length)..]);
        Span<byte> bytes = stackalloc byte[Length];
        return Convert.FromHexString(whole, bytes, out _, out _) is System.Buffers.OperationStatus.Done && TryRead(bytes, out serialNumber);
    }

    /// <summary>Applies the counter rules of X9.24-1 to a number that a terminal sent.</summary>
    public KeySerialNumberFault Check() =>
        Counter == 0 ? KeySerialNumberFault.ZeroCounter
        : BitOperations.PopCount(Counter) > MostOnes ? KeySerialNumberFault.TooManyOnes
        : KeySerialNumberFault.None;

    /// <summary>Writes 10 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[2..], _low);
    }

    /// <summary>20 hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        WriteTo(bytes);
        return Convert.ToHexString(bytes);
    }
}
