namespace SoftPos.Emv.Configuration;

/// <summary>Reads the kernel 6 part of a combination.</summary>
internal static class Kernel6OptionsReader
{
    public static Kernel6Options Read(JsonFields fields)
    {
        Kernel6Options defaults = new();
        Kernel6Options options = new()
        {
            OdaForOnline = fields.Flag("odaForOnline") ?? defaults.OdaForOnline,
            NoCvmNeedsCapability = fields.Flag("noCvmNeedsCapability") ?? defaults.NoCvmNeedsCapability,
            DeclineNoCvmAboveLimit = fields.Flag("declineNoCvmAboveLimit") ?? defaults.DeclineNoCvmAboveLimit,
            FloorLimitInclusive = fields.Flag("floorLimitInclusive") ?? defaults.FloorLimitInclusive,
            LoyaltyApproval = fields.Flag("loyaltyApproval") ?? defaults.LoyaltyApproval,
            CheckBrand = fields.Flag("checkBrand") ?? defaults.CheckBrand,
        };
        fields.End();
        return options;
    }
}
