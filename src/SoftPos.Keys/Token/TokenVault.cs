using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>
/// Keys on a PKCS#11 token. Base derivation keys are objects of the token, and what rests in the database is their object id. Zone and
/// protection keys rest in the database, sealed by a key of the token: PKCS#11 has neither PIN translation nor X9.143, so this process has
/// to hold them for the length of a call.
/// </summary>
public sealed class TokenVault : IKeyVault
{
    private const string StorageKey = "softpos.storage.1";
    private const int IdLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly TokenSessions _sessions;

    private TokenVault(TokenSessions sessions) => _sessions = sessions;

    /// <summary>Opens the token; makes its storage key at the first time.</summary>
    /// <exception cref="InvalidDataException">No such library or token, or another PIN.</exception>
    public static TokenVault Open(TokenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TokenVault vault = new(TokenSessions.Open(options));
        vault._sessions.Use(session =>
        {
            if (TokenKeys.Find(session, StorageKey) is null)
            {
                TokenKeys.GenerateStorageKey(session, StorageKey);
            }

            return true;
        });
        return vault;
    }

    /// <inheritdoc/>
    public VaultKey Generate(string name)
    {
        byte[] id = RandomNumberGenerator.GetBytes(IdLength);
        return _sessions.Use(session =>
        {
            TokenKeys.GenerateRoot(session, name, id);
            return new VaultKey(id, CheckValue(session, name, id));
        });
    }

    /// <inheritdoc/>
    public VaultKey Import(string name, VaultKeyKind kind, ReadOnlySpan<byte> key)
    {
        if (kind is not VaultKeyKind.BaseDerivation)
        {
            return new VaultKey(Seal("key", key, BaseDerivationKey.Binding(name)), BaseDerivationKey.CheckValue(kind, key));
        }

        if (key.Length != BaseDerivationKey.Length)
        {
            throw new ArgumentException("a base derivation key on a token has 32 bytes", nameof(key));
        }

        byte[] id = RandomNumberGenerator.GetBytes(IdLength);
        byte[] value = key.ToArray();
        try
        {
            return _sessions.Use(session =>
            {
                TokenKeys.ImportRoot(session, name, id, value);
                return new VaultKey(id, CheckValue(session, name, id));
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    /// <inheritdoc/>
    public IDukptRoot OpenRoot(KeyRecord record, uint id)
    {
        ArgumentNullException.ThrowIfNull(record);
        byte[] objectId = record.SealedKey ?? throw new KeyRefusedException($"key {record.Name} was destroyed");
        bool isThere = _sessions.Use(session => TokenKeys.Find(session, record.Name, objectId) is not null);
        return isThere
            ? new TokenRoot(_sessions, record.Name, objectId, id)
            : throw new InvalidDataException($"key {record.Name} is not on this token; database and token belong together");
    }

    /// <inheritdoc/>
    public PinEncryptionKey OpenZoneKey(KeyRecord record) =>
        WithKey(record, key => PinEncryptionKey.Import(ZoneKeys.CipherOf(record.Purpose), key));

    /// <inheritdoc/>
    public KeyBlockProtectionKey OpenProtectionKey(KeyRecord record) => WithKey(record, key => new KeyBlockProtectionKey(key));

    /// <inheritdoc/>
    public void Destroy(KeyRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.SealedKey is { Length: IdLength } id)
        {
            _sessions.Use(session =>
            {
                if (TokenKeys.Find(session, record.Name, id) is { } key)
                {
                    session.DestroyObject(key);
                }

                return true;
            });
        }
    }

    /// <inheritdoc/>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associatedData)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceLength);
        byte[] authenticated = Authenticated(purpose, associatedData);
        byte[] data = clear.ToArray();
        try
        {
            byte[] enciphered = _sessions.Use(session =>
            {
                using IMechanism mechanism = Gcm(nonce, authenticated);
                return session.Encrypt(mechanism, TokenKeys.Find(session, StorageKey), data);
            });
            return [.. nonce, .. enciphered];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }

    /// <inheritdoc/>
    public byte[]? Open(string purpose, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associatedData)
    {
        if (sealedBytes.Length < NonceLength + TagLength)
        {
            return null;
        }

        byte[] nonce = sealedBytes[..NonceLength].ToArray();
        byte[] enciphered = sealedBytes[NonceLength..].ToArray();
        byte[] authenticated = Authenticated(purpose, associatedData);
        return _sessions.Use(session => TryDecryptGcm(session, TokenKeys.Find(session, StorageKey)!, nonce, authenticated, enciphered));
    }

    /// <inheritdoc/>
    public void Dispose() => _sessions.Dispose();

    /// <summary>Deciphers and verifies on the token; null when the tag differs.</summary>
    internal static byte[]? TryDecryptGcm(ISession session, IObjectHandle key, byte[] nonce, byte[] authenticated, byte[] cipherTextAndTag)
    {
        using IMechanism mechanism = Gcm(nonce, authenticated);
        try
        {
            return session.Decrypt(mechanism, key, cipherTextAndTag);
        }
        catch (Pkcs11Exception fault) when (fault.RV is CKR.CKR_ENCRYPTED_DATA_INVALID or CKR.CKR_ENCRYPTED_DATA_LEN_RANGE or CKR.CKR_GENERAL_ERROR)
        {
            // SoftHSM 2.6 says "general error" for a wrong tag.
            return null;
        }
    }

    private static IMechanism Gcm(byte[] nonce, byte[] authenticated) => TokenLibrary.Factories.MechanismFactory.Create(
        CKM.CKM_AES_GCM,
        TokenLibrary.Factories.MechanismParamsFactory.CreateCkGcmParams(nonce, NonceLength * 8, authenticated, TagLength * 8));

    private static byte[] Authenticated(string purpose, ReadOnlySpan<byte> associatedData) =>
        [.. System.Text.Encoding.UTF8.GetBytes(purpose), 0, .. associatedData];

    /// <summary>CMAC over one zero block by two derivations: the key may do nothing else. The left 5 of 16 bytes are kept.</summary>
    private static byte[] CheckValue(ISession session, string name, byte[] id)
    {
        IObjectHandle root = TokenKeys.Find(session, name, id)!;
        byte[] subkey = TokenKeys.DeriveBytes(session, root, new byte[16], 16);
        Cmac.DoubleBlock(subkey);
        byte[] mac = TokenKeys.DeriveBytes(session, root, subkey, 16);
        CryptographicOperations.ZeroMemory(subkey);
        return mac[..5];
    }

    private T WithKey<T>(KeyRecord record, Func<byte[], T> take)
    {
        byte[] key = Open("key", record.SealedKey ?? throw new KeyRefusedException($"key {record.Name} was destroyed"), BaseDerivationKey.Binding(record.Name))
            ?? throw new InvalidDataException($"key {record.Name} is not sealed by this token; database and token belong together");
        try
        {
            return take(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
