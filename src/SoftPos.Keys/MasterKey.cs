using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Keys;

/// <summary>
/// Root of the software key room: 32 bytes in a file that only its owner may read. Everything at rest is sealed under keys that are derived
/// from it, one for each purpose. This is a software protection: who reads the file and the database has the keys.
/// </summary>
public sealed class MasterKey : IDisposable
{
    private const int Length = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _secret;

    private MasterKey(byte[] secret) => _secret = secret;

    /// <summary>Opens the file, or makes it with a new key when it is not there.</summary>
    /// <exception cref="InvalidDataException">The file is not a master key, or others may read it.</exception>
    public static MasterKey OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            byte[] fresh = RandomNumberGenerator.GetBytes(Length);
            OwnerFile.Create(path, Encoding.ASCII.GetBytes(Convert.ToHexString(fresh)));
            return new MasterKey(fresh);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
        {
            throw new InvalidDataException($"{path} may be read by others; allow only its owner (chmod 600)");
        }

        string text = File.ReadAllText(path).Trim();
        return text.Length == 2 * Length && text.All(char.IsAsciiHexDigit)
            ? new MasterKey(Convert.FromHexString(text))
            : throw new InvalidDataException($"{path} is not a master key: expected {2 * Length} hexadecimal digits");
    }

    /// <summary>Seals bytes: nonce ‖ ciphertext ‖ tag, AES-256-GCM under a key of this purpose.</summary>
    /// <param name="purpose">Names the derived key.</param>
    /// <param name="clear">Bytes to seal.</param>
    /// <param name="associatedData">What they are bound to.</param>
    internal byte[] Seal(string purpose, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associatedData)
    {
        byte[] sealedBytes = new byte[NonceLength + clear.Length + TagLength];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceLength));
        using AesGcm cipher = Cipher(purpose);
        cipher.Encrypt(
            sealedBytes.AsSpan(0, NonceLength), clear, sealedBytes.AsSpan(NonceLength, clear.Length), sealedBytes.AsSpan(^TagLength..), associatedData);
        return sealedBytes;
    }

    /// <summary>Opens what <see cref="Seal"/> sealed; null when it does not open. The caller zeroes the answer.</summary>
    internal byte[]? Open(string purpose, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associatedData)
    {
        if (sealedBytes.Length < NonceLength + TagLength)
        {
            return null;
        }

        byte[] clear = GC.AllocateUninitializedArray<byte>(sealedBytes.Length - NonceLength - TagLength, pinned: true);
        using AesGcm cipher = Cipher(purpose);
        try
        {
            cipher.Decrypt(sealedBytes[..NonceLength], sealedBytes[NonceLength..^TagLength], sealedBytes[^TagLength..], clear, associatedData);
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secret);

    private AesGcm Cipher(string purpose)
    {
        Span<byte> key = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, key, [], Encoding.UTF8.GetBytes("SoftPos key room 1 " + purpose));
        AesGcm cipher = new(key, TagLength);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
