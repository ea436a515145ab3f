using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>GET PROCESSING OPTIONS (EMV Book 3, 6.5.8).</summary>
internal static class GetProcessingOptions
{
    /// <summary>The values that the PDOL asks for, in its order; empty without a PDOL.</summary>
    public static byte[] Values(Dol? pdol, TlvMap terminal) => pdol is null ? [] : pdol.Build(tag => terminal[tag]);

    public static CommandApdu Command(Dol? pdol, TlvMap terminal) => Command(Values(pdol, terminal));

    public static CommandApdu Command(byte[] values) =>
        new(0x80, 0xA8, 0x00, 0x00, new TlvWriter().Write(0x83, values).ToArray(), 256);

    /// <summary>Reads either response format into the card objects; null when all is well.</summary>
    public static OutcomeReason? Read(ReadOnlyMemory<byte> data, CardObjects card)
    {
        TlvReader reader = new(data.Span);
        if (!reader.TryRead(out TlvObject template) || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return OutcomeReason.BadCardData;
        }

        switch (template.Tag)
        {
            case EmvTag.ResponseFormat2:
                return card.Add(template.Value) ?? Require(card);
            case EmvTag.ResponseFormat1:
                // AIP and AFL, nothing else (EMV Book 3, 6.5.8.4).
                return template.Value.Length < 6 || template.Value.Length % 4 != 2
                    ? OutcomeReason.BadCardData
                    : card.Add(EmvTag.Aip, template.Value[..2]) ?? card.Add(EmvTag.Afl, template.Value[2..]);
            default:
                return OutcomeReason.BadCardData;
        }
    }

    private static OutcomeReason? Require(CardObjects card) => card.Read.Contains(EmvTag.Aip) ? null : OutcomeReason.MissingCardData;
}
