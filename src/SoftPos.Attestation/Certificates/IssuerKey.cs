using System.Security.Cryptography;
using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Certificates;

/// <summary>What checking one signature gave.</summary>
internal enum SignatureOutcome
{
    Valid,
    Invalid,

    /// <summary>The algorithm is genuine but this host cannot compute it (ML-DSA), or it is not one of ours.</summary>
    Unsupported,
}

/// <summary>
/// A public key ready to verify with. Verification only reads the platform's key object, which OpenSSL 3 allows from several threads.
/// </summary>
internal sealed class IssuerKey : IDisposable
{
    /// <summary>Google's largest; anything longer only burns our time.</summary>
    private const int MaxRsaBits = 4096;

    /// <summary>Below this an RSA issuer is forgeable.</summary>
    private const int MinRsaBits = 2048;

    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;

    private IssuerKey(PublicKeyInfo info, ECDsa? ecdsa, RSA? rsa)
    {
        Info = info;
        SpkiSha256 = SHA256.HashData(info.Encoded.Span);
        _ecdsa = ecdsa;
        _rsa = rsa;
    }

    public PublicKeyInfo Info { get; }

    public byte[] SpkiSha256 { get; }

    /// <summary>Builds the key; a point off the curve or a broken modulus gives a key whose every signature is invalid.</summary>
    public static IssuerKey From(PublicKeyInfo info)
    {
        try
        {
            switch (info.Kind)
            {
                case KeyKind.P256 or KeyKind.P384:
                    return new IssuerKey(info, ImportPoint(info), null);
                case KeyKind.Rsa when info.Bits is >= MinRsaBits and <= MaxRsaBits:
                    RSA rsa = RSA.Create();
                    rsa.ImportRSAPublicKey(info.KeyBits.Span, out _);
                    return new IssuerKey(info, null, rsa);
                default:
                    return new IssuerKey(info, null, null);
            }
        }
        catch (CryptographicException)
        {
            return new IssuerKey(info, null, null);
        }
    }

    /// <summary>A P-256 or P-384 key from its uncompressed point.</summary>
    public static ECDsa? ImportPoint(PublicKeyInfo info)
    {
        ReadOnlySpan<byte> point = info.KeyBits.Span;
        int size = info.Bits / 8;
        if (point.Length != 1 + (2 * size) || point[0] != 4)
        {
            return null;
        }

        return ECDsa.Create(new ECParameters
        {
            Curve = info.Kind == KeyKind.P256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
            Q = new ECPoint { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() },
        });
    }

    public SignatureOutcome Verify(AttestationCertificate certificate) =>
        Verify(certificate.Scheme, certificate.ToBeSigned.Span, certificate.Signature.Span);

    public SignatureOutcome Verify(SignatureScheme scheme, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (scheme is SignatureScheme.Unknown or SignatureScheme.MlDsa)
        {
            return SignatureOutcome.Unsupported;
        }

        bool isRsa = scheme is SignatureScheme.RsaSha256 or SignatureScheme.RsaSha384 or SignatureScheme.RsaSha512;
        HashAlgorithmName hash = scheme switch
        {
            SignatureScheme.RsaSha384 or SignatureScheme.EcdsaSha384 => HashAlgorithmName.SHA384,
            SignatureScheme.RsaSha512 or SignatureScheme.EcdsaSha512 => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        if (isRsa && _rsa is not null)
        {
            return Outcome(_rsa.VerifyData(message, signature, hash, RSASignaturePadding.Pkcs1));
        }

        if (!isRsa && _ecdsa is not null)
        {
            return Outcome(IsCanonical(signature, Info.Bits / 8)
                && _ecdsa.VerifyData(message, signature, hash, DSASignatureFormat.Rfc3279DerSequence));
        }

        return Info.Kind is KeyKind.OtherCurve or KeyKind.Curve25519 or KeyKind.MlDsa or KeyKind.Unknown
            ? SignatureOutcome.Unsupported
            : SignatureOutcome.Invalid;
    }

    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
    }

    /// <summary>ECDSA-Sig-Value with two minimal, positive integers that fit the field, and nothing else.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> signature, int fieldSize)
    {
        DerFaults faults = new("signature");
        DerCursor outer = new(signature, 0, faults);
        DerCursor pair = outer.EnterSequence("ECDSA-Sig-Value");
        outer.End("nothing after the signature");
        for (int i = 0; i < 2; i++)
        {
            DerElement integer = pair.ReadInteger("r and s");
            if (faults.First is not null || integer.Content[0] >= 0x80 || integer.Content.TrimStart((byte)0).Length > fieldSize)
            {
                return false;
            }
        }

        pair.End("nothing after s");
        return faults.First is null;
    }

    private static SignatureOutcome Outcome(bool valid) => valid ? SignatureOutcome.Valid : SignatureOutcome.Invalid;
}
