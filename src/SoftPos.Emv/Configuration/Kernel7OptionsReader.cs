namespace SoftPos.Emv.Configuration;

/// <summary>Reads the kernel 7 part of a combination.</summary>
internal static class Kernel7OptionsReader
{
    public static Kernel7Options Read(JsonFields fields)
    {
        Kernel7Options defaults = new();
        Kernel7Options options = new()
        {
            AcceptFddaVersion0 = fields.Flag("acceptFddaVersion0") ?? defaults.AcceptFddaVersion0,
            OdaForOnline = fields.Flag("odaForOnline") ?? defaults.OdaForOnline,
            DeclineOnOnlineOdaFailure = fields.Flag("declineOnOnlineOdaFailure") ?? defaults.DeclineOnOnlineOdaFailure,
            OtherStatusSelectsNext = fields.Flag("otherStatusSelectsNext") ?? defaults.OtherStatusSelectsNext,
            PinEvenWithDevice = fields.Flag("pinEvenWithDevice") ?? defaults.PinEvenWithDevice,
            PinForMissingQualifiers = fields.Flag("pinForMissingQualifiers") ?? defaults.PinForMissingQualifiers,
            IssuerUpdate = fields.Flag("issuerUpdate") ?? defaults.IssuerUpdate,
            CheckCashUsage = fields.Flag("checkCashUsage") ?? defaults.CheckCashUsage,
            CheckCashbackUsage = fields.Flag("checkCashbackUsage") ?? defaults.CheckCashbackUsage,
            CheckBrand = fields.Flag("checkBrand") ?? defaults.CheckBrand,
        };
        fields.End();
        return options;
    }
}
