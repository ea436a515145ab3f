using Android.Security.Keystore;
using Java.Security;
using Java.Security.Spec;

namespace SoftPos.Terminal.Android;

/// <summary>
/// The device keys in the Android Keystore: one to sign, one to agree, both P-256, made in StrongBox where the phone has one that does it, else
/// in the trusted environment. Both certificate chains hold the back end's challenge. Whether the hardware is good enough is the back end's
/// judgement of those chains; a phone that made its keys in software gets its answer there.
/// </summary>
internal sealed class AndroidKeyRing : IDeviceKeyRing
{
    /// <summary>Name of the provider.</summary>
    public const string Provider = "AndroidKeyStore";

    private const string Curve = "secp256r1", Signing = "-sign", Agreement = "-agree";

    private readonly KeyStore _store;

    public AndroidKeyRing()
    {
        _store = KeyStore.GetInstance(Provider) ?? throw new InvalidOperationException("this phone has no Android Keystore");
        _store.Load(null);
    }

    public DeviceKeys Create(string alias, ReadOnlySpan<byte> attestationChallenge)
    {
        byte[] challenge = attestationChallenge.ToArray();
        Make(alias + Signing, KeyStorePurpose.Sign, challenge);
        try
        {
            Make(alias + Agreement, KeyStorePurpose.AgreeKey, challenge);
            return Open(alias) ?? throw new InvalidOperationException("the keystore does not give the keys that it made");
        }
        catch
        {
            Delete(alias);
            throw;
        }
    }

    public DeviceKeys? Open(string alias)
    {
        // A key whose entry cannot be read is as good as gone: after a restore, or after the lock screen was removed on some phones.
        try
        {
            return _store.GetKey(alias + Signing, null) is IPrivateKey sign && Chain(alias + Signing) is { } signChain
                && _store.GetKey(alias + Agreement, null) is IPrivateKey agree && Chain(alias + Agreement) is { } agreeChain
                && PublicKey(alias + Signing) is { } signKey && PublicKey(alias + Agreement) is { } agreeKey
                ? new DeviceKeys(new AndroidSigningKey(sign, signKey), signChain, new AndroidAgreementKey(agree, agreeKey), agreeChain)
                : null;
        }
        catch (Exception fault) when (fault is GeneralSecurityException or ProviderException)
        {
            return null;
        }
    }

    public void Delete(string alias)
    {
        foreach (string entry in (ReadOnlySpan<string>)[alias + Signing, alias + Agreement])
        {
            if (_store.ContainsAlias(entry))
            {
                _store.DeleteEntry(entry);
            }
        }
    }

    private static void Make(string entry, KeyStorePurpose purpose, byte[] challenge)
    {
        try
        {
            Make(entry, purpose, challenge, inStrongBox: true);
        }
        catch (ProviderException)
        {
            // No StrongBox, or one that does not agree keys, or one that is out of order: the trusted environment.
            Make(entry, purpose, challenge, inStrongBox: false);
        }
    }

    private static void Make(string entry, KeyStorePurpose purpose, byte[] challenge, bool inStrongBox)
    {
        KeyGenParameterSpec.Builder wish = new(entry, purpose);
        wish.SetAlgorithmParameterSpec(new ECGenParameterSpec(Curve));
        wish.SetAttestationChallenge(challenge);
        wish.SetIsStrongBoxBacked(inStrongBox);
        if (purpose is KeyStorePurpose.Sign)
        {
            // Messages are hashed by the SDK (COSE signs its own structure), so the hardware signs hashes.
            wish.SetDigests(KeyProperties.DigestNone, KeyProperties.DigestSha256);
        }

        KeyPairGenerator maker = KeyPairGenerator.GetInstance(KeyProperties.KeyAlgorithmEc, Provider)
            ?? throw new InvalidOperationException("the keystore makes no elliptic keys");
        maker.Initialize(wish.Build());
        maker.GenerateKeyPair();
    }

    private List<byte[]>? Chain(string entry)
    {
        List<byte[]> chain = [.. (_store.GetCertificateChain(entry) ?? []).Select(static certificate => certificate.GetEncoded()).OfType<byte[]>()];
        return chain.Count == 0 ? null : chain;
    }

    private byte[]? PublicKey(string entry) => _store.GetCertificate(entry)?.PublicKey?.GetEncoded();
}
