using System.Globalization;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <summary>
/// Data record, discretionary data and account of kernel 2 (Book C-2, annex A, FF8105 and FF8106). Account number, expiry and track 2 are
/// members of the book's data record; here they go with the account, apart from everything that may be logged.
/// </summary>
internal sealed class Kernel2Record(Kernel2Database data)
{
    /// <summary>Digits of the discretionary data that follows PAN, separator, expiry and service code.</summary>
    private const int DiscretionaryDigitsOfShortPan = 13;

    private const int DiscretionaryDigitsOfLongPan = 10;
    private const int LongestShortPan = 16;

    private static readonly uint[] Order =
    [
        EmvTag.Amount, EmvTag.AmountOther, EmvTag.Cryptogram, EmvTag.Aip, EmvTag.ApplicationLabel, EmvTag.PanSequenceNumber,
        EmvTag.PreferredName, EmvTag.Atc, EmvTag.ApplicationUsageControl, EmvTag.TerminalVersion, EmvTag.CryptogramInformation,
        EmvTag.CvmResults, EmvTag.DfName, EmvTag.IfdSerial, EmvTag.IssuerApplicationData, EmvTag.IssuerCodeTable, EmvTag.Par,
        EmvTag.TerminalCapabilities, EmvTag.TerminalCountry, EmvTag.TerminalType, EmvTag.Tvr, EmvTag.CategoryCode, EmvTag.CurrencyCode,
        EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.UnpredictableNumber,
    ];

    private static readonly uint[] DiscretionaryOrder =
    [
        Kernel2Tag.Capabilities, EmvTag.ApplicationCurrency, Kernel2Tag.BalanceBefore, Kernel2Tag.BalanceAfter, Kernel2Tag.ThirdPartyData,
    ];

    private static readonly uint[] MagStripeOrder =
    [
        EmvTag.ApplicationLabel, EmvTag.PreferredName, EmvTag.DfName, EmvTag.IssuerCodeTable, Kernel2Tag.MagStripeVersion, EmvTag.Par,
        EmvTag.PosEntryMode,
    ];

    public TlvMap DataRecord()
    {
        TlvMap record = data.Take(Order);

        // Not in the book's list: networks want the device type of a wallet and the counter of the terminal beside it.
        foreach (uint tag in (uint[])[Kernel2Tag.ThirdPartyData, EmvTag.SequenceCounter])
        {
            if (data[tag] is { Length: > 0 } value)
            {
                record[tag] = [.. value];
            }
        }

        return record;
    }

    /// <summary>Data record of mag-stripe mode; the tracks go with the account. The entry mode is not in the book's list: networks want it.</summary>
    public TlvMap MagStripeDataRecord() => data.Take(MagStripeOrder);

    /// <summary>An absent object is left out, never filled with zeros.</summary>
    public TlvMap DiscretionaryData(ErrorIndication error)
    {
        TlvMap found = data.Take(DiscretionaryOrder);
        found[Kernel2Tag.ErrorIndication] = error.ToArray();
        return found;
    }

    /// <summary>
    /// Writes what the relay resistance protocol measured into the discretionary part of track 2 equivalent data, where the cryptogram came
    /// without a signature over it (S910.39).
    /// </summary>
    public void WriteRelayIntoTrack2()
    {
        if (data.Card[EmvTag.Track2EquivalentData] is not { } track2 || TrackTwo.Pan(track2) is not { } pan)
        {
            return;
        }

        bool isShort = pan.Length <= LongestShortPan;
        byte index = data.Card[EmvTag.CaKeyIndex] is { Length: 1 } ca ? ca[0] : (byte)0;
        byte[] entropy = data.Card[Kernel2Tag.DeviceEntropy]!;
        int counter = data[Kernel2Tag.RelayCounter]![0];
        byte[] measured = data[Kernel2Tag.MeasuredRelayTime]!;
        int tenths = Math.Min(999, ((measured[0] << 8) | measured[1]) / 10);
        int low = (entropy[2] << 8) | entropy[3];
        string middle = isShort ? entropy[1].ToString("D3", CultureInfo.InvariantCulture) : string.Empty;
        string discretionary = string.Create(
            CultureInfo.InvariantCulture, $"{(index < 0x0A ? index : 0)}{counter}{low:D5}{middle}{tenths:D3}");
        if (discretionary.Length != (isShort ? DiscretionaryDigitsOfShortPan : DiscretionaryDigitsOfLongPan))
        {
            throw new InvalidOperationException("the discretionary data has another number of digits");
        }

        string head = Convert.ToHexString(track2)[..(pan.Length + 8)];
        string digits = head + discretionary;
        data.Card[EmvTag.Track2EquivalentData] = Convert.FromHexString(digits.Length % 2 == 0 ? digits : digits + "F");
    }
}
