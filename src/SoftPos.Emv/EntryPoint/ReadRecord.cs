using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>READ RECORD (EMV Book 3, 6.5.11).</summary>
internal static class ReadRecord
{
    public static CommandApdu Command(RecordAddress address) =>
        new(0x00, 0xB2, (byte)address.Record, (byte)((address.Sfi << 3) | 4), default, 256);

    /// <summary>Reads a record into the card objects; null when all is well. Files above SFI 10 may hold anything.</summary>
    public static OutcomeReason? Read(RecordAddress address, ReadOnlyMemory<byte> data, CardObjects card)
    {
        TlvReader reader = new(data.Span);
        if (!reader.TryRead(out TlvObject template) || template.Tag != EmvTag.RecordTemplate || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return address.Sfi > 10 && !address.IsAuthenticated ? null : OutcomeReason.BadCardData;
        }

        return card.Add(template.Value);
    }
}
