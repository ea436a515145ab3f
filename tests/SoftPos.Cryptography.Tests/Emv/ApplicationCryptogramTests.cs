namespace SoftPos.Cryptography;

public class ApplicationCryptogramTests
{
    private const string Pan = "4761739001010119";

    private static readonly byte[] IssuerKey = Convert.FromHexString("404142434445464748494A4B4C4D4E4F");

    // Values of an independent computation over one set of data elements (issuer side sheet, 5.3).
    [Theory]
    [InlineData("visa-10", "06010A03A00000", "495B872B392236D0")]
    [InlineData("visa-17", "06011103A00000", "6B10428660024BE0")]
    [InlineData("visa-18", "06011203A00000", "C3684342579D8679")]
    [InlineData("visa-22", "1F220100A0000000000000000000000000000000000000000000000000000000", "C49ACAF67F84174B")]
    [InlineData("mastercard-16", "0110A00003220000", "15DEEECC62D9F84E")]
    public void A_version_gives_the_known_cryptogram(string name, string issuerApplicationData, string expected)
    {
        Assert.True(CryptogramVersion.TryFind(name, out CryptogramVersion version));
        byte[] cryptogram = new byte[8];
        Assert.True(ApplicationCryptogram.TryCompute(version, CardKey(version), Input(issuerApplicationData), cryptogram));
        Assert.Equal(expected, Convert.ToHexString(cryptogram));
    }

    [Fact]
    public void Keys_and_answers_are_the_known_ones()
    {
        byte[] cardKey = CardKey(CryptogramVersion.Visa10);
        Assert.Equal("76C8DF945E64FEEA467F8F9EAED01925", Convert.ToHexString(cardKey));

        byte[] key = new byte[16];
        EmvMasterKey.Derive(EmvMasterKeyOption.B, IssuerKey, "4761739001010119876", "01", key);
        Assert.Equal("137634DCC7D5D35DB5169758EF3E38C8", Convert.ToHexString(key));
        EmvMasterKey.Derive(EmvMasterKeyOption.A, IssuerKey, "4761739001010119876", "01", key);
        Assert.Equal("2F45023207EFEFFB91F21A23B91F0123", Convert.ToHexString(key));

        EmvSessionKey.Mastercard(cardKey, 0x42, Convert.FromHexString("A1B2C3D4"), key);
        Assert.Equal("FB9DD5F1C801EC26EAE562F7388F5461", Convert.ToHexString(key));
        EmvSessionKey.CommonForCounter(cardKey, 0x42, key);
        Assert.Equal("4CF2E570D67F13A2E968BA4ACD628085", Convert.ToHexString(key));

        byte[] arpc = new byte[8];
        IssuerResponse.ComputeMethodOne(cardKey, Convert.FromHexString("495B872B392236D0"), "00"u8, arpc);
        Assert.Equal("3B9B0854BAA8A8EE", Convert.ToHexString(arpc));
        byte[] shortArpc = new byte[4];
        IssuerResponse.ComputeMethodTwo(key, Convert.FromHexString("C3684342579D8679"), [0, 0x82, 0, 0], [], shortArpc);
        Assert.Equal("CEC0103D", Convert.ToHexString(shortArpc));
        Assert.True(IssuerResponse.Verify(ArpcMethod.Two, key, Convert.FromHexString("C3684342579D8679"), [.. shortArpc, 0, 0x82, 0, 0]));
        Assert.False(IssuerResponse.Verify(ArpcMethod.Two, key, Convert.FromHexString("C3684342579D8679"), [.. shortArpc, 0, 0x83, 0, 0]));
        Assert.True(IssuerResponse.Verify(ArpcMethod.One, cardKey, Convert.FromHexString("495B872B392236D0"), [.. arpc, .. "00"u8]));
        Assert.False(IssuerResponse.Verify(ArpcMethod.One, cardKey, Convert.FromHexString("495B872B392236D0"), [.. arpc, .. "05"u8]));
    }

