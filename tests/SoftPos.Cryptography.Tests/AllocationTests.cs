using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class AllocationTests
{
    [Fact]
    public void Derivation_allocates_nothing()
    {
        byte[] initialKey = RandomNumberGenerator.GetBytes(16);
        byte[] key = new byte[16];
        KeySerialNumber serialNumber = new(7, 0x00012345);
        AssertNothingAllocated(() => AesDukpt.DeriveWorkingKey(initialKey, serialNumber, DukptKeyUsage.PinEncryption, DukptKeyType.Aes128, key));

        byte[] tdesKey = RandomNumberGenerator.GetBytes(16);
        Assert.True(TdesKeySerialNumber.TryParse("FFFF9876543210E00007", out TdesKeySerialNumber tdes));
        AssertNothingAllocated(() => TdesDukpt.DeriveWorkingKey(tdesKey, tdes, TdesDukptKey.Pin, key));
    }

    [Fact]
    public void Pin_blocks_allocate_nothing()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using PinEncryptionKey aes = PinEncryptionKey.Import(PinCipher.Aes, RandomNumberGenerator.GetBytes(16));
        using PinEncryptionKey tdes = PinEncryptionKey.Import(PinCipher.Tdes, RandomNumberGenerator.GetBytes(16));
        byte[] block = new byte[16];
        byte[] translated = new byte[8];
        AssertNothingAllocated(() => PinCipherText.Encipher(aes, PinBlockFormat.Iso4, "1234", "4111111111111111", random, block));
        AssertNothingAllocated(() =>
        {
            if (PinCipherText.Translate(
                aes, PinBlockFormat.Iso4, block, "4111111111111111", tdes, PinBlockFormat.Iso0, random, translated) is not PinTranslation.Done)
            {
                throw new InvalidOperationException("the block was not translated");
            }
        });
    }

    [Fact]
    public void A_cryptogram_check_allocates_nothing()
    {
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
        byte[] cardKey = RandomNumberGenerator.GetBytes(16);
        byte[] cryptogram = new byte[8];
        AssertNothingAllocated(() => ApplicationCryptogram.Verify(CryptogramVersion.Visa18, cardKey, input, cryptogram));
    }

    private static void AssertNothingAllocated(Action action)
    {
        Assert.SkipUnless(System.Runtime.Intrinsics.X86.Aes.IsSupported, "without AES instructions the platform's AES allocates");
        for (int i = 0; i < 100; i++)
        {
            action();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            action();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
