using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Fuzz;

/// <summary>What a card for kernel 8 may send, inside its secure channel too: parts of the input are the values of its templates.</summary>
internal static class Kernel8Targets
{
    /// <summary>FCI issuer data, options, two records, cryptogram response, answer to READ DATA.</summary>
    private const int Parts = 6;

    private static readonly byte[] Aid = Convert.FromHexString("F04C4142381010");
    private static readonly byte[] KernelKey = Scalar(0x55);
    private static readonly byte[] CardKey = Scalar(0x33);
    private static readonly byte[] Factor = Scalar(0x44);
    private static readonly (byte[] Secret, byte[] Blinded, byte[] CaPoint) Made = Make();

    private static readonly ReaderConfiguration Configuration = new()
    {
        Version = "fuzz",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978 },
        Combinations = [new Combination { Aid = Aid[..5], KernelId = [8], Kinds = [TransactionKind.Purchase], Kernel8 = new Kernel8Options { RelayResistance = true } }],
        CaKeys = new CaKeySet([], []) { EccKeys = [new CaEccPublicKey(Aid[..5], 0xE1, Made.CaPoint, CaKeyEnvironment.Lab)] },
    };

    public static IReadOnlyList<FuzzTarget> All { get; } = [new("kernel8-tap", [Seed()], Tap)];

    private static byte[] Scalar(byte seed) => [.. Enumerable.Range(0, EmvCurve.FieldLength).Select(at => (byte)(at == 0 ? 1 : (at * 37 + seed) & 0xFF))];

    private static (byte[] Secret, byte[] Blinded, byte[] CaPoint) Make()
    {
        (byte[] card, byte[] ca, byte[] secret, byte[] blinded) = (new byte[64], new byte[64], new byte[32], new byte[32]);
        bool made = EmvCurve.TryGetPublicKey(CardKey, card) && EmvCurve.TryGetPublicKey(Scalar(0x11), ca)
            && EmvCurve.TryMultiply(Factor, card.AsSpan(0, 32), blinded) && EmvCurve.TryMultiply(KernelKey, blinded, secret)
            && EmvCurve.TryFindPoint(ca.AsSpan(0, 32), ca.AsSpan(32));
        return made ? (secret, blinded, ca) : throw new InvalidOperationException("the keys of the target are none");
    }

    /// <summary>A good card; certificates are of the right form, under no signature.</summary>
    private static byte[] Seed()
    {
        byte[] issuer = [0x12, 0x00, 0x99, 0x08, 0x42, 0xFF, 0xFF, 0x10, 0x20, 0x30, 0x12, 0x31, 0, 0, 7, .. Aid[..5], 0xE1, .. Made.CaPoint[..32]];
        byte[] card = [0x14, 0, 0, 0x20, 0x30, 0x12, 0x31, 0x23, 0x59, 0, 0, 0, 0, 0, 0, 1, 2, .. new byte[32], .. Made.Blinded];
        byte[][] parts =
        [
            new TlvWriter().Write(0x9F2C, Convert.FromHexString("0200FFFF000000")).Write(0x9F38, Convert.FromHexString("9E409F2B089F02069F3704")).ToArray(),
            new TlvWriter().Write(0x82, [0x01, 0x0B]).Write(0x94, Convert.FromHexString("1001010118010100"))
                .Write(0x8C, Convert.FromHexString("9F02069F370495059F1D08")).ToArray(),
            new TlvWriter().Write(0x57, Convert.FromHexString("9908420001000011D30122010000000000")).Write(0x5A, Convert.FromHexString("9908420001000011"))
                .Write(0x5F24, [0x30, 0x12, 0x31]).Write(0x9F810A, [0x84, 0x9F, 0x2C]).ToArray(),
            new TlvWriter().Write(0x8F, [0xE1]).Write(0x90, [.. issuer, .. new byte[64]]).Write(0x9F46, [.. card, .. new byte[64]]).ToArray(),
            new TlvWriter().Write(0x9F27, [0x80]).Write(0x9F36, [0, 1]).Write(0x9F10, new byte[32]).Write(0x9F8102, [0])
                .Write(0x9F8104, new byte[5]).Write(0x9F8108, [0x40, 0x20]).ToArray(),
            new TlvWriter().Write(0x9F8111, [1, 2, 3]).ToArray(),
        ];
        return FuzzParts.Join(parts);
    }

    private static void Tap(byte[] input)
    {
        byte[][] parts = FuzzParts.Split(input, Parts);
        using Kernel8Partner partner = new(parts, Made.Secret, [.. Made.Blinded], Factor, Aid);
        ContactlessReader reader = new();
        TransactionRequest request = new(TransactionKind.Purchase, 1250, new DateOnly(2026, 11, 24), new TimeOnly(12, 0))
        {
            TerminalObjects = new TlvMap { [0x9F8203] = [0x9F, 0x81, 0x11], [0xBF8104] = Convert.FromHexString("9F811102AABB") },
        };
        int taps = 2;
        Outcome outcome = ReaderRun.ToOutcome(
            reader, reader.Start(request, Configuration, () => [1, 2, 3, 4], _ => [.. KernelKey]), command => partner.Answer(command.Span), () => taps-- > 0);
        outcome.Account?.Dispose();
    }
}

