using System.Security.Cryptography;
using Java.Security;
using Java.Security.Spec;
using Javax.Crypto;
using SoftPos.Contract;

namespace SoftPos.Terminal.Android;

/// <summary>The signing key: a handle to the hardware.</summary>
internal sealed class AndroidSigningKey(IPrivateKey key, byte[] publicKey) : IDeviceKey
{
    public byte[] PublicKey => publicKey;

    public byte[] SignHash(ReadOnlySpan<byte> hash)
    {
        Signature signature = Signature.GetInstance("NONEwithECDSA") ?? throw new InvalidOperationException("this phone signs no hashes");
        signature.InitSign(key);
        signature.Update(hash.ToArray());
        byte[] der = signature.Sign() ?? [];
        return EcdsaSignatureForm.ToFixed(der) ?? throw new CryptographicException("the phone's hardware gave what is no P-256 signature");
    }
}

/// <summary>The agreement key: a handle to the hardware, which computes the point.</summary>
internal sealed class AndroidAgreementKey(IPrivateKey key, byte[] publicKey) : IAgreementKey
{
    public byte[] PublicKey => publicKey;

    public bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> sharedSecret)
    {
        if (!IsOnCurve(peer))
        {
            return false;
        }

        byte[]? secret = null;
        try
        {
            IPublicKey? other = KeyFactory.GetInstance("EC")?.GeneratePublic(new X509EncodedKeySpec(peer.ToArray()));
            KeyAgreement? agreement = KeyAgreement.GetInstance("ECDH", AndroidKeyRing.Provider);
            if (other is null || agreement is null)
            {
                return false;
            }

            agreement.Init(key);
            agreement.DoPhase(other, true);
            secret = agreement.GenerateSecret();
            if (secret is not { Length: IAgreementKey.SecretLength })
            {
                return false;
            }

            secret.CopyTo(sharedSecret);
            return true;
        }
        catch (Exception fault) when (fault is GeneralSecurityException or ProviderException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>A point beside the curve would give parts of the private key away on hardware that does not check.</summary>
    private static bool IsOnCurve(ReadOnlySpan<byte> peer)
    {
        try
        {
            using ECDiffieHellman other = ECDiffieHellman.Create();
            other.ImportSubjectPublicKeyInfo(peer, out int read);
            return read == peer.Length && other.ExportParameters(includePrivateParameters: false).Curve.Oid is { Value: "1.2.840.10045.3.1.7" };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
