using System.Security.Cryptography;

namespace SoftPos.Keys;

/// <summary>One share of a key: threshold, index and as many bytes as the key has, with a checksum against slips of the pen.</summary>
public sealed class KeyShare : IDisposable
{
    private readonly byte[] _value;

    internal KeyShare(int threshold, int index, byte[] value)
    {
        Threshold = threshold;
        Index = index;
        _value = value;
    }

    /// <summary>Shares that are needed.</summary>
    public int Threshold { get; }

    /// <summary>Number of this share, from 1.</summary>
    public int Index { get; }

    internal ReadOnlySpan<byte> Value => _value;

    /// <summary>Reads <c>T-II-hexadecimal-CCCC</c>: threshold, index, value, checksum; null when it does not read or the checksum differs.</summary>
    public static KeyShare? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Trim().ToUpperInvariant().Split('-');
        if (parts.Length != 4 || parts[3].Length != 4
            || !int.TryParse(parts[0], System.Globalization.NumberStyles.None, null, out int threshold)
            || threshold is < KeyShares.LeastThreshold or > KeyShares.MostShares
            || !int.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out int index) || index is < 1 or > KeyShares.MostShares
            || parts[2].Length is not (32 or 48 or 64) || !parts[2].All(char.IsAsciiHexDigit))
        {
            return null;
        }

        KeyShare share = new(threshold, index, Convert.FromHexString(parts[2]));
        if (share.Checksum() == parts[3])
        {
            return share;
        }

        share.Dispose();
        return null;
    }

    /// <summary>The share as its holder writes it down. Secret.</summary>
    public string Text() => $"{Threshold}-{Index:D2}-{Convert.ToHexString(_value)}-{Checksum()}";

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_value);

    /// <inheritdoc/>
    public override string ToString() => $"share {Index}";

    private string Checksum() => Convert.ToHexString(SHA256.HashData([(byte)Threshold, (byte)Index, .. _value]).AsSpan(0, 2));
}

/// <summary>
/// Shamir's sharing over GF(256) with the polynomial of AES, byte by byte: any M of N shares give the key, fewer say nothing about it.
/// Multiplication works without tables and branches on secrets.
/// </summary>
public static class KeyShares
{
    /// <summary>Fewest shares that bring a key back.</summary>
    public const int LeastThreshold = 2;

    /// <summary>Most shares of a key.</summary>
    public const int MostShares = 16;

    /// <summary>Splits a key.</summary>
    /// <param name="key">16, 24 or 32 bytes.</param>
    /// <param name="threshold">Shares needed, 2 or more.</param>
    /// <param name="count">Shares made, 16 or fewer.</param>
    /// <param name="random">Source of the coefficients.</param>
    public static IReadOnlyList<KeyShare> Split(ReadOnlySpan<byte> key, int threshold, int count, RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, LeastThreshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostShares);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, threshold);
        byte[] coefficients = GC.AllocateUninitializedArray<byte>(threshold * key.Length, pinned: true);
        random.GetBytes(coefficients);
        key.CopyTo(coefficients);
        KeyShare[] shares = new KeyShare[count];
        for (int index = 1; index <= count; index++)
        {
            byte[] value = GC.AllocateUninitializedArray<byte>(key.Length, pinned: true);
            value.AsSpan().Clear();
            for (int power = threshold - 1; power >= 0; power--)
            {
                for (int i = 0; i < value.Length; i++)
                {
                    value[i] = (byte)(Multiply(value[i], (byte)index) ^ coefficients[(power * key.Length) + i]);
                }
            }

            shares[index - 1] = new KeyShare(threshold, index, value);
        }

        CryptographicOperations.ZeroMemory(coefficients);
        return shares;
    }

    /// <summary>Puts a key together again; null when shares are too few, of different sets, or one comes twice. Verify the check value.</summary>
    public static byte[]? TryCombine(IReadOnlyList<KeyShare> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count == 0 || shares.Count < shares[0].Threshold || shares.Select(share => share.Index).Distinct().Count() != shares.Count
            || shares.Any(share => share.Threshold != shares[0].Threshold || share.Value.Length != shares[0].Value.Length))
        {
            return null;
        }

        byte[] key = GC.AllocateUninitializedArray<byte>(shares[0].Value.Length, pinned: true);
        key.AsSpan().Clear();
        foreach (KeyShare share in shares)
        {
            // Lagrange at zero: the product of x(other) / (x(other) - x(own)); subtraction is xor.
            byte weight = 1;
            foreach (KeyShare other in shares)
            {
                weight = other.Index == share.Index
                    ? weight
                    : Multiply(weight, Multiply((byte)other.Index, Inverse((byte)(other.Index ^ share.Index))));
            }

            for (int i = 0; i < key.Length; i++)
            {
                key[i] ^= Multiply(share.Value[i], weight);
            }
        }

        return key;
    }

    internal static byte Multiply(byte left, byte right)
    {
        int product = 0;
        int shifted = left;
        for (int bit = 0; bit < 8; bit++)
        {
            product ^= -((right >> bit) & 1) & shifted;
            shifted = (shifted << 1) ^ (-(shifted >> 7) & 0x11B);
        }

        return (byte)product;
    }

    /// <summary>x^254, as the field has 255 elements but zero.</summary>
    private static byte Inverse(byte value)
    {
        byte power = value;
        for (int i = 0; i < 6; i++)
        {
            power = Multiply(Multiply(power, power), value);
        }

        return Multiply(power, power);
    }
}
