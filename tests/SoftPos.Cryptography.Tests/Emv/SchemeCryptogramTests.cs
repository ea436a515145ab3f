namespace SoftPos.Cryptography;

/// <summary>
/// Known cryptograms of the schemes whose rules are known from public material only, computed independently over one set of data elements
/// (issuer side sheet of kernels 4 to 7, 5.3).
/// </summary>
public class SchemeCryptogramTests
{
    [Theory]
    [InlineData("amex-1", "374245001741007", "00", "5D80", "06010103A00000", "D60D10E586DC9D3B4C01CD0775DAD5DF", null, "F572AE56E3CAF994")]
    [InlineData("jcb-1", "3540599999991047", "01", "1980", "06010103A40000", "7AFDC15E868C3E26851F809B6DEFE504", null, "41B0751B5017289F")]
    [InlineData(
        "jcb-2", "3540599999991047", "01", "1980", "06010203A40000", "7AFDC15E868C3E26851F809B6DEFE504", "9EE6160B0DD09ED3CD400719A27F430B", "6BAEEA94AA71BE6B")]
    [InlineData(
        "discover-15", "6011000990139424", "01", "1900", "01150000000000000000", "5794E5DFD60DE0F8A7E5D6438664010E", "AD57DAAD8C913B86077F5E6B752A31EC", "E4FF14695BFA6976")]
    [InlineData(
        "unionpay-1", "6210948000000011", "01", "7C00", "07010103A0A80201", "D6519798B08FD05B890743A7FED523D9", "3E324A79DA54D52C6443C1EAEC97D08F", "9361445C54CE57CB")]
    [InlineData(
        "unionpay-17", "6210948000000011", "01", "7C00", "07011103A0A80201", "D6519798B08FD05B890743A7FED523D9", "3E324A79DA54D52C6443C1EAEC97D08F", "B794F78AF9974D46")]
    public void Keys_and_cryptogram_are_the_known_ones(
        string name, string pan, string sequence, string profile, string issuerApplicationData, string cardKey, string? sessionKey, string cryptogram)
    {
        Assert.True(CryptogramVersion.TryFind(name, out CryptogramVersion version));
        byte[] iad = Convert.FromHexString(issuerApplicationData);
        Assert.True(CryptogramVersion.TryIdentify(version.Scheme, iad, out CryptogramVersion identified));
        Assert.Same(version, identified);
        byte[] key = new byte[16];
        EmvMasterKey.Derive(version.CardKeyOption, Convert.FromHexString("404142434445464748494A4B4C4D4E4F"), pan, sequence, key);
        Assert.Equal(cardKey, Convert.ToHexString(key));
        CryptogramInput input = Input(profile, iad);
        byte[] session = new byte[16];
        ApplicationCryptogram.DeriveKey(version, key, input.TransactionCounter, input.UnpredictableNumber.Span, session);
        Assert.Equal(sessionKey ?? cardKey, Convert.ToHexString(session));
        byte[] computed = new byte[8];
        Assert.True(ApplicationCryptogram.TryCompute(version, key, input, computed));
        Assert.Equal(cryptogram, Convert.ToHexString(computed));
    }

    [Fact]
    public void Issuer_application_data_of_Discover_that_is_too_short_for_its_results_is_refused()
    {
        CryptogramInput input = Input("1900", Convert.FromHexString("011500000000000000"));

        Assert.False(ApplicationCryptogram.TryCompute(CryptogramVersion.Discover15, new byte[16], input, new byte[8]));
    }

    private static CryptogramInput Input(string profile, byte[] iad) => new()
    {
        AmountAuthorised = Convert.FromHexString("000000001234"),
        AmountOther = new byte[6],
        TerminalCountryCode = Convert.FromHexString("0978"),
        TerminalVerificationResults = new byte[5],
        TransactionCurrencyCode = Convert.FromHexString("0978"),
        TransactionDate = Convert.FromHexString("261124"),
        TransactionType = new byte[1],
        UnpredictableNumber = Convert.FromHexString("A1B2C3D4"),
        ApplicationInterchangeProfile = Convert.FromHexString(profile),
        ApplicationTransactionCounter = Convert.FromHexString("0006"),
        IssuerApplicationData = iad,
    };
}
