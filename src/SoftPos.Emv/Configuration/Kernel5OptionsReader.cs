namespace SoftPos.Emv.Configuration;

/// <summary>Reads the kernel 5 part of a combination; every rule that is broken is told with its path.</summary>
internal static class Kernel5OptionsReader
{
    /// <summary>Longest life of a torn transaction: account data are not kept for more than a quarter of an hour.</summary>
    private const int LongestLifetime = 900;

    private const byte CvmRequired = 0x80;
    private const byte OfflinePin = 0x01;
    private const byte IssuerUpdate = 0x80;

    public static Kernel5Options Read(JsonFields fields)
    {
        Kernel5Options defaults = new();
        Kernel5Options options = new()
        {
            InterchangeProfile = fields.Hex("interchangeProfile", 3, 3) ?? defaults.InterchangeProfile,
            EmvMode = fields.Flag("emvMode") ?? defaults.EmvMode,
            LegacyMode = fields.Flag("legacyMode") ?? defaults.LegacyMode,
            OfflineDataAuthentication = fields.Flag("offlineDataAuthentication") ?? defaults.OfflineDataAuthentication,
            TacDefault = fields.Hex("tacDefault", 5, 5) ?? defaults.TacDefault,
            TacDenial = fields.Hex("tacDenial", 5, 5) ?? defaults.TacDenial,
            TacOnline = fields.Hex("tacOnline", 5, 5) ?? defaults.TacOnline,
            TransactionLimit = fields.Number("transactionLimit", 0, Bcd.MaxAmount),
            TransactionLimitOnDevice = fields.Number("transactionLimitOnDevice", 0, Bcd.MaxAmount),
            LimitAfterVerification = fields.Flag("limitAfterVerification") ?? defaults.LimitAfterVerification,
            FloorLimitInclusive = fields.Flag("floorLimitInclusive") ?? defaults.FloorLimitInclusive,
            RandomTargetPercent = (int)(fields.Number("randomTargetPercent", 0, 99) ?? defaults.RandomTargetPercent),
            RandomMaxTargetPercent = (int)(fields.Number("randomMaxTargetPercent", 0, 99) ?? defaults.RandomMaxTargetPercent),
            RandomThreshold = fields.Number("randomThreshold", 0, Bcd.MaxAmount) ?? defaults.RandomThreshold,
            WithoutPreference = fields.Word<Kernel5Verifications>(
                "withoutPreference",
                required: false,
                ("onlinePin", Kernel5Verifications.OnlinePin),
                ("signature", Kernel5Verifications.Signature),
                ("none", Kernel5Verifications.None)) ?? defaults.WithoutPreference,
            MostPhoneRestarts = (int)(fields.Number("mostPhoneRestarts", 0, 8) ?? defaults.MostPhoneRestarts),
            TornLifetimeSeconds = (int)(fields.Number("tornLifetimeSeconds", 0, LongestLifetime) ?? defaults.TornLifetimeSeconds),
            EchoCommand = fields.Hex("echoCommand", 4, 5) ?? defaults.EchoCommand,
            IssuerUpdate = fields.Flag("issuerUpdate") ?? defaults.IssuerUpdate,
            CheckBrand = fields.Flag("checkBrand") ?? defaults.CheckBrand,
        };
        Check(fields, options);
        fields.End();
        return options;
    }

    private static void Check(JsonFields fields, Kernel5Options options)
    {
        if ((options.InterchangeProfile[0] & CvmRequired) != 0)
        {
            fields.Fault("interchangeProfile", "byte 1: CVM required (bit 8) is set by the kernel for each transaction; expected 0");
        }

        if ((options.InterchangeProfile[0] & OfflinePin) != 0)
        {
            fields.Fault("interchangeProfile", "byte 1: an offline PIN (bit 1) cannot be given to a contactless card");
        }

        if ((options.InterchangeProfile[1] & IssuerUpdate) != 0)
        {
            fields.Fault("interchangeProfile", "byte 2: issuer update (bit 8) is set by the kernel where issuerUpdate is on; expected 0");
        }

        if (options is { EmvMode: false, LegacyMode: false })
        {
            fields.Fault("emvMode", "no mode is left; expected true, or legacyMode");
        }

        if (options.TransactionLimitOnDevice is { } onDevice && !(onDevice >= options.TransactionLimit))
        {
            fields.Fault("transactionLimitOnDevice", "expected transactionLimit beside it, and no more than this");
        }

        if (options.RandomMaxTargetPercent < options.RandomTargetPercent)
        {
            fields.Fault("randomMaxTargetPercent", "is below randomTargetPercent");
        }
    }
}
