using System.Formats.Asn1;
using System.Numerics;

namespace SoftPos.Terminal;

/// <summary>Secure hardware gives signatures in DER; messages carry r and s of 32 bytes each (RFC 9053, 2.1).</summary>
internal static class EcdsaSignatureForm
{
    /// <summary>Length of a P-256 signature in fixed form.</summary>
    public const int Length = 64;

    /// <summary>From DER to fixed form.</summary>
    /// <returns>64 bytes; null when the bytes are no P-256 signature.</returns>
    public static byte[]? ToFixed(ReadOnlyMemory<byte> der)
    {
        try
        {
            AsnReader outer = new(der, AsnEncodingRules.DER);
            AsnReader pair = outer.ReadSequence();
            BigInteger r = pair.ReadInteger(), s = pair.ReadInteger();
            pair.ThrowIfNotEmpty();
            outer.ThrowIfNotEmpty();
            byte[] both = new byte[Length];
            return Put(r, both.AsSpan(0, Length / 2)) && Put(s, both.AsSpan(Length / 2)) ? both : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool Put(BigInteger number, Span<byte> place)
    {
        int length = number.Sign <= 0 ? 0 : number.GetByteCount(isUnsigned: true);
        return length > 0 && length <= place.Length && number.TryWriteBytes(place[^length..], out _, isUnsigned: true, isBigEndian: true);
    }
}
