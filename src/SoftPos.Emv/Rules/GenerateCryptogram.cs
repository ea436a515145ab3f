using System.Diagnostics.CodeAnalysis;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

/// <summary>GENERATE AC (EMV Book 3, 6.5.5).</summary>
internal static class GenerateCryptogram
{
    /// <summary>Reference control parameter: a CDA signature is requested.</summary>
    public const byte CdaRequested = 0x10;

    /// <summary>Data of one short command.</summary>
    private const int LongestValues = 255;

    private const int ShortestFormat1 = 11;
    private const int LongestFormat1 = 43;

    /// <summary>Reference control parameter P1.</summary>
    public static byte Control(CryptogramType type, bool withCda) => (byte)(((int)type << 6) | (withCda ? CdaRequested : 0));

    /// <summary>Reads a list of what the card wants to know; false for what is no list, and for one that no short command can answer.</summary>
    public static bool TryList(byte[]? cdol, [NotNullWhen(true)] out Dol? list) =>
        Dol.TryParse(cdol, out list, out _) && list.TotalLength <= LongestValues;

    /// <summary>The command with the values that the CDOL asks for.</summary>
    public static CommandApdu Command(byte control, byte[] values) => new(0x80, 0xAE, control, 0x00, values, 256);

    /// <summary>Type of cryptogram in a reference control parameter or in 9F27.</summary>
    public static CryptogramType TypeOf(byte control) => (CryptogramType)(control >> 6);

    /// <summary>The parts of response format 1 in their order; null for another length.</summary>
    public static IReadOnlyList<(uint Tag, byte[] Value)>? Format1(ReadOnlySpan<byte> value) =>
        value.Length is < ShortestFormat1 or > LongestFormat1
        ? null
        :
        [
            (EmvTag.CryptogramInformation, value[..1].ToArray()),
            (EmvTag.Atc, value[1..3].ToArray()),
            (EmvTag.Cryptogram, value[3..11].ToArray()),
            .. value.Length > ShortestFormat1
                ? ((uint Tag, byte[] Value)[])[(EmvTag.IssuerApplicationData, value[ShortestFormat1..].ToArray())]
                : [],
        ];

    /// <summary>Reads an answer into the card objects; null when all is well.</summary>
    /// <param name="data">Data of the response.</param>
    /// <param name="card">Takes the objects.</param>
    /// <param name="allowFormat1">Format 1 is taken too.</param>
    /// <param name="value">Value of template 77 as received, empty for format 1.</param>
    public static OutcomeReason? Read(ReadOnlyMemory<byte> data, CardObjects card, bool allowFormat1, out ReadOnlyMemory<byte> value)
    {
        value = default;
        TlvReader reader = new(data.Span);
        if (!reader.TryRead(out TlvObject template) || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return OutcomeReason.BadCardData;
        }

        if (template.Tag == EmvTag.ResponseFormat2)
        {
            value = template.Value.ToArray();
            return card.Add(template.Value);
        }

        if (template.Tag != EmvTag.ResponseFormat1 || !allowFormat1 || Format1(template.Value) is not { } parts)
        {
            return OutcomeReason.BadCardData;
        }

        foreach ((uint tag, byte[] part) in parts)
        {
            if (card.Add(tag, part) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }
}
