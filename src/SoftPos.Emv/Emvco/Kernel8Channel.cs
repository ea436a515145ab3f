using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Emv.Authentication;

namespace SoftPos.Emv.Emvco;

/// <summary>
/// Process C of kernel 8: the key of this transaction, the session keys, the blinding factor and both message counters (Book C-8, C.100 to
/// C.103 and 22; Book E, 7 and 8.6). Disposing overwrites everything secret.
/// </summary>
internal sealed class Kernel8Channel : IDisposable
{
    /// <summary>Draws until a scalar is in range; on P-256 the second is needed once in 2^32 times, on P-521 hardly ever.</summary>
    private const int MaxDraws = 4;

    private const ushort LastCounter = 0xFFFF;

    private readonly byte[] _privateKey;
    private byte[] _factor = [];
    private BlindedChannel? _session;
    private ushort _cardCounter = BlindedChannel.FirstCardCounter;
    private ushort _kernelCounter;

    private Kernel8Channel(byte suite, byte[] privateKey, byte[] publicKey)
    {
        Suite = suite;
        _privateKey = privateKey;
        PublicKey = publicKey;
    }

    /// <summary>Algorithm suite of the channel.</summary>
    public byte Suite { get; }

    /// <summary>Kernel Key Data 9E: x ‖ y.</summary>
    public byte[] PublicKey { get; }

    /// <summary>x of the blinded card key; empty before the channel is open.</summary>
    public byte[] BlindedKey { get; private set; } = [];

    /// <summary>The blinding factor as the card sent it; empty before the channel is open.</summary>
    public ReadOnlyMemory<byte> BlindingFactor => _factor;

    private int Field => EccSuite.FieldOf(Suite);

    /// <summary>Makes the kernel's key from fresh secret bytes; null when none of the draws is a scalar of the curve.</summary>
    public static Kernel8Channel? Create(byte suite, Func<int, byte[]> nextSecret)
    {
        int field = EccSuite.FieldOf(suite);
        byte[] scalar = GC.AllocateUninitializedArray<byte>(field, pinned: true);
        byte[] point = new byte[2 * field];
        for (int draw = 0; draw < MaxDraws; draw++)
        {
            byte[] drawn = nextSecret(field);
            drawn.CopyTo(scalar, 0);
            CryptographicOperations.ZeroMemory(drawn);
            if (field == EmvCurve.LongFieldLength)
            {
                // 521 bits in 66 bytes.
                scalar[0] &= 0x01;
            }

            if (EmvCurve.TryGetPublicKey(scalar, point))
            {
                return new Kernel8Channel(suite, scalar, point);
            }
        }

        CryptographicOperations.ZeroMemory(scalar);
        return null;
    }

    /// <summary>22.51: session keys and blinding factor from Card Key Data. The kernel's private key is gone afterwards, whatever came of it.</summary>
    public bool TryOpen(ReadOnlySpan<byte> cardKeyData)
    {
        bool opened = cardKeyData.Length == 2 * Field && BlindedChannel.TryAgree(_privateKey, cardKeyData[..Field], out _session);
        CryptographicOperations.ZeroMemory(_privateKey);
        if (!opened)
        {
            return false;
        }

        BlindedKey = cardKeyData[..Field].ToArray();
        _factor = GC.AllocateUninitializedArray<byte>(Field, pinned: true);
        return TryDecipher(cardKeyData[Field..], _factor);
    }

    /// <summary>Deciphers the card's next message; false when its counter is used up.</summary>
    public bool TryDecipher(ReadOnlySpan<byte> cipherText, Span<byte> plain)
    {
        if (_session is null || _cardCounter == LastCounter)
        {
            return false;
        }

        _session.Apply(_cardCounter++, cipherText, plain);
        return true;
    }

    /// <summary>Opens the answer to READ DATA: the MAC is over counter and cipher text, one counter serves both.</summary>
    /// <returns>The plain object, or null when the MAC is wrong, the answer too short or the counter used up.</returns>
    public byte[]? OpenMessage(ReadOnlySpan<byte> message)
    {
        if (_session is null || _cardCounter == LastCounter || message.Length <= BlindedChannel.MacLength)
        {
            return null;
        }

        ushort counter = _cardCounter++;
        ReadOnlySpan<byte> cipherText = message[..^BlindedChannel.MacLength];
        if (!_session.VerifyMac(counter, cipherText, message[^BlindedChannel.MacLength..]))
        {
            return null;
        }

        byte[] plain = new byte[cipherText.Length];
        _session.Apply(counter, cipherText, plain);
        return plain;
    }

    /// <summary>Enciphers an object for WRITE DATA under the kernel's own counter.</summary>
    public byte[] Encipher(ReadOnlySpan<byte> plain)
    {
        byte[] cipherText = new byte[plain.Length];
        _session!.Apply(_kernelCounter++, plain, cipherText);
        return cipherText;
    }

    /// <summary>Checks the answer to WRITE DATA: the MAC is over the card's counter and the plain object that was sent.</summary>
    public bool IsReceipt(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> mac) =>
        _session is not null && _cardCounter != LastCounter && _session.VerifyMac(_cardCounter++, plain, mac);

    /// <summary>IAD-MAC over the text that <see cref="Kernel8"/> puts together.</summary>
    public byte[] IadMac(ReadOnlySpan<byte> text)
    {
        byte[] mac = new byte[BlindedChannel.MacLength];
        _session!.ComputeIadMac(text, mac);
        return mac;
    }

    /// <summary>True when the partner of the channel made the cryptogram.</summary>
    public bool IsEdaMac(ReadOnlySpan<byte> cryptogram, ReadOnlySpan<byte> iadMac, ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[BlindedChannel.MacLength];
        _session!.ComputeEdaMac(cryptogram, iadMac, expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_privateKey);
        CryptographicOperations.ZeroMemory(_factor);
        _session?.Dispose();
    }

    public override string ToString() => "kernel 8 channel";
}
