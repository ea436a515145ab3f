using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SoftPos.Emv.Authentication;

/// <summary>Issuer certificate on an elliptic curve, tag 90 (Book E, 5): format 12, 21 bytes, the key's x, signature of the CA.</summary>
internal sealed record IssuerEccCertificate
{
    private const byte Format = 0x12;
    private const int HeaderLength = 21;

    /// <summary>First 3 to 10 digits of the account number, as hexadecimal digits without filler.</summary>
    public required string Identifier { get; init; }

    /// <summary>Suite of the issuer's own signatures: 10 or 11.</summary>
    public required byte KeySuite { get; init; }

    /// <summary>Last day of use (UTC).</summary>
    public required DateOnly Expires { get; init; }

    /// <summary>Three bytes.</summary>
    public required byte[] Serial { get; init; }

    /// <summary>Five bytes.</summary>
    public required byte[] Rid { get; init; }

    public required byte CaIndex { get; init; }

    /// <summary>x coordinate of the issuer's key.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>What the CA signed.</summary>
    public required byte[] Signed { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>Reads a certificate that was signed with the given suite; the fault says what its form breaks.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, byte signedWith, [NotNullWhen(true)] out IssuerEccCertificate? certificate, out OdaFault fault)
    {
        certificate = null;
        fault = OdaFault.Length;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        (byte suite, int field, int signature) = (bytes[7], EccSuite.FieldOf(bytes[7]), EccSuite.SignatureOf(signedWith));
        if (bytes is not [Format, 0x00, ..])
        {
            fault = OdaFault.Format;
        }
        else if (EccSuite.SignatureOf(suite) == 0 || signature == 0)
        {
            fault = OdaFault.Algorithm;
        }
        else if (bytes.Length == HeaderLength + field + signature)
        {
            fault = OdaFault.Identifier;
            if (!TryReadIdentifier(bytes.Slice(2, 5), out string? identifier))
            {
                return false;
            }

            fault = OdaFault.Expired;
            if (!EccDates.TryRead(bytes.Slice(8, 4), out DateOnly expires))
            {
                return false;
            }

            certificate = new IssuerEccCertificate
            {
                Identifier = identifier,
                KeySuite = suite,
                Expires = expires,
                Serial = bytes.Slice(12, 3).ToArray(),
                Rid = bytes.Slice(15, 5).ToArray(),
                CaIndex = bytes[20],
                PublicKey = bytes.Slice(HeaderLength, field).ToArray(),
                Signed = bytes[..(HeaderLength + field)].ToArray(),
                Signature = bytes[(HeaderLength + field)..].ToArray(),
            };
            return true;
        }

        return false;
    }

    private static bool TryReadIdentifier(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? digits)
    {
        string text = Convert.ToHexString(bytes).TrimEnd('F');
        digits = text.Length >= 3 && text.All(char.IsAsciiDigit) ? text : null;
        return digits is not null;
    }
}

/// <summary>Card certificate on an elliptic curve, tag 9F46 (Book E, 5): format 14, 17 bytes, hash, the key's x, signature of the issuer.</summary>
internal sealed record CardEccCertificate
{
    private const byte Format = 0x14;
    private const byte HashEncoding = 0x01;
    private const byte Sha256 = 0x02;
    private const int HeaderLength = 17;
    private const int HashLength = 32;

    /// <summary>Secure channel suite of the card's key.</summary>
    public required byte KeySuite { get; init; }

    /// <summary>Last minute of use (UTC).</summary>
    public required DateTime Expires { get; init; }

    /// <summary>SHA-256 of the static data.</summary>
    public required byte[] StaticDataHash { get; init; }

    /// <summary>x coordinate of the card's key.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>What the issuer signed.</summary>
    public required byte[] Signed { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>Reads a certificate that was signed with the given suite; the fault says what its form breaks.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, byte signedWith, [NotNullWhen(true)] out CardEccCertificate? certificate, out OdaFault fault)
    {
        certificate = null;
        fault = OdaFault.Length;
        if (bytes.Length < HeaderLength + HashLength)
        {
            return false;
        }

        byte suite = bytes[2];
        int field = suite is EccSuite.ChannelP256 or EccSuite.ChannelP521 ? EccSuite.FieldOf(suite) : 0;
        int signed = HeaderLength + HashLength + field;
        if (bytes is not [Format, 0x00, ..] || bytes[15] != HashEncoding)
        {
            fault = OdaFault.Format;
        }
        else if (field == 0 || bytes[16] != Sha256 || EccSuite.SignatureOf(signedWith) == 0)
        {
            fault = OdaFault.Algorithm;
        }
        else if (bytes.Length == signed + EccSuite.SignatureOf(signedWith))
        {
            fault = OdaFault.Expired;
            if (!EccDates.TryRead(bytes.Slice(3, 6), out DateTime expires))
            {
                return false;
            }

            certificate = new CardEccCertificate
            {
                KeySuite = suite,
                Expires = expires,
                StaticDataHash = bytes.Slice(HeaderLength, HashLength).ToArray(),
                PublicKey = bytes.Slice(HeaderLength + HashLength, field).ToArray(),
                Signed = bytes[..signed].ToArray(),
                Signature = bytes[signed..].ToArray(),
            };
            return true;
        }

        return false;
    }
}

/// <summary>Dates of ECC certificates, as packed digits.</summary>
internal static class EccDates
{
    /// <summary>YYYYMMDD, four bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DateOnly date) => DateOnly.TryParseExact(
        Convert.ToHexString(bytes), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>YYYYMMDDHHMM, six bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DateTime time) => DateTime.TryParseExact(
        Convert.ToHexString(bytes), "yyyyMMddHHmm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