    [Fact]
    public void Every_covered_element_changes_the_cryptogram()
    {
        CryptogramInput input = Input("06011203A00000");
        byte[] cryptogram = new byte[8];
        Assert.True(ApplicationCryptogram.TryCompute(CryptogramVersion.Visa18, CardKey(CryptogramVersion.Visa18), input, cryptogram));
        CryptogramInput[] changed =
        [
            input with { AmountAuthorised = Flip(input.AmountAuthorised) },
            input with { AmountOther = Flip(input.AmountOther) },
            input with { TerminalCountryCode = Flip(input.TerminalCountryCode) },
            input with { TerminalVerificationResults = Flip(input.TerminalVerificationResults) },
            input with { TransactionCurrencyCode = Flip(input.TransactionCurrencyCode) },
            input with { TransactionDate = Flip(input.TransactionDate) },
            input with { TransactionType = Flip(input.TransactionType) },
            input with { UnpredictableNumber = Flip(input.UnpredictableNumber) },
            input with { ApplicationInterchangeProfile = Flip(input.ApplicationInterchangeProfile) },
            input with { ApplicationTransactionCounter = Flip(input.ApplicationTransactionCounter) },
            input with { IssuerApplicationData = Flip(input.IssuerApplicationData) },
        ];
        byte[] cardKey = CardKey(CryptogramVersion.Visa18);
        Assert.True(ApplicationCryptogram.Verify(CryptogramVersion.Visa18, cardKey, input, cryptogram));
        Assert.All(changed, one => Assert.False(ApplicationCryptogram.Verify(CryptogramVersion.Visa18, cardKey, one, cryptogram)));
    }

    [Theory]
    [InlineData("mastercard-17", "0111A00003220000000000000000000000")]
    [InlineData("visa-10", "06010A04A00000")]
    [InlineData("visa-18", "060112")]
    public void Data_that_does_not_fit_the_version_is_refused(string name, string issuerApplicationData)
    {
        Assert.True(CryptogramVersion.TryFind(name, out CryptogramVersion version));
        Assert.False(ApplicationCryptogram.TryCompute(version, CardKey(version), Input(issuerApplicationData), new byte[8]));
    }

    [Theory]
    [InlineData(CardScheme.Visa, "06010A03A00000", "visa-10")]
    [InlineData(CardScheme.Visa, "06011103A00000", "visa-17")]
    [InlineData(CardScheme.Mastercard, "0111A00003220000", "mastercard-17")]
    [InlineData(CardScheme.Visa, "1F220100A0000000", "visa-22")]
    [InlineData(CardScheme.CommonCore, "0FA501A000000000", "ccd-5")]
    public void The_version_is_read_from_the_issuer_application_data(CardScheme scheme, string issuerApplicationData, string expected)
    {
        Assert.True(CryptogramVersion.TryIdentify(scheme, Convert.FromHexString(issuerApplicationData), out CryptogramVersion version));
        Assert.Equal(expected, version.Name);
    }

    [Fact]
    public void An_unknown_version_is_not_guessed()
    {
        Assert.False(CryptogramVersion.TryIdentify(CardScheme.Visa, Convert.FromHexString("06017703A00000"), out _));
        Assert.False(CryptogramVersion.TryIdentify(CardScheme.Visa, [6, 1], out _));
        Assert.False(CryptogramVersion.TryFind("visa-99", out _));
    }

    private static byte[] CardKey(CryptogramVersion version)
    {
        byte[] key = new byte[16];
        EmvMasterKey.Derive(version.CardKeyOption, IssuerKey, Pan, "01", key);
        return key;
    }

    private static ReadOnlyMemory<byte> Flip(ReadOnlyMemory<byte> value)
    {
        byte[] flipped = value.ToArray();
        flipped[^1] ^= 1;
        return flipped;
    }

    private static CryptogramInput Input(string issuerApplicationData) => new()
    {
        AmountAuthorised = Convert.FromHexString("000000001234"),
        AmountOther = new byte[6],
        TerminalCountryCode = Convert.FromHexString("0826"),
        TerminalVerificationResults = new byte[5],
        TransactionCurrencyCode = Convert.FromHexString("0826"),
        TransactionDate = Convert.FromHexString("261124"),
        TransactionType = new byte[1],
        UnpredictableNumber = Convert.FromHexString("A1B2C3D4"),
        ApplicationInterchangeProfile = Convert.FromHexString("2000"),
        ApplicationTransactionCounter = Convert.FromHexString("0042"),
        IssuerApplicationData = Convert.FromHexString(issuerApplicationData),
    };
}
