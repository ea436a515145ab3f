using System.Globalization;
using Android.Security.Keystore;
using Java.Security;
using Javax.Crypto;

namespace SoftPos.Terminal.Android;

/// <summary>Keys of storage generations in the Android Keystore: HMAC keys of which the name is all that leaves.</summary>
internal sealed class AndroidGenerationKeys : IGenerationKeys
{
    private const string Prefix = "softpos-generation-";

    private readonly KeyStore _store;

    public AndroidGenerationKeys()
    {
        _store = KeyStore.GetInstance(AndroidKeyRing.Provider) ?? throw new InvalidOperationException("this phone has no Android Keystore");
        _store.Load(null);
    }

    public IReadOnlyList<long> Generations
    {
        get
        {
            List<long> found = [];
            for (Java.Util.IEnumeration? names = _store.Aliases(); names is { HasMoreElements: true };)
            {
                if (names.NextElement()?.ToString() is { } name && name.StartsWith(Prefix, StringComparison.Ordinal)
                    && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long generation))
                {
                    found.Add(generation);
                }
            }

            return found;
        }
    }

    public void Create(long generation)
    {
        KeyGenParameterSpec.Builder wish = new(NameOf(generation), KeyStorePurpose.Sign);
        wish.SetDigests(KeyProperties.DigestSha256);
        KeyGenerator maker = KeyGenerator.GetInstance(KeyProperties.KeyAlgorithmHmacSha256, AndroidKeyRing.Provider)
            ?? throw new InvalidOperationException("the keystore makes no HMAC keys");
        maker.Init(wish.Build());
        maker.GenerateKey();
    }

    public void Delete(long generation) => _store.DeleteEntry(NameOf(generation));

    public byte[] Authenticate(long generation, ReadOnlySpan<byte> data)
    {
        IKey key = _store.GetKey(NameOf(generation), null) ?? throw new InvalidOperationException("the key of a storage generation is gone");
        Mac mac = Mac.GetInstance(KeyProperties.KeyAlgorithmHmacSha256) ?? throw new InvalidOperationException("this phone has no HMAC");
        mac.Init(key);
        return mac.DoFinal(data.ToArray()) ?? throw new InvalidOperationException("the keystore gave no code");
    }

    private static string NameOf(long generation) => Prefix + generation.ToString(CultureInfo.InvariantCulture);
}
