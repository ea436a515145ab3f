using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>Reads the kernel 8 part of a combination; every rule that is broken is told with its path.</summary>
internal static class Kernel8OptionsReader
{
    private const int LongestList = 250;
    private const byte OfflinePinCapabilities = 0x92;

    /// <summary>Result bits that the kernel sets itself before the card's are merged: a card that could clear them would hide a relay.</summary>
    private static readonly byte[] OwnBits = [0x84, 0x00, 0x84, 0x80, 0xCF];

    public static Kernel8Options Read(JsonFields fields)
    {
        Kernel8Options defaults = new();
        Kernel8Options options = defaults with
        {
            FloorLimit = fields.Number("floorLimit", 0, Bcd.MaxAmount),
            CvmLimit = fields.Number("cvmLimit", 0, Bcd.MaxAmount),
            TacDenial = fields.Hex("tacDenial", 5, 5) ?? defaults.TacDenial,
            TacOnline = fields.Hex("tacOnline", 5, 5) ?? defaults.TacOnline,
            MessageHoldMs = (int)(fields.Number("messageHoldMs", 0, 60_000) ?? defaults.MessageHoldMs),
            FieldOffMs = (int)(fields.Number("fieldOffMs", 0, Kernel8Options.LongestFieldOffMs) ?? defaults.FieldOffMs),
            ReportLocalAuthentication = fields.Flag("reportLocalAuthentication") ?? defaults.ReportLocalAuthentication,
            ReservedTvrMask = fields.Hex("reservedTvrMask", 5, 5) ?? defaults.ReservedTvrMask,
            RestartMessages = fields.Hex("restartMessages", 0, 32) ?? defaults.RestartMessages,
            DefaultIadMacOffset = fields.Hex("defaultIadMacOffset", 1, 1)?[0] ?? defaults.DefaultIadMacOffset,
        };
        options = ReadSwitches(fields, ReadRelay(fields, ReadLists(fields, ReadCapabilities(fields, options))));
        for (int i = 0; i < OwnBits.Length; i++)
        {
            if ((options.ReservedTvrMask[i] & OwnBits[i]) != OwnBits[i])
            {
                fields.Fault("reservedTvrMask", $"must hold {Convert.ToHexString(OwnBits)}: a card must not change what the reader found");
                break;
            }
        }

        fields.End();
        return options;
    }

    private static Kernel8Options ReadCapabilities(JsonFields fields, Kernel8Options options)
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
            fields.Fault("cvmCapabilityRequired", "an offline PIN (bits 8, 5 and 2) cannot be given to a contactless card");
        }

        return options;
    }

    private static Kernel8Options ReadLists(JsonFields fields, Kernel8Options options)
    {
        options = options with
        {
            DiscretionaryTags = fields.Hex("discretionaryTags", 0, LongestList) ?? options.DiscretionaryTags,
            DefaultCdol1 = fields.Hex("defaultCdol1", 2, LongestList),
            TagMapping = fields.Hex("tagMapping", 0, LongestList) ?? options.TagMapping,
        };
        if (!Dol.TryParseTagList(options.DiscretionaryTags, out _, out _))
        {
            fields.Fault("discretionaryTags", "expected tags one after another");
        }

        if (!Dol.TryParseTagList(options.TagMapping, out IReadOnlyList<uint> pairs, out _) || pairs.Count % 2 != 0 || !pairs.All(TlvTag.IsWellFormed))
        {
            fields.Fault("tagMapping", "expected pairs of tags one after another");
        }

        if (options.DefaultCdol1 is { } cdol && (!Dol.TryParse(cdol, out Dol? parsed, out _) || parsed.TotalLength > 255))
        {
            fields.Fault("defaultCdol1", "expected a data object list of at most 255 bytes of data");
        }

        return options;
    }

    private static Kernel8Options ReadRelay(JsonFields fields, Kernel8Options options) => options with
    {
        RelayResistance = fields.Flag("relayResistance") ?? options.RelayResistance,
        RelayMinGrace = (int)(fields.Number("relayMinGrace", 0, 65535) ?? options.RelayMinGrace),
        RelayMaxGrace = (int)(fields.Number("relayMaxGrace", 0, 65535) ?? options.RelayMaxGrace),
        RelayCommandTime = (int)(fields.Number("relayCommandTime", 0, 65535) ?? options.RelayCommandTime),
        RelayResponseTime = (int)(fields.Number("relayResponseTime", 0, 65535) ?? options.RelayResponseTime),
        RelayAccuracy = (int)(fields.Number("relayAccuracy", 0, 65535) ?? options.RelayAccuracy),
        RelayMismatchPercent = (int)(fields.Number("relayMismatchPercent", 0, 100) ?? options.RelayMismatchPercent),
    };

    private static Kernel8Options ReadSwitches(JsonFields fields, Kernel8Options options) => options with
    {
        LongSecureChannel = fields.Flag("longSecureChannel") ?? options.LongSecureChannel,
        LongSignatures = fields.Flag("longSignatures") ?? options.LongSignatures,
        FreshRelayNumber = fields.Flag("freshRelayNumber") ?? options.FreshRelayNumber,
        StrictCardData = fields.Flag("strictCardData") ?? options.StrictCardData,
        RequireSignedPan = fields.Flag("requireSignedPan") ?? options.RequireSignedPan,
        AgainAfterCryptogram = fields.Flag("againAfterCryptogram") ?? options.AgainAfterCryptogram,
    };
}
