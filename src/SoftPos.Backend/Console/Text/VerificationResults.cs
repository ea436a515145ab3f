namespace SoftPos.Backend.Console.Text;

/// <summary>Terminal verification results in words (EMV Book 3, Annex C5).</summary>
internal static class VerificationResults
{
    private static readonly string?[][] Bits =
    [
        [
            "Offline data authentication was not performed", "SDA failed", "ICC data missing", "Card appears on terminal exception file", "DDA failed",
            "CDA failed", "SDA selected", null,
        ],
        [
            "ICC and terminal have different application versions", "Expired application", "Application not yet effective",
            "Requested service not allowed for card product", "New card", null, null, null,
        ],
        [
            "Cardholder verification was not successful", "Unrecognised CVM", "PIN try limit exceeded",
            "PIN entry required and PIN pad not present or not working", "PIN entry required, PIN pad present, but PIN was not entered",
            "Online PIN entered", null, null,
        ],
        [
            "Transaction exceeds floor limit", "Lower consecutive offline limit exceeded", "Upper consecutive offline limit exceeded",
            "Transaction selected randomly for online processing", "Merchant forced transaction online", null, null, null,
        ],
        [
            "Default TDOL used", "Issuer authentication failed", "Script processing failed before final GENERATE AC",
            "Script processing failed after final GENERATE AC", null, null, null, null,
        ],
    ];

    /// <summary>What is set, in order of the bits; empty when nothing is or the text is not 5 bytes of hex.</summary>
    public static IReadOnlyList<string> Read(string hex)
    {
        if (hex.Length != 10 || !hex.All(char.IsAsciiHexDigit))
        {
            return [];
        }

        byte[] bytes = Convert.FromHexString(hex);
        List<string> set = [];
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                if ((bytes[i] & (0x80 >> bit)) != 0)
                {
                    set.Add(Bits[i][bit] ?? $"Byte {i + 1} bit {8 - bit} (reserved)");
                }
            }
        }

        return set;
    }
}
