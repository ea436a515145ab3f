using System.Security.Cryptography;
using System.Text;
using SoftPos.Cryptography;

namespace SoftPos.Keys;

/// <summary>One base derivation key in the memory of the software key room. Gives initial keys; never its own bytes.</summary>
internal sealed class BaseDerivationKey : IDisposable
{
    /// <summary>AES-256: a base derivation key guards a whole fleet.</summary>
    public const int Length = 32;

    private readonly byte[] _key;

    public BaseDerivationKey(string name, uint id, byte[] key)
    {
        Name = name;
        Id = id;
        _key = key;
    }

    /// <summary>Name in the key store.</summary>
    public string Name { get; }

    /// <summary>First four bytes of the key serial numbers under it.</summary>
    public uint Id { get; }

    public InitialKey Derive(ulong initialKeyId) => InitialKey.Derive(_key, initialKeyId);

    /// <summary>Derives an initial key and wraps it to a terminal's agreement key.</summary>
    /// <exception cref="InvalidOperationException">The agreement key, which was attested, is not a P-256 key.</exception>
    public WrappedInitialKey Wrap(ulong initialKeyId, ReadOnlySpan<byte> agreementKey, ReadOnlySpan<byte> transcript, RandomNumberGenerator random)
    {
        Span<byte> initial = stackalloc byte[Length];
        AesDukpt.DeriveInitialKey(_key, initialKeyId, initial);
        bool wrapped = DeviceKeyWrap.TryWrap(agreementKey, transcript, initialKeyId, initial, random, out WrappedInitialKey? key);
        CryptographicOperations.ZeroMemory(initial);
        return wrapped ? key! : throw new InvalidOperationException("an attested agreement key was not a P-256 key");
    }

    /// <summary>Identifies the key under its name, so that sealed bytes cannot be swapped between names.</summary>
    public static byte[] Binding(string name) => Encoding.UTF8.GetBytes("bdk " + name);

    /// <summary>CMAC check value (X9.24-1 annex A), 5 bytes.</summary>
    public static byte[] CheckValue(ReadOnlySpan<byte> key)
    {
        Span<byte> mac = stackalloc byte[16];
        Cmac.ComputeAes(key, new byte[16], mac);
        return mac[..5].ToArray();
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
