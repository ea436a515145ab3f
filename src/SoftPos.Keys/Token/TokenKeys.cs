using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Net.Pkcs11Interop.HighLevelAPI.Factories;

namespace SoftPos.Keys;

/// <summary>
/// Objects of the token. A key that others hang below may derive and nothing else: whoever may encipher with it could encipher derivation data,
/// and so read the derived key. Working keys are session objects that do the one thing that they are for.
/// </summary>
internal static class TokenKeys
{
    private static IObjectAttributeFactory Attributes => TokenLibrary.Factories.ObjectAttributeFactory;

    private static IMechanismFactory Mechanisms => TokenLibrary.Factories.MechanismFactory;

    /// <summary>Makes a base derivation key: on the token, sensitive, never extractable, for one derivation mechanism.</summary>
    public static void GenerateRoot(ISession session, string name, byte[] id) =>
        session.GenerateKey(Mechanisms.Create(CKM.CKM_AES_KEY_GEN), [.. Root(name, id), Attributes.Create(CKA.CKA_VALUE_LEN, BaseDerivationKey.Length)]);

    /// <summary>Takes a base derivation key in, with the same attributes.</summary>
    public static void ImportRoot(ISession session, string name, byte[] id, byte[] value) =>
        session.CreateObject([.. Root(name, id), Attributes.Create(CKA.CKA_VALUE, value)]);

    /// <summary>Makes the key that seals for the database: AES-256, GCM only, never extractable.</summary>
    public static void GenerateStorageKey(ISession session, string name) => session.GenerateKey(Mechanisms.Create(CKM.CKM_AES_KEY_GEN),
    [
        Attributes.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY),
        Attributes.Create(CKA.CKA_KEY_TYPE, CKK.CKK_AES),
        Attributes.Create(CKA.CKA_TOKEN, true),
        Attributes.Create(CKA.CKA_PRIVATE, true),
        Attributes.Create(CKA.CKA_SENSITIVE, true),
        Attributes.Create(CKA.CKA_EXTRACTABLE, false),
        Attributes.Create(CKA.CKA_MODIFIABLE, false),
        Attributes.Create(CKA.CKA_ENCRYPT, true),
        Attributes.Create(CKA.CKA_DECRYPT, true),
        Attributes.Create(CKA.CKA_WRAP, false),
        Attributes.Create(CKA.CKA_UNWRAP, false),
        Attributes.Create(CKA.CKA_DERIVE, false),
        Attributes.Create(CKA.CKA_ALLOWED_MECHANISMS, new List<CKM> { CKM.CKM_AES_GCM }),
        Attributes.Create(CKA.CKA_LABEL, name),
        Attributes.Create(CKA.CKA_VALUE_LEN, BaseDerivationKey.Length),
    ]);

    /// <summary>The object of this label and, where given, this id; null when there is none.</summary>
    public static IObjectHandle? Find(ISession session, string name, byte[]? id = null)
    {
        List<IObjectAttribute> template =
        [
            Attributes.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY),
            Attributes.Create(CKA.CKA_TOKEN, true),
            Attributes.Create(CKA.CKA_LABEL, name),
        ];
        if (id is not null)
        {
            template.Add(Attributes.Create(CKA.CKA_ID, id));
        }

        List<IObjectHandle> found = session.FindAllObjects(template);
        return found.Count switch
        {
            0 => null,
            1 => found[0],
            _ => throw new InvalidDataException($"the token holds {found.Count} keys named {name}"),
        };
    }

    /// <summary>Enciphers data under a key into a new key that only derives: the one step of DUKPT.</summary>
    public static IObjectHandle DeriveParent(ISession session, IObjectHandle parent, byte[] data, int length) =>
        Derive(session, parent, data, length, isSensitive: true, [Attributes.Create(CKA.CKA_DERIVE, true)], CKM.CKM_AES_ECB_ENCRYPT_DATA);

    /// <summary>The same into a working key that deciphers with one mechanism.</summary>
    public static IObjectHandle DeriveDecipher(ISession session, IObjectHandle parent, byte[] data, int length, CKM mechanism) =>
        Derive(session, parent, data, length, isSensitive: true, [Attributes.Create(CKA.CKA_DECRYPT, true)], mechanism);

    /// <summary>The same into bytes: for an initial key on its way to a phone, and for check values. The caller zeroes the answer.</summary>
    public static byte[] DeriveBytes(ISession session, IObjectHandle parent, byte[] data, int length)
    {
        IObjectHandle key = Derive(session, parent, data, length, isSensitive: false, [], CKM.CKM_AES_ECB_ENCRYPT_DATA);
        try
        {
            return session.GetAttributeValue(key, [CKA.CKA_VALUE])[0].GetValueAsByteArray();
        }
        finally
        {
            session.DestroyObject(key);
        }
    }

    private static IObjectHandle Derive(
        ISession session, IObjectHandle parent, byte[] data, int length, bool isSensitive, IReadOnlyList<IObjectAttribute> may, CKM allowed)
    {
        using IMechanism mechanism = Mechanisms.Create(
            CKM.CKM_AES_ECB_ENCRYPT_DATA, TokenLibrary.Factories.MechanismParamsFactory.CreateCkKeyDerivationStringData(data));
        return session.DeriveKey(mechanism, parent,
        [
            Attributes.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY),
            Attributes.Create(CKA.CKA_KEY_TYPE, CKK.CKK_AES),
            Attributes.Create(CKA.CKA_VALUE_LEN, (ulong)length),
            Attributes.Create(CKA.CKA_TOKEN, false),
            Attributes.Create(CKA.CKA_PRIVATE, true),
            Attributes.Create(CKA.CKA_SENSITIVE, isSensitive),
            Attributes.Create(CKA.CKA_EXTRACTABLE, !isSensitive),
            Attributes.Create(CKA.CKA_ALLOWED_MECHANISMS, new List<CKM> { allowed }),
            .. may,
        ]);
    }

    private static IObjectAttribute[] Root(string name, byte[] id) =>
    [
        Attributes.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY),
        Attributes.Create(CKA.CKA_KEY_TYPE, CKK.CKK_AES),
        Attributes.Create(CKA.CKA_TOKEN, true),
        Attributes.Create(CKA.CKA_PRIVATE, true),
        Attributes.Create(CKA.CKA_SENSITIVE, true),
        Attributes.Create(CKA.CKA_EXTRACTABLE, false),
        Attributes.Create(CKA.CKA_MODIFIABLE, false),
        Attributes.Create(CKA.CKA_DERIVE, true),
        Attributes.Create(CKA.CKA_ENCRYPT, false),
        Attributes.Create(CKA.CKA_DECRYPT, false),
        Attributes.Create(CKA.CKA_SIGN, false),
        Attributes.Create(CKA.CKA_VERIFY, false),
        Attributes.Create(CKA.CKA_WRAP, false),
        Attributes.Create(CKA.CKA_UNWRAP, false),
        Attributes.Create(CKA.CKA_ALLOWED_MECHANISMS, new List<CKM> { CKM.CKM_AES_ECB_ENCRYPT_DATA }),
        Attributes.Create(CKA.CKA_LABEL, name),
        Attributes.Create(CKA.CKA_ID, id),
    ];
}
