namespace SoftPos.Iso8583;

/// <summary>Messages of the lab dialect with test values.</summary>
internal static class LabMessages
{
    public const string Pan = "4761739001010119";
    public const string Track2 = "4761739001010119D26122011234567890123";
    public const string CardData = "9F2608C3684342579D86799F2701809F10070601120300000057134761739001010119D26122011234567890123F";

    public static Iso8583Message Authorisation(Iso8583Dialect? dialect = null) => new(dialect ?? ShippedDialects.Lab, "0100")
    {
        [2] = Pan,
        [3] = "000000",
        [4] = "1250",
        [7] = "1124014833",
        [11] = "123",
        [12] = "024833",
        [13] = "1124",
        [14] = "2612",
        [22] = "071",
        [23] = "001",
        [25] = "00",
        [35] = Track2,
        [37] = "632801000123",
        [41] = "TERM01",
        [42] = "MERCHANT0000001",
        [49] = "978",
        [52] = "0123456789ABCDEF",
        [55] = CardData,
    };
}
