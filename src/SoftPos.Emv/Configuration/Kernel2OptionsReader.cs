using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>Reads the kernel 2 part of a combination; every rule that is broken is told with its path.</summary>
internal static class Kernel2OptionsReader
{
    private const int RowLength = 8;
    private const byte CdaCapability = 0x08;
    private const byte OfflinePinCapabilities = 0x90;

    public static Kernel2Options Read(JsonFields fields)
    {
        Kernel2Options defaults = new();
        Kernel2Options options = defaults with
        {
            SkipMagStripeRecord = fields.Flag("skipMagStripeRecord") ?? defaults.SkipMagStripeRecord,
            OnDeviceVerification = fields.Flag("onDeviceVerification") ?? defaults.OnDeviceVerification,
            RelayResistance = fields.Flag("relayResistance") ?? defaults.RelayResistance,
            ReadAllRecords = fields.Flag("readAllRecords") ?? defaults.ReadAllRecords,
            TacDefault = fields.Hex("tacDefault", 5, 5) ?? defaults.TacDefault,
            TacDenial = fields.Hex("tacDenial", 5, 5) ?? defaults.TacDenial,
            TacOnline = fields.Hex("tacOnline", 5, 5) ?? defaults.TacOnline,
            TornLifetimeSeconds = (int)(fields.Number("tornLifetimeSeconds", 0, 65535) ?? defaults.TornLifetimeSeconds),
            TornRecords = (int)(fields.Number("tornRecords", 0, Kernel2Options.MostTornRecords) ?? defaults.TornRecords),
            MessageHoldMs = (int)(fields.Number("messageHoldMs", 0, 60_000) ?? defaults.MessageHoldMs),
            FieldOffMs = (int)(fields.Number("fieldOffMs", 0, Kernel2Options.LongestFieldOffMs) ?? defaults.FieldOffMs),
            PhoneMessages = ReadPhoneMessages(fields),
            BalanceBefore = fields.Flag("balanceBefore") ?? defaults.BalanceBefore,
            BalanceAfter = fields.Flag("balanceAfter") ?? defaults.BalanceAfter,
            CheckBrand = fields.Flag("checkBrand") ?? defaults.CheckBrand,
        };
        options = ReadMagStripe(fields, options);
        options = ReadRelay(fields, ReadCapabilities(fields, ReadLimits(fields, options)));

        fields.End();
        return options;
    }

    private static Kernel2Options ReadMagStripe(JsonFields fields, Kernel2Options options)
    {
        options = options with
        {
            MagStripeMode = fields.Flag("magStripeMode") ?? options.MagStripeMode,
            DefaultUdol = fields.Hex("defaultUdol", 3, 250) ?? options.DefaultUdol,
            MagStripeCvmRequired = fields.Hex("magStripeCvmRequired", 1, 1)?[0] ?? options.MagStripeCvmRequired,
            MagStripeCvmNotRequired = fields.Hex("magStripeCvmNotRequired", 1, 1)?[0] ?? options.MagStripeCvmNotRequired,
        };
        if (!Dol.TryParse(options.DefaultUdol, out Dol? udol, out _) || !udol.Contains(Mastercard.Kernel2Tag.NumericNumber))
        {
            fields.Fault("defaultUdol", "expected a data object list with 9F6A");
        }

        return options;
    }

    private static Kernel2Options ReadLimits(JsonFields fields, Kernel2Options options)
    {
        options = options with
        {
            TransactionLimit = fields.Number("transactionLimit", 0, Bcd.MaxAmount),
            TransactionLimitOnDevice = fields.Number("transactionLimitOnDevice", 0, Bcd.MaxAmount),
            FloorLimit = fields.Number("floorLimit", 0, Bcd.MaxAmount),
            CvmLimit = fields.Number("cvmLimit", 0, Bcd.MaxAmount),
        };
        if (options.CvmLimit > options.TransactionLimit && options.CvmLimit > options.TransactionLimitOnDevice)
        {
            fields.Fault("cvmLimit", "is above both transaction limits");
        }

        return options;
    }

    private static Kernel2Options ReadCapabilities(JsonFields fields, Kernel2Options options)
    {
        options = options with
        {
            CardDataInput = fields.Hex("cardDataInput", 1, 1)?[0] ?? options.CardDataInput,
            CvmCapabilityRequired = fields.Hex("cvmCapabilityRequired", 1, 1)?[0] ?? options.CvmCapabilityRequired,
            CvmCapabilityNotRequired = fields.Hex("cvmCapabilityNotRequired", 1, 1)?[0] ?? options.CvmCapabilityNotRequired,
            SecurityCapability = fields.Hex("securityCapability", 1, 1)?[0] ?? options.SecurityCapability,
        };
        if (((options.CvmCapabilityRequired | options.CvmCapabilityNotRequired) & OfflinePinCapabilities) != 0)
        {
            fields.Fault("cvmCapabilityRequired", "an offline PIN (bits 8 and 5) cannot be given to a contactless card");
        }

        if (options.OnDeviceVerification && (options.SecurityCapability & CdaCapability) == 0)
        {
            fields.Fault("securityCapability", "verification on the device needs CDA (bit 4)");
        }

        return options;
    }

    private static Kernel2Options ReadRelay(JsonFields fields, Kernel2Options options) => options with
    {
        RelayMinGrace = (int)(fields.Number("relayMinGrace", 0, 65535) ?? options.RelayMinGrace),
        RelayMaxGrace = (int)(fields.Number("relayMaxGrace", 0, 65535) ?? options.RelayMaxGrace),
        RelayCommandTime = (int)(fields.Number("relayCommandTime", 0, 65535) ?? options.RelayCommandTime),
        RelayResponseTime = (int)(fields.Number("relayResponseTime", 0, 65535) ?? options.RelayResponseTime),
        RelayAccuracy = (int)(fields.Number("relayAccuracy", 0, 65535) ?? options.RelayAccuracy),
        RelayMismatchPercent = (int)(fields.Number("relayMismatchPercent", 0, 100) ?? options.RelayMismatchPercent),
    };

    private static byte[]? ReadPhoneMessages(JsonFields fields)
    {
        byte[]? table = fields.Hex("phoneMessages", RowLength, RowLength * 31);
        if (table is null)
        {
            return null;
        }

        if (table.Length % RowLength != 0)
        {
            fields.Fault("phoneMessages", "expected rows of 8 bytes: mask 3, value 3, message, status");
            return null;
        }

        if (table.AsSpan(table.Length - RowLength, 6).ContainsAnyExcept((byte)0))
        {
            fields.Fault("phoneMessages", "the last row must match everything: mask and value 000000");
            return null;
        }

        return table;
    }
}
