using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Authenticates messages in one direction: from terminal to host (DUKPT usage 2000) or back (2001).</summary>
public sealed class MacKey : PurposeKey
{
    private readonly DukptKeyType _type;

    internal MacKey(DukptKeyUsage usage, DukptKeyType type, ReadOnlySpan<byte> bytes)
        : base(bytes)
    {
        Usage = usage;
        _type = type;
    }

    /// <summary>Direction; the other direction has a key of its own.</summary>
    public DukptKeyUsage Usage { get; }

    /// <summary>Length of a whole MAC: 16 bytes for AES-CMAC, 8 for TDES-CMAC, 32 for HMAC-SHA-256.</summary>
    public int MacLength => _type.IsTdes() ? 8 : _type.IsHmac() ? 32 : 16;

    /// <summary>CMAC (or HMAC-SHA-256 for HMAC keys) over the message; <paramref name="mac"/> receives its left part.</summary>
    public void Compute(ReadOnlySpan<byte> message, Span<byte> mac)
    {
        if (_type.IsHmac())
        {
            Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(Bytes, message, whole);
            whole[..mac.Length].CopyTo(mac);
        }
        else if (_type.IsTdes())
        {
            Cmac.ComputeTdes(Bytes, message, mac);
        }
        else
        {
            Cmac.ComputeAes(Bytes, message, mac);
        }
    }

    /// <summary>True when <paramref name="mac"/> (at least 4 bytes) is the left part of the MAC; compares in constant time.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> mac)
    {
        if (mac.Length < 4 || mac.Length > MacLength)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[MacLength];
        Compute(message, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..mac.Length], mac);
    }
}
