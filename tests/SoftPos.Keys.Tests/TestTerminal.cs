using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Keys.Tests;

/// <summary>A terminal as the key room meets it: an agreement key, two DUKPT states, one payment.</summary>
internal sealed class TestTerminal : IDisposable
{
    public const string Pan = "4761739001010010";

    public static readonly byte[] Payment = [.. Enumerable.Range(100, 16).Select(value => (byte)value)];

    private static readonly Guid Id = Guid.Parse("0193a5b0-0000-7000-8000-000000000001");
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    // 57, 5A, 5F24, 5F34 of a test card.
    private static readonly byte[] Account = Convert.FromHexString("57114761739001010010D301220100000000005A0847617390010100105F24033012315F340101");

    private readonly ECDiffieHellman _device;
    private readonly AesDukptTerminal _data;
    private readonly AesDukptTerminal _pin;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    private TestTerminal(ECDiffieHellman device, InitialKeys keys)
    {
        _device = device;
        Keys = keys;
        _data = Load(keys.Data, KeyTranscript.Data);
        _pin = Load(keys.Pin, KeyTranscript.Pin);
    }

    public InitialKeys Keys { get; }

    public static async Task<TestTerminal> ProvisionAsync(IKeyRoom room)
    {
        ECDiffieHellman device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return new TestTerminal(
            device, await room.DeliverInitialKeysAsync(Id, device.ExportSubjectPublicKeyInfo(), Nonce, TestContext.Current.CancellationToken));
    }

    /// <summary>Skips transactions, so that a later one has another counter.</summary>
    public void Skip(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Begin(_data).Dispose();
            Begin(_pin).Dispose();
        }
    }

    public (byte[] Ksn, byte[] Data) SealAccount()
    {
        using DukptTransaction transaction = Begin(_data);
        using DataEncryptionKey key = transaction.DeriveDataKey(DukptKeyUsage.DataEncryption, DukptKeyType.Aes128);
        return (transaction.SerialNumber.ToBytes(), AccountDataSeal.Seal(key, transaction.SerialNumber, Payment, Account, _random));
    }

    public (byte[] Ksn, byte[] Block) EncipherPin(string pin, string pan = Pan)
    {
        using DukptTransaction transaction = Begin(_pin);
        using PinEncryptionKey key = transaction.DerivePinKey(DukptKeyType.Aes128);
        byte[] block = new byte[16];
        PinCipherText.Encipher(key, PinBlockFormat.Iso4, pin, pan, _random, block);
        return (transaction.SerialNumber.ToBytes(), block);
    }

    public PinTranslationRequest Translation(string pin, string zone, PinBlockFormat format, string pan = Pan)
    {
        (byte[] dataKsn, byte[] data) = SealAccount();
        (byte[] pinKsn, byte[] block) = EncipherPin(pin, pan);
        return new PinTranslationRequest
        {
            PinKsn = pinKsn, PinBlock = block, DataKsn = dataKsn, SealedAccountData = data, AssociatedData = Payment, ZoneKey = zone, Format = format,
        };
    }

    public void Dispose()
    {
        _device.Dispose();
        _data.Dispose();
        _pin.Dispose();
        _random.Dispose();
    }

    private static DukptTransaction Begin(AesDukptTerminal terminal)
    {
        Assert.True(terminal.TryBegin(_ => { }, out DukptTransaction? transaction));
        return transaction!;
    }

    private AesDukptTerminal Load(DeliveredKey delivered, string purpose)
    {
        byte[] transcript = KeyTranscript.Of(Nonce, Id, purpose);
        WrappedInitialKey wrapped = new(delivered.EphemeralKey, delivered.KeyBlock);
        Assert.True(DeviceKeyWrap.TryUnwrap(wrapped, _device.ExportSubjectPublicKeyInfo(), transcript, Agree, out InitialKey? key));
        using (key)
        {
            return AesDukptTerminal.Load(key!);
        }
    }

    private bool Agree(ReadOnlySpan<byte> other, Span<byte> secret)
    {
        using ECDiffieHellman peer = ECDiffieHellman.Create();
        peer.ImportSubjectPublicKeyInfo(other, out _);
        _device.DeriveRawSecretAgreement(peer.PublicKey).CopyTo(secret);
        return true;
    }
}
