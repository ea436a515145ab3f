namespace SoftPos.Emv.Mastercard;

/// <summary>Phone message table DF8131: what to show for the POS cardholder interaction information DF4B of a device.</summary>
internal static class PhoneMessageTable
{
    private const int RowLength = 8;

    /// <summary>Mask 3, value 3, message, status; the last row matches everything (Book C-2, annex A).</summary>
    private static readonly byte[] Default =
    [
        0x00, 0x00, 0x01, 0x00, 0x00, 0x01, 0x20, 0x00,
        0x00, 0x08, 0x00, 0x00, 0x08, 0x00, 0x20, 0x00,
        0x00, 0x04, 0x00, 0x00, 0x04, 0x00, 0x20, 0x00,
        0x00, 0x01, 0x00, 0x00, 0x01, 0x00, 0x20, 0x00,
        0x00, 0x02, 0x00, 0x00, 0x02, 0x00, 0x20, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00,
    ];

    /// <summary>True when the device asks for a second tap: any bit of 00030F.</summary>
    public static bool AsksForSecondTap(byte[]? interaction) =>
        interaction is { Length: 3 } && ((interaction[1] & 0x03) | (interaction[2] & 0x0F)) != 0;

    /// <summary>Message and status of the first row that matches.</summary>
    public static (UiMessage Message, UiStatus Status) Find(byte[]? table, byte[] interaction)
    {
        ReadOnlySpan<byte> rows = table is { Length: > 0 } && table.Length % RowLength == 0 ? table : Default;
        for (; !rows.IsEmpty; rows = rows[RowLength..])
        {
            bool matches = true;
            for (int i = 0; i < 3; i++)
            {
                matches &= (interaction[i] & rows[i]) == rows[3 + i];
            }

            if (matches && Enum.IsDefined((UiMessage)rows[6]))
            {
                return ((UiMessage)rows[6], rows[7] <= (byte)UiStatus.ProcessingError ? (UiStatus)rows[7] : UiStatus.NotApplicable);
            }
        }

        return (UiMessage.NotAuthorised, UiStatus.NotReady);
    }
}
