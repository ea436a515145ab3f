using SoftPos.Emv.Configuration;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Emvco;

/// <summary>
/// Data record and discretionary data of kernel 8 (Book C-8, BF8102 and BF8103, table A.11). Account number, expiry and track 2 are members
/// of the book's data record; here they go with the account, apart from everything that may be logged.
/// </summary>
internal sealed class Kernel8Record(Kernel8Options options, Kernel8Database data)
{
    private static readonly uint[] Order =
    [
        EmvTag.Amount, EmvTag.AmountOther, EmvTag.Cryptogram, EmvTag.Aip, EmvTag.ApplicationLabel, EmvTag.PanSequenceNumber,
        EmvTag.PreferredName, EmvTag.Atc, EmvTag.ApplicationUsageControl, EmvTag.TerminalVersion, Kernel8Tag.AuthenticatedData,
        Kernel8Tag.CardCapabilities, EmvTag.CryptogramInformation, EmvTag.CvmResults, EmvTag.DfName, EmvTag.IfdSerial,
        EmvTag.IssuerApplicationData, Kernel8Tag.IadMac, EmvTag.IssuerCodeTable, EmvTag.Par, EmvTag.TerminalCapabilities,
        EmvTag.TerminalCountry, EmvTag.TerminalType, EmvTag.Tvr, EmvTag.TokenRequestor, EmvTag.CurrencyCode, EmvTag.TransactionDate,
        EmvTag.TransactionType, EmvTag.UnpredictableNumber,

        // Not in the book's list: networks want the counter of the terminal beside it.
        EmvTag.SequenceCounter,
    ];

    private readonly Dictionary<uint, uint> _names = Names(options.TagMapping);

    public TlvMap DataRecord() => Rename(data.Take(Order));

    /// <summary>
    /// The objects that the configuration names and that are there. Account data never are among them, whatever it names: discretionary
    /// data may be logged.
    /// </summary>
    public TlvMap DiscretionaryData(ErrorIndication error)
    {
        data.Set(Kernel8Tag.ErrorIndication, error.ToArray());
        return Dol.TryParseTagList(options.DiscretionaryTags, out IReadOnlyList<uint> tags, out _)
            ? Rename(data.Take(tags.Where(tag => !SensitiveTags.Contains(tag) && !CardAccount.Tags.Contains(tag))))
            : [];
    }

    private static Dictionary<uint, uint> Names(byte[] mapping)
    {
        Dictionary<uint, uint> names = [];
        if (!Dol.TryParseTagList(mapping, out IReadOnlyList<uint> tags, out _))
        {
            return names;
        }

        for (int i = 0; i + 1 < tags.Count; i += 2)
        {
            names[tags[i]] = tags[i + 1];
        }

        return names;
    }

    private TlvMap Rename(TlvMap objects)
    {
        if (_names.Count == 0)
        {
            return objects;
        }

        TlvMap renamed = [];
        foreach ((uint tag, byte[] value) in objects)
        {
            renamed[_names.GetValueOrDefault(tag, tag)] = value;
        }

        return renamed;
    }
}
