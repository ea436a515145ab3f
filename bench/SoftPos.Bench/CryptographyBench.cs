using System.Security.Cryptography;
using SoftPos.Cryptography;

namespace SoftPos.Bench;

/// <summary>Payment keys on one core, against the platform's AES and TDES with a new key per block.</summary>
internal sealed class CryptographyBench : IBench
{
    private const string Pan = "4111111111111111";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _output = new byte[32];

    public string Name => "cryptography";

    public IEnumerable<BenchLine> Run()
    {
        (double aes, _) = Harness.Measure(EncryptByPlatform);
        yield return new BenchLine("floor: platform AES-128, new key and one block", aes);
        (double random, _) = Harness.Measure(() => RandomNumberGenerator.Fill(_output.AsSpan(0, 8)));
        yield return new BenchLine("floor: system generator, 8 bytes", random);

        foreach ((string what, uint counter) in ((string, uint)[])[("1 bit", 1), ("2 bits", 3), ("8 bits", 0xFF), ("16 bits", 0xFFFF)])
        {
            KeySerialNumber serialNumber = new(0x1234567890123456, counter);
            yield return Harness.Line(
                $"AES-128 DUKPT working key from the initial key, {what}",
                () => AesDukpt.DeriveWorkingKey(_key, serialNumber, DukptKeyUsage.PinEncryption, DukptKeyType.Aes128, _output.AsSpan(0, 16)),
                aes,
                "floor AES");
        }

        foreach (BenchLine line in PinBlocks(aes, random))
        {
            yield return line;
        }

        foreach (BenchLine line in KeyBlocks(aes))
        {
            yield return line;
        }

        foreach (BenchLine line in Cryptograms())
        {
            yield return line;
        }
    }

    private IEnumerable<BenchLine> PinBlocks(double aes, double random)
    {
        using PinEncryptionKey key = PinEncryptionKey.Import(PinCipher.Aes, _key);
        using PinEncryptionKey zone = PinEncryptionKey.Import(PinCipher.Tdes, RandomNumberGenerator.GetBytes(16));
        using BufferedRandom buffered = new();
        using RandomNumberGenerator system = RandomNumberGenerator.Create();
        byte[] block = new byte[16];
        byte[] target = new byte[8];
        yield return Harness.Line(
            "PIN block format 4 encipher, buffered random",
            () => PinCipherText.Encipher(key, PinBlockFormat.Iso4, "1234", Pan, buffered, block), aes, "floor AES");
        yield return Harness.Line(
            "PIN block format 4 encipher, system random",
            () => PinCipherText.Encipher(key, PinBlockFormat.Iso4, "1234", Pan, system, block), random, "floor random");
        yield return Harness.Line(
            "PIN block translate, format 4 to 0 (TDES)",
            () => PinCipherText.Translate(key, PinBlockFormat.Iso4, block, Pan, zone, PinBlockFormat.Iso0, buffered, target),
            aes,
            "floor AES");
    }

    private IEnumerable<BenchLine> KeyBlocks(double aes)
    {
        using KeyBlockProtectionKey protection = new(RandomNumberGenerator.GetBytes(32));
        using BufferedRandom random = new();
        KeyBlockHeader header = new() { Usage = "P0", Algorithm = 'A', ModeOfUse = 'E', Exportability = 'E' };
        string block = KeyBlock.Wrap(protection, header, _key, random);
        yield return Harness.Line(
            "key block D unwrap, 256-bit protection key",
            () =>
            {
                if (!KeyBlock.TryUnwrap(protection, block, out KeyBlockContent? content, out _))
                {
                    throw new InvalidOperationException("the block did not open");
                }

                content!.Dispose();
            },
            aes,
            "floor AES");
        yield return Harness.Line("key block D wrap, 256-bit protection key", () => KeyBlock.Wrap(protection, header, _key, random), aes, "floor AES");
    }

    private IEnumerable<BenchLine> Cryptograms()
    {
        byte[] block = new byte[8];
        using TripleDES tdes = TripleDES.Create();
        byte[] tdesKey = Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210");
        byte[] longKey = [.. tdesKey, .. "01234567"u8];
        (double floor, _) = Harness.Measure(() =>
        {
            tdes.SetKey(longKey);
            tdes.EncryptEcb(block, _output.AsSpan(0, 8), PaddingMode.None);
        });
        yield return new BenchLine("floor: platform TDES, new key and one block", floor);
        CryptogramInput input = new()
        {
            AmountAuthorised = new byte[6],
            AmountOther = new byte[6],
            TerminalCountryCode = new byte[2],
            TerminalVerificationResults = new byte[5],
            TransactionCurrencyCode = new byte[2],
            TransactionDate = new byte[3],
            TransactionType = new byte[1],
            UnpredictableNumber = new byte[4],
            ApplicationInterchangeProfile = new byte[2],
            ApplicationTransactionCounter = new byte[2],
            IssuerApplicationData = new byte[7],
        };
        yield return Harness.Line(
            "ARQC verify with session key, Visa CVN 18",
            () => ApplicationCryptogram.Verify(CryptogramVersion.Visa18, tdesKey, input, block), floor, "floor TDES");
        using RSA rsa = RSA.Create(1984);
        RSAParameters key = rsa.ExportParameters(false);
        byte[] signature = new byte[248];
        signature[^2] = 7;
        byte[] recovered = new byte[248];
        yield return Harness.Line("EMV RSA recovery, 1984 bits", () => EmvRsa.TryRecover(key.Modulus, key.Exponent, signature, recovered));
    }

    private void EncryptByPlatform()
    {
        using Aes aes = Aes.Create();
        aes.SetKey(_key);
        aes.EncryptEcb(_key, _output.AsSpan(0, 16), PaddingMode.None);
    }
}
