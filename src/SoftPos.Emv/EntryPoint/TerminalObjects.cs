using System.Text;
using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>Puts together the terminal data objects of one activation (Book A, 5.7 and 8.1.1).</summary>
internal static class TerminalObjects
{
    /// <summary>Contactless EMV (ISO 8583 field 22, positions 1 and 2).</summary>
    private const byte ContactlessEntryMode = 0x07;

    public static TlvMap Build(ReaderConfiguration configuration, Combination combination, TransactionRequest request, byte[] unpredictableNumber)
    {
        TerminalProfile terminal = configuration.Terminal;
        TlvMap objects = new()
        {
            [EmvTag.Amount] = Bcd.Encode(request.AmountMinor, 6),
            [EmvTag.AmountOther] = Bcd.Encode(request.OtherAmountMinor, 6),
            [EmvTag.CurrencyCode] = Bcd.Encode(request.CurrencyCode ?? terminal.CurrencyCode, 2),
            [EmvTag.CurrencyExponent] = [(byte)terminal.CurrencyExponent],
            [EmvTag.TerminalCountry] = Bcd.Encode(terminal.CountryCode, 2),
            [EmvTag.TransactionDate] = Bcd.Encode((request.Date.Year % 100 * 10000) + (request.Date.Month * 100) + request.Date.Day, 3),
            [EmvTag.TransactionTime] = Bcd.Encode((request.Time.Hour * 10000) + (request.Time.Minute * 100) + request.Time.Second, 3),
            [EmvTag.TransactionType] = [request.TypeCode],
            [EmvTag.Tvr] = new byte[5],
            [EmvTag.Tsi] = new byte[2],
            [EmvTag.UnpredictableNumber] = unpredictableNumber,
            [EmvTag.SequenceCounter] = Bcd.Encode(request.SequenceCounter, 4),
            [EmvTag.TerminalType] = [terminal.TerminalType],
            [EmvTag.TerminalCapabilities] = [0x00, 0x08, 0x08],
            [EmvTag.AdditionalCapabilities] = new byte[5],
            [EmvTag.PosEntryMode] = [ContactlessEntryMode],
            [EmvTag.TerminalAid] = combination.Aid,
            [EmvTag.MerchantName] = Encoding.ASCII.GetBytes("Merchant"),
        };
        if (combination.TerminalFloorLimit is { } floor)
        {
            long bounded = Math.Min(floor, uint.MaxValue);
            objects[EmvTag.FloorLimit] = [(byte)(bounded >> 24), (byte)((bounded >> 16) & 0xFF), (byte)((bounded >> 8) & 0xFF), (byte)(bounded & 0xFF)];
        }

        foreach (TlvMap? more in (TlvMap?[])[terminal.Objects, combination.Objects, request.TerminalObjects])
        {
            foreach ((uint tag, byte[] value) in more ?? [])
            {
                objects[tag] = value;
            }
        }

        return objects;
    }
}
