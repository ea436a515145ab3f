using System.Numerics;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using SoftPos.Cryptography;

namespace SoftPos.Keys;

/// <summary>
/// One base derivation key on a token: every step of AES DUKPT is a derivation there, and every working key is an object of a session. What
/// PKCS#11 cannot do happens in this process: putting an initial key into a key block, and the PIN between two keys.
/// </summary>
internal sealed class TokenRoot(TokenSessions sessions, string name, byte[] objectId, uint id) : IDukptRoot
{
    private const int WorkingKeyLength = 16;

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    public uint Id => id;

    public WrappedInitialKey Wrap(ulong initialKeyId, ReadOnlySpan<byte> agreementKey, ReadOnlySpan<byte> transcript)
    {
        byte[] initial = sessions.Use(session => TokenKeys.DeriveBytes(
            session, Root(session), DukptData.OfInitialKey(BaseDerivationKey.Length, initialKeyId), BaseDerivationKey.Length));
        try
        {
            return DeviceKeyWrap.TryWrap(agreementKey, transcript, initialKeyId, initial, _random, out WrappedInitialKey? block)
                ? block!
                : throw new InvalidOperationException("an attested agreement key was not a P-256 key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(initial);
        }
    }

    public byte[]? OpenData(KeySerialNumber serial, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedData)
    {
        if (!AccountDataSeal.TrySplit(sealedData, associatedData, out SealedParts parts))
        {
            return null;
        }

        return WithWorkingKey(serial, DukptKeyUsage.DataEncryption, CKM.CKM_AES_GCM, (session, key) => TokenVault.TryDecryptGcm(
            session, key, parts.Nonce, parts.Authenticated, parts.CipherTextAndTag));
    }

    public bool TryDecipherPin(KeySerialNumber serial, ReadOnlySpan<byte> block, ReadOnlySpan<char> pan, Span<char> pin, out int length)
    {
        length = 0;
        byte[] panField = new byte[PinBlock.AesLength];
        PinBlock.EncodePanField(pan, panField);
        byte[] enciphered = block.ToArray();
        byte[]? field = WithWorkingKey(serial, DukptKeyUsage.PinEncryption, CKM.CKM_AES_ECB, (session, key) =>
        {
            using IMechanism mechanism = TokenLibrary.Factories.MechanismFactory.Create(CKM.CKM_AES_ECB);
            byte[] inner = session.Decrypt(mechanism, key, enciphered);
            for (int i = 0; i < inner.Length; i++)
            {
                inner[i] ^= panField[i];
            }

            return session.Decrypt(mechanism, key, inner);
        });
        CryptographicOperations.ZeroMemory(panField);
        try
        {
            return field is not null && PinBlock.TryDecodePinField(field, pin, out length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(field);
        }
    }

    public void Dispose() => _random.Dispose();

    private IObjectHandle Root(ISession session) =>
        TokenKeys.Find(session, name, objectId) ?? throw new InvalidDataException($"key {name} is not on this token; database and token belong together");

    /// <summary>X9.24-3: initial key, one derivation for each bit of the counter, working key. Nothing of the chain outlives the call.</summary>
    private T? WithWorkingKey<T>(KeySerialNumber serial, DukptKeyUsage usage, CKM mechanism, Func<ISession, IObjectHandle, T?> work)
        where T : class
    {
        if (serial.Check() is not KeySerialNumberFault.None)
        {
            return null;
        }

        return sessions.Use(session =>
        {
            List<IObjectHandle> chain = new(BitOperations.PopCount(serial.Counter) + 2);
            try
            {
                IObjectHandle key = TokenKeys.DeriveParent(
                    session, Root(session), DukptData.OfInitialKey(BaseDerivationKey.Length, serial.InitialKeyId), BaseDerivationKey.Length);
                chain.Add(key);
                uint reached = 0;
                for (uint left = serial.Counter; left != 0;)
                {
                    uint bit = 1u << (31 - BitOperations.LeadingZeroCount(left));
                    left ^= bit;
                    reached |= bit;
                    key = TokenKeys.DeriveParent(
                        session, key, DukptData.OfIntermediateKey(BaseDerivationKey.Length, serial.InitialKeyId, reached), BaseDerivationKey.Length);
                    chain.Add(key);
                }

                key = TokenKeys.DeriveDecipher(session, key, DukptData.OfWorkingKey(usage, DukptKeyType.Aes128, serial), WorkingKeyLength, mechanism);
                chain.Add(key);
                return work(session, key);
            }
            finally
            {
                chain.ForEach(session.DestroyObject);
            }
        });
    }
}
