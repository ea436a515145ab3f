namespace SoftPos.Emv.Authentication;

/// <summary>Recovery of issuer and card public keys from their certificates (EMV Book 2, 5.3, 6.3, 6.4).</summary>
public static class EmvCertificate
{
    private const byte IssuerFormat = 0x02;
    private const byte CardFormat = 0x04;
    private const byte RsaIndicator = 0x01;
    private const int IssuerOverhead = 36;
    private const int CardOverhead = 42;

    /// <summary>Recovers the issuer public key from 90, 92 and 9F32 (EMV Book 2, 5.3).</summary>
    /// <param name="ca">CA key with the index of 8F.</param>
    /// <param name="certificate">90.</param>
    /// <param name="remainder">92; null or empty for none.</param>
    /// <param name="exponent">9F32.</param>
    /// <param name="pan">Digits of the PAN.</param>
    /// <param name="date">Transaction date.</param>
    /// <param name="keys">Where revocations are.</param>
    /// <param name="key">The key, when the answer is null.</param>
    /// <returns>Null, or the first rule that is broken.</returns>
    public static OdaFailure? TryRecoverIssuerKey(
        CaPublicKey ca,
        ReadOnlyMemory<byte> certificate,
        ReadOnlyMemory<byte> remainder,
        ReadOnlyMemory<byte> exponent,
        string pan,
        DateOnly date,
        CaKeySet keys,
        out RsaPublicKey key)
    {
        key = new RsaPublicKey([], []);
        if (ca.Expires is { } expires && date > expires)
        {
            return new OdaFailure(OdaStep.CaKey, OdaFault.Expired);
        }

        OdaFault? fault = RecoveredData.TryRecover(new RsaPublicKey(ca.Modulus, ca.Exponent), certificate.Span, IssuerFormat, out byte[] data)
            ?? CheckIssuer(data, remainder, exponent, pan, date)
            ?? (keys.IsRevoked(ca, data.AsSpan(8, 3)) ? OdaFault.Revoked : (OdaFault?)null)
            ?? (RecoveredData.IsSha1(data[11]) && data[12] == RsaIndicator ? (OdaFault?)null : OdaFault.Algorithm)
            ?? TryAssemble(data, 13, 15, IssuerOverhead, remainder, exponent, out key);
        return fault is { } found ? new OdaFailure(OdaStep.IssuerCertificate, found) : null;
    }

    /// <summary>Recovers the card public key from 9F46, 9F48 and 9F47 (EMV Book 2, 6.4).</summary>
    /// <param name="issuer">Issuer key.</param>
    /// <param name="certificate">9F46.</param>
    /// <param name="remainder">9F48; empty for none.</param>
    /// <param name="exponent">9F47.</param>
    /// <param name="staticData">Static data to be authenticated (EMV Book 3, 10.3).</param>
    /// <param name="pan">Digits of the PAN.</param>
    /// <param name="date">Transaction date.</param>
    /// <param name="key">The key, when the answer is null.</param>
    /// <returns>Null, or the first rule that is broken.</returns>
    public static OdaFailure? TryRecoverCardKey(
        RsaPublicKey issuer,
        ReadOnlyMemory<byte> certificate,
        ReadOnlyMemory<byte> remainder,
        ReadOnlyMemory<byte> exponent,
        ReadOnlyMemory<byte> staticData,
        string pan,
        DateOnly date,
        out RsaPublicKey key)
    {
        key = new RsaPublicKey([], []);
        OdaFault? fault = RecoveredData.TryRecover(issuer, certificate.Span, CardFormat, out byte[] data)
            ?? (RecoveredData.HashMatches(data, remainder, exponent, staticData) ? (OdaFault?)null : OdaFault.Hash)
            ?? (Bcd.Digits(data.AsSpan(2, 10)) == pan ? (OdaFault?)null : OdaFault.Pan)
            ?? Validity(data.AsSpan(12, 2), date)
            ?? (RecoveredData.IsSha1(data[17]) && data[18] == RsaIndicator ? (OdaFault?)null : OdaFault.Algorithm)
            ?? TryAssemble(data, 19, 21, CardOverhead, remainder, exponent, out key);
        return fault is { } found ? new OdaFailure(OdaStep.CardCertificate, found) : null;
    }

    private static OdaFault? CheckIssuer(byte[] data, ReadOnlyMemory<byte> remainder, ReadOnlyMemory<byte> exponent, string pan, DateOnly date)
    {
        if (!RecoveredData.HashMatches(data, remainder, exponent))
        {
            return OdaFault.Hash;
        }

        // Leftmost 3 to 8 digits of the PAN, filled with F on the right.
        string identifier = Bcd.Digits(data.AsSpan(2, 4));
        if (identifier.Length < 3 || !pan.StartsWith(identifier, StringComparison.Ordinal))
        {
            return OdaFault.Identifier;
        }

        return Validity(data.AsSpan(6, 2), date);
    }

    private static OdaFault? Validity(ReadOnlySpan<byte> monthYear, DateOnly date) =>
        RecoveredData.IsInValidity(monthYear, date) is true ? (OdaFault?)null : OdaFault.Expired;

    private static OdaFault? TryAssemble(
        byte[] data,
        int lengthOffset,
        int modulusOffset,
        int overhead,
        ReadOnlyMemory<byte> remainder,
        ReadOnlyMemory<byte> exponent,
        out RsaPublicKey key)
    {
        key = new RsaPublicKey([], []);
        int length = data[lengthOffset];
        int room = data.Length - overhead;
        int inside = Math.Min(length, room);
        if (length == 0 || remainder.Length != length - inside || exponent.Length != data[lengthOffset + 1])
        {
            return OdaFault.Remainder;
        }

        key = new RsaPublicKey([.. data.AsSpan(modulusOffset, inside), .. remainder.Span], exponent.ToArray());
        return null;
    }
}
