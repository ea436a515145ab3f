using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Authentication;

/// <summary>What local authentication looks at.</summary>
/// <param name="Card">Objects of the card: 8F, 90, 9F46.</param>
/// <param name="Rid">First five bytes of the application's name.</param>
/// <param name="Pan">Digits of the account number, or null where none is to be held against the issuer certificate.</param>
/// <param name="Now">Date and time of the transaction.</param>
/// <param name="StaticDataHash">SHA-256 of the static data as the reader collected them.</param>
/// <param name="Keys">CA keys and revocations.</param>
/// <param name="ChannelSuite">Suite of the secure channel.</param>
/// <param name="BlindedKey">x of the blinded key of this transaction.</param>
/// <param name="BlindingFactor">The factor, as the card sent it through the channel.</param>
internal readonly record struct LocalAuthenticationInput(
    TlvMap Card,
    ReadOnlyMemory<byte> Rid,
    string? Pan,
    DateTime Now,
    ReadOnlyMemory<byte> StaticDataHash,
    CaKeySet Keys,
    byte ChannelSuite,
    ReadOnlyMemory<byte> BlindedKey,
    ReadOnlyMemory<byte> BlindingFactor);

/// <summary>
/// Local authentication of kernel 8 with ECC certificates (Book C-8, RPC.2 to RPC.4; Book E, 5 and 8.8): CA key, issuer certificate, card
/// certificate, static data, and the blinding factor by which the card proves that the certified key is behind the channel.
/// </summary>
internal static class LocalAuthentication
{
    /// <summary>Verifies the chain; the failure names its first bad link.</summary>
    public static OdaResult Verify(LocalAuthenticationInput input)
    {
        List<int> bits = [];
        return new OdaResult(OdaMethod.Local, Check(input, bits)) { KeyBits = bits };
    }

    private static OdaFailure? Check(LocalAuthenticationInput input, List<int> bits)
    {
        DateOnly today = DateOnly.FromDateTime(input.Now);
        if (input.Card[EmvTag.CaKeyIndex] is not { Length: 1 } index)
        {
            return new OdaFailure(OdaStep.CaKey, OdaFault.Missing);
        }

        if (input.Keys.FindEcc(input.Rid.Span, index[0]) is not { } ca)
        {
            return new OdaFailure(OdaStep.CaKey, OdaFault.Unknown);
        }

        bits.Add(ca.Bits);
        if (ca.Expires < today)
        {
            return new OdaFailure(OdaStep.CaKey, OdaFault.Expired);
        }

        if (CheckIssuer(input, ca, today, out IssuerEccCertificate? issuer) is { } ofIssuer)
        {
            return new OdaFailure(OdaStep.IssuerCertificate, ofIssuer);
        }

        bits.Add(EccSuite.BitsOf(issuer!.KeySuite));
        if (CheckCard(input, issuer, out CardEccCertificate? card) is { } ofCard)
        {
            return new OdaFailure(OdaStep.CardCertificate, ofCard);
        }

        bits.Add(EccSuite.BitsOf(card!.KeySuite));
        if (!CryptographicOperations.FixedTimeEquals(card.StaticDataHash, input.StaticDataHash.Span))
        {
            return new OdaFailure(OdaStep.StaticData, OdaFault.Hash);
        }

        return BlindedChannel.IsBlindedBy(input.BlindingFactor.Span, card.PublicKey, input.BlindedKey.Span)
            ? null
            : new OdaFailure(OdaStep.BlindingFactor, OdaFault.Point);
    }

    private static OdaFault? CheckIssuer(LocalAuthenticationInput input, CaEccPublicKey ca, DateOnly today, out IssuerEccCertificate? certificate)
    {
        certificate = null;
        if (input.Card[EmvTag.IssuerCertificate] is not { Length: > 0 } bytes)
        {
            return OdaFault.Missing;
        }

        if (!IssuerEccCertificate.TryParse(bytes, ca.Suite, out certificate, out OdaFault fault))
        {
            return fault;
        }

        return !certificate.Rid.AsSpan().SequenceEqual(input.Rid.Span) || certificate.CaIndex != ca.Index ? OdaFault.Unknown
            : certificate.Expires < today ? OdaFault.Expired
            : input.Keys.IsRevoked(ca.Rid, ca.Index, certificate.Serial) ? OdaFault.Revoked
            : input.Pan?.StartsWith(certificate.Identifier, StringComparison.Ordinal) is false ? OdaFault.Identifier
            : EcSdsa.Verify(ca.Point, certificate.Signed, certificate.Signature) ? null
            : OdaFault.Signature;
    }

    /// <summary>The signature's suite is that of the issuer's key, whatever hash the certificate names for the static data.</summary>
    private static OdaFault? CheckCard(LocalAuthenticationInput input, IssuerEccCertificate issuer, out CardEccCertificate? certificate)
    {
        certificate = null;
        if (input.Card[EmvTag.IccCertificate] is not { Length: > 0 } bytes)
        {
            return OdaFault.Missing;
        }

        if (!CardEccCertificate.TryParse(bytes, issuer.KeySuite, out certificate, out OdaFault fault))
        {
            return fault;
        }

        return certificate.KeySuite != input.ChannelSuite ? OdaFault.Algorithm
            : certificate.Expires < input.Now ? OdaFault.Expired
            : EcSdsa.Verify(issuer.PublicKey, certificate.Signed, certificate.Signature) ? null
            : OdaFault.Signature;
    }
}
