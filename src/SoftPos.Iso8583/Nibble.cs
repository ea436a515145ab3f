namespace SoftPos.Iso8583;

/// <summary>Hexadecimal digits as ISO 8859-1 bytes.</summary>
internal static class Nibble
{
    public static byte ToDigit(int nibble) => (byte)(nibble < 10 ? '0' + nibble : 'A' + nibble - 10);

    /// <summary>Value of a hexadecimal digit, or -1.</summary>
    public static int OfDigit(int character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'A' and <= 'F' => character - 'A' + 10,
        >= 'a' and <= 'f' => character - 'a' + 10,
        _ => -1,
    };
}
