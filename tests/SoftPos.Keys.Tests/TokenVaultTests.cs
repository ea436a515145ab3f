using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using SoftPos.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Keys.Tests;

/// <summary>What the token lets nobody do, the key room included, and that its keys are those of the book.</summary>
[Collection(SoftHsm.Collection)]
public sealed class TokenVaultTests
{
    private static readonly byte[] PublishedKey = Convert.FromHexString("FEDCBA9876543210F1F1F1F1F1F1F1F1FEDCBA9876543210F1F1F1F1F1F1F1F1");

    [Fact]
    [Requirement("KEY-05")]
    [Requirement("CRY-05")]
    public void A_base_derivation_key_is_sensitive_and_not_extractable_and_only_derives()
    {
        TokenOptions token = SoftHsm.NewToken();
        using (TokenVault vault = TokenVault.Open(token))
        {
            vault.Generate("bdk.data.1");
            vault.Import("bdk.pin.1", VaultKeyKind.BaseDerivation, PublishedKey);
        }

        using TokenSessions sessions = TokenSessions.Open(token);
        foreach (string name in (string[])["bdk.data.1", "bdk.pin.1"])
        {
            sessions.Use(session =>
            {
                IObjectHandle key = TokenKeys.Find(session, name)!;
                List<IObjectAttribute> attributes = session.GetAttributeValue(
                    key, [CKA.CKA_SENSITIVE, CKA.CKA_EXTRACTABLE, CKA.CKA_DERIVE, CKA.CKA_ENCRYPT, CKA.CKA_DECRYPT, CKA.CKA_WRAP, CKA.CKA_UNWRAP, CKA.CKA_PRIVATE]);
                Assert.Equal([true, false, true, false, false, false, false, true], attributes.Select(attribute => attribute.GetValueAsBool()));
                IObjectAttribute value = session.GetAttributeValue(key, [CKA.CKA_VALUE])[0];
                Assert.True(value.CannotBeRead);
                foreach (CKM mechanism in (CKM[])[CKM.CKM_AES_ECB, CKM.CKM_AES_CBC_PAD])
                {
                    using IMechanism cipher = mechanism is CKM.CKM_AES_ECB
                        ? TokenLibrary.Factories.MechanismFactory.Create(mechanism)
                        : TokenLibrary.Factories.MechanismFactory.Create(mechanism, new byte[16]);
                    Assert.Throws<Pkcs11Exception>(() => session.Encrypt(cipher, key, new byte[16]));
                    Assert.Throws<Pkcs11Exception>(() => session.Decrypt(cipher, key, new byte[16]));
                }

                using IMechanism wrap = TokenLibrary.Factories.MechanismFactory.Create(CKM.CKM_AES_KEY_WRAP);
                Assert.Throws<Pkcs11Exception>(() => session.WrapKey(wrap, key, key));
                return true;
            });
        }
    }

    [Fact]
    public void A_published_key_gives_its_published_check_value_and_initial_key()
    {
        using TokenVault vault = TokenVault.Open(SoftHsm.NewToken());
        VaultKey key = vault.Import("bdk.data.1", VaultKeyKind.BaseDerivation, PublishedKey);
        Assert.Equal("410EDFCA2A", Convert.ToHexString(key.CheckValue));
        Assert.True(TestKeys.IsPublished(key.CheckValue));
    }

    [Fact]
    [Requirement("KEY-06")]
    public void Derivation_on_the_token_equals_the_library_for_many_counters()
    {
        using TokenVault vault = TokenVault.Open(SoftHsm.NewToken());
        VaultKey key = vault.Import("bdk.pin.1", VaultKeyKind.BaseDerivation, PublishedKey);
        using IDukptRoot token = vault.OpenRoot(Record("bdk.pin.1", key), 0x0F000001);
        using BaseDerivationKey library = new(0x0F000001, [.. PublishedKey]);
        byte[] block = Convert.FromHexString("00112233445566778899AABBCCDDEEFF");
        using System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create();
        foreach (uint counter in (uint[])[1, 2, 3, 0xFF, 0x0001FFFE, 0x00020000, 0xFFFF0000, 0x80000001])
        {
            KeySerialNumber serial = new(0x0F00000100000007, counter);
            using InitialKey initial = InitialKey.Derive(PublishedKey, serial.InitialKeyId);
            initial.TryDerivePinKey(serial, DukptKeyType.Aes128, out PinEncryptionKey? pinKey);
            using (pinKey)
            {
                PinCipherText.Encipher(pinKey!, PinBlockFormat.Iso4, "864209", TestTerminal.Pan, random, block);
            }

            char[] pin = new char[12];
            Assert.True(token.TryDecipherPin(serial, block, TestTerminal.Pan, pin, out int length), $"counter {counter:X8}");
            Assert.Equal("864209", new string(pin, 0, length));
            Assert.True(library.TryDecipherPin(serial, block, TestTerminal.Pan, pin, out _));
        }

        Assert.False(token.TryDecipherPin(new KeySerialNumber(0x0F00000100000007, 0x0001FFFF), block, TestTerminal.Pan, new char[12], out _));
    }

    [Fact]
    public void A_wrong_pin_or_label_is_refused_with_the_reason()
    {
        TokenOptions token = SoftHsm.NewToken();
        Assert.Contains("refuses", Assert.Throws<InvalidDataException>(() => TokenVault.Open(token with { UserPin = "000000" })).Message, StringComparison.Ordinal);
        Assert.Contains("no token", Assert.Throws<InvalidDataException>(() => TokenVault.Open(token with { Token = "other" })).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => TokenVault.Open(token with { Library = "/nowhere.so" }));
    }

    [Fact]
    public void A_destroyed_key_is_gone_from_the_token()
    {
        using TokenVault vault = TokenVault.Open(SoftHsm.NewToken());
        VaultKey key = vault.Generate("bdk.data.1");
        KeyRecord record = Record("bdk.data.1", key);
        vault.OpenRoot(record, 0x0D000001).Dispose();
        vault.Destroy(record);
        Assert.Throws<InvalidDataException>(() => vault.OpenRoot(record, 0x0D000001));
    }

    private static KeyRecord Record(string name, VaultKey key) => new()
    {
        Name = name, Purpose = KeyPurposes.Pin, State = KeyState.Active, SealedKey = key.Resting, CheckValue = key.CheckValue, CreatedAt = default,
        ChangedAt = default,
    };
}
