using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Known-answer tests of every primitive, run at start: a process whose primitives are broken refuses service.</summary>
public static class CryptographySelfTest
{
    /// <summary>Runs all tests; answers the names of those that failed, an empty list when all is well.</summary>
    public static IReadOnlyList<string> Run() => Run(Cases);

    /// <summary>Runs all tests and throws when one failed, naming the primitive.</summary>
    public static void EnsurePassed()
    {
        IReadOnlyList<string> failed = Run();
        if (failed.Count > 0)
        {
            throw new CryptographicException($"self-test failed: {string.Join(", ", failed)}");
        }
    }

    internal sealed record Case(string Name, string Expected, Func<byte[]> Compute);

    /// <summary>Published values: FIPS 197, SP 800-38B, RFC 4231, RFC 5869, RFC 5903, ISO 9797-1, X9.24, X9.143, ISO 9564-1.</summary>
    internal static IReadOnlyList<Case> Cases { get; } =
    [
        new("AES one-time", "69C4E0D86A7B0430D8CDB78070B4C55A", () => Filled(16, output => AesOneTime.Encrypt(
            Hex("000102030405060708090A0B0C0D0E0F"), Hex("00112233445566778899AABBCCDDEEFF"), output))),
        new("AES one-time 256", "8EA2B7CA516745BFEAFC49904B496089", () => Filled(16, output => AesOneTime.Encrypt(
            Hex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"), Hex("00112233445566778899AABBCCDDEEFF"), output))),
        new("AES-CMAC", "070A16B46B4D4144F79BDD9DD04A287C", () => Filled(16, output => Cmac.ComputeAes(
            Hex("2B7E151628AED2A6ABF7158809CF4F3C"), Hex("6BC1BEE22E409F96E93D7E117393172A"), output))),
        new("TDES", "08D7B4FB629D0885", () => Filled(8, output => Tdes.EncryptEcb(
            Hex("0123456789ABCDEFFEDCBA9876543210"), new byte[8], output))),
        new("TDES-CMAC", "211003F1D5B79DD7", () => Filled(8, output => Cmac.ComputeTdes(
            MacVariant(), "4012345678909D987"u8, output))),
        new("retail MAC", "9CCC78173FC4FB64", () => Filled(8, output => RetailMac.Compute(
            MacVariant(), "4012345678909D987"u8, MacPadding.Method1, output))),
        new("HMAC-SHA-256", "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7", () =>
            HMACSHA256.HashData(Enumerable.Repeat((byte)0x0B, 20).ToArray(), "Hi There"u8)),
        new("HKDF-SHA-256", "3CB25F25FAACD57A90434F64D0362F2A2D2D0A90CF1A5A4C5DB02D56ECC4C5BF34007208D5B887185865", () => HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Enumerable.Repeat((byte)0x0B, 22).ToArray(),
            42,
            Hex("000102030405060708090A0B0C"),
            Hex("F0F1F2F3F4F5F6F7F8F9"))),
        new("AES DUKPT", "AF8CB133A78F8DC2D1359F18527593FB", () => Filled(16, output => AesDukpt.DeriveWorkingKey(
            Hex("1273671EA26AC29AFA4D1084127652A1"),
            new KeySerialNumber(0x1234567890123456, 1),
            DukptKeyUsage.PinEncryption,
            DukptKeyType.Aes128,
            output))),
        new("TDES DUKPT", "448D3F076D8304036A55A3D7E0055A78", TdesDukptDataKey),
        new("PIN block format 4", "A912150391AB65A67E52883D81CE2D15", () =>
        {
            byte[] block = Hex("441234AAAAAAAAAA2F69ADDE2E9E7ACE");
            AesOneTime.EncryptTwice(Hex("AF8CB133A78F8DC2D1359F18527593FB"), block, Hex("44111111111111111000000000000000"));
            return block;
        }),
        new("AES-GCM", "42831EC2217774244B7221B784D0D49C", GcmCipherText),
        new("key block D", "3F419E1CB7079442AA37474C2EFBF8B8", UnwrapKeyBlock),
        new("EMV session key", "3E736BF8D37664348A04E3ABE00DEFC1", () => Filled(16, output => EmvSessionKey.Common(
            Hex("F84315C7B95BD3B0C74694922C3808B0"), Hex("1234567890123456"), output))),
        new("ECDH P-256", "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE", AgreeOnCurve),
    ];

    internal static IReadOnlyList<string> Run(IEnumerable<Case> cases)
    {
        List<string> failed = [];
        foreach (Case test in cases)
        {
            if (!Passes(test))
            {
                failed.Add(test.Name);
            }
        }

        return failed;
    }

    private static bool Passes(Case test)
    {
        try
        {
            return CryptographicOperations.FixedTimeEquals(test.Compute(), Hex(test.Expected));
        }
        catch (Exception fault) when (fault is CryptographicException or PlatformNotSupportedException or InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static byte[] Filled(int length, Action<byte[]> fill)
    {
        byte[] output = new byte[length];
        fill(output);
        return output;
    }

    private static byte[] MacVariant() => TdesDukptKeyOf(TdesDukptKey.MacRequest);

    private static byte[] TdesDukptDataKey() => TdesDukptKeyOf(TdesDukptKey.DataRequest);

    private static byte[] TdesDukptKeyOf(TdesDukptKey purpose) =>
        TdesKeySerialNumber.TryParse("FFFF9876543210E00001", out TdesKeySerialNumber serialNumber)
            ? Filled(16, output => TdesDukpt.DeriveWorkingKey(Hex("6AC292FAA1315B4D858AB3A3D7D5933A"), serialNumber, purpose, output))
            : [];

    /// <summary>First block of test case 3 of the GCM specification, with the tag of the shortened text left out.</summary>
    private static byte[] GcmCipherText()
    {
        using AesGcm cipher = new(Hex("FEFFE9928665731C6D6A8F9467308308"), 16);
        byte[] output = new byte[16];
        byte[] tag = new byte[16];
        cipher.Encrypt(Hex("CAFEBABEFACEDBADDECAF888"), Hex("D9313225F88406E5A55909C5AFF5269A"), output, tag);
        byte[] back = new byte[16];
        cipher.Decrypt(Hex("CAFEBABEFACEDBADDECAF888"), output, tag, back);
        return output;
    }

    private static byte[] UnwrapKeyBlock()
    {
        using KeyBlockProtectionKey key = new(Hex("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6"));
        const string Block = "D0144P0AE00E00002C77FA3F4A553BED6E88AE5C172A4166E3D4ACA8E2AC71C158A476FAC12C13C3829DE55D3AB54C48F4C4FEF7AC75E90F"
            + "C47F1B77E7B19A73ED46E64410082557";
        if (!KeyBlock.TryUnwrap(key, Block, out KeyBlockContent? content, out _))
        {
            return [];
        }

        using (content)
        {
            return content!.Key.ToArray();
        }
    }

    private static byte[] AgreeOnCurve()
    {
        using ECDiffieHellman own = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Hex("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433"),
            Q = new ECPoint
            {
                X = Hex("DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180"),
                Y = Hex("5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3"),
            },
        });
        using ECDiffieHellman peer = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Hex("D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"),
                Y = Hex("56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB"),
            },
        });
        return own.DeriveRawSecretAgreement(peer.PublicKey);
    }
}
