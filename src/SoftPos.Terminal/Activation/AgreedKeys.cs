using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>Initial keys of both purposes, out of their key blocks. Disposing zeroes them.</summary>
internal sealed record AgreedKeys(InitialKey Data, InitialKey Pin) : IDisposable
{
    /// <summary>Opens both blocks by the phone's agreement key; null when anything does not belong to this exchange.</summary>
    public static AgreedKeys? Open(DeliveredKey? data, DeliveredKey? pin, Guid terminalId, ReadOnlySpan<byte> nonce, IAgreementKey agreement)
    {
        if (data is null || pin is null)
        {
            return null;
        }

        InitialKey? dataKey = Open(data, KeyTranscript.Of(nonce, terminalId, KeyTranscript.Data), agreement);
        InitialKey? pinKey = Open(pin, KeyTranscript.Of(nonce, terminalId, KeyTranscript.Pin), agreement);
        if (dataKey is not null && pinKey is not null && dataKey.Id != pinKey.Id)
        {
            return new AgreedKeys(dataKey, pinKey);
        }

        dataKey?.Dispose();
        pinKey?.Dispose();
        return null;
    }

    public void Dispose()
    {
        Data.Dispose();
        Pin.Dispose();
    }

    private static InitialKey? Open(DeliveredKey delivered, byte[] transcript, IAgreementKey agreement)
    {
        WrappedInitialKey wrapped = new(delivered.EphemeralKey, delivered.KeyBlock);
        return DeviceKeyWrap.TryUnwrap(wrapped, agreement.PublicKey, transcript, agreement.TryAgree, out InitialKey? key)
            && delivered.KeyId.AsSpan().SequenceEqual(IdOf(key!)) ? key : null;
    }

    private static byte[] IdOf(InitialKey key)
    {
        byte[] id = new byte[KeySerialNumber.InitialKeyIdLength];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(id, key.Id);
        return id;
    }
}