/// <summary>The card's side of the channel around the parts of an input: enciphers, and makes MACs as a card would that sent just this.</summary>
internal sealed class Kernel8Partner(byte[][] parts, byte[] secret, byte[] blinded, byte[] factor, byte[] aid) : IDisposable
{
    private readonly BlindedChannel _channel = BlindedChannel.FromSecret(secret);
    private ushort _counter = BlindedChannel.FirstCardCounter;
    private byte[] _pdolValues = [];
    private byte[] _relay = [];

    public byte[] Answer(ReadOnlySpan<byte> command)
    {
        switch (command[1])
        {
            case 0xA4 when command[5] == (byte)'2':
                return Done(0x6F, new TlvWriter().Write(0x84, "2PAY.SYS.DDF01"u8).Open(0xA5).Open(0xBF0C)
                    .Open(0x61).Write(0x4F, aid).Write(0x9F2A, [8]).Close().Close().Close().ToArray());
            case 0xA4:
                return Done(0x6F, new TlvWriter().Write(0x84, aid).Open(0xA5).Open(0xBF0C).WriteRaw(parts[0]).Close().Close().ToArray());
            case 0xA8:
                _pdolValues = command[6] == 0x81 ? command.Slice(8, command[7]).ToArray() : command.Slice(7, command[6]).ToArray();
                _counter = BlindedChannel.FirstCardCounter;
                _relay = [];
                byte[] enciphered = new byte[factor.Length];
                _channel.Apply(_counter++, factor, enciphered);
                return Done(0x77, [.. parts[1], .. new TlvWriter().Write(0x9F8103, [.. blinded, .. enciphered]).Written]);
            case 0xEA:
                _relay = [.. command.Slice(5, 4), 1, 2, 3, 4, 0, 0, 1, 0xF4, 0, 0x18];
                return Done(0x80, _relay[4..]);
            case 0xB2:
                return Done(0xDA, Enciphered(parts[command[3] >> 3 == 2 ? 2 : 3]));
            case 0x32:
                byte[] envelope = [.. parts[5]];
                byte[] mac = new byte[BlindedChannel.MacLength];
                _channel.Apply(_counter, envelope, envelope);
                _channel.ComputeMac(_counter++, envelope, mac);
                return [.. envelope, .. mac, 0x90, 0x00];
            case 0xAE:
                return Cryptogram(command.Slice(5, command[4]));
            default:
                return [0x90, 0x00];
        }
    }

    public void Dispose() => _channel.Dispose();

    private byte[] Enciphered(byte[] plain)
    {
        byte[] cipherText = new byte[plain.Length];
        _channel.Apply(_counter++, plain, cipherText);
        return cipherText;
    }

    private byte[] Cryptogram(ReadOnlySpan<byte> values)
    {
        byte[] extended = new TlvWriter().Write(0x84, aid).Write(0x9F2C, Convert.FromHexString("0200FFFF000000")).ToArray();
        byte[] staticHash = SHA256.HashData([.. parts[2], .. extended, 0x01, 0x0B]);
        (byte[] cryptogram, byte[] iadMac, byte[] edaMac) = (new byte[8], new byte[8], new byte[8]);
        _channel.ComputeIadMac([.. _pdolValues, .. values, .. _relay, .. parts[4], .. staticHash], iadMac);
        _channel.ComputeEdaMac(cryptogram, iadMac, edaMac);
        return Done(0x77, [.. parts[4], .. new TlvWriter().Write(0x9F26, cryptogram).Write(0x9F8105, edaMac).Written]);
    }

    private static byte[] Done(uint tag, byte[] value) => [.. new TlvWriter().Write(tag, value).Written, 0x90, 0x00];
}
