using System.Reflection;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;

namespace SoftPos.Lab.Cards;

/// <summary>The reader configuration that goes with the lab's cards.</summary>
public static class LabReader
{
    private const string Document = "lab-reader.json";
    private const int SouthAfrica = 710;
    private const int Rand = 710;

    /// <summary>The document as bytes, for a terminal that loads its configuration itself; the CA keys come from <see cref="LabCardKeys"/>.</summary>
    public static byte[] ConfigurationDocument()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Lab.Cards." + Document)
            ?? throw new InvalidOperationException($"{Document} is not embedded");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The lab's reader at the sandbox's merchant: South Africa, rand.</summary>
    public static ReaderConfiguration AtTheMarketStall()
    {
        ReaderConfiguration lab = Configuration();
        return lab with { Terminal = lab.Terminal with { CountryCode = SouthAfrica, CurrencyCode = Rand } };
    }

    /// <summary>
    /// The configuration with the lab's CA keys: a combination for each scheme, online only, CVM from 50.00 EUR; for one AID each of UnionPay
    /// and Discover the reader has online requests signed too.
    /// </summary>
    public static ReaderConfiguration Configuration() =>
        ReaderConfigurationReader.TryRead(
            ConfigurationDocument(), Document, out ReaderConfiguration? configuration, out IReadOnlyList<ConfigurationFault> faults, LabCardKeys.CaKeys)
            ? configuration with { CaKeys = new CaKeySet(configuration.CaKeys.Keys, configuration.CaKeys.Revocations) { EccKeys = LabCardKeys.EccCaKeys } }
            : throw new InvalidOperationException(string.Join("; ", faults));
}
