using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>Reads the kernel 4 part of a combination; every rule that is broken is told with its path.</summary>
internal static class Kernel4OptionsReader
{
    private const byte FullOnline = 0x20;
    private const byte MagStripe = 0x40;
    private const byte PartialOnline = 0x10;
    private const byte OfflinePin = 0x10;
    private const byte DelayedAuthorisation = 0x40;

    public static Kernel4Options Read(JsonFields fields)
    {
        Kernel4Options defaults = new();
        Kernel4Options options = defaults with
        {
            ReaderCapabilities = fields.Hex("readerCapabilities", 4, 4) ?? defaults.ReaderCapabilities,
            TacDefault = fields.Hex("tacDefault", 5, 5) ?? defaults.TacDefault,
            TacDenial = fields.Hex("tacDenial", 5, 5) ?? defaults.TacDenial,
            TacOnline = fields.Hex("tacOnline", 5, 5) ?? defaults.TacOnline,
            DeclineOnCdaFailure = fields.Flag("declineOnCdaFailure") ?? defaults.DeclineOnCdaFailure,
            FloorLimitInclusive = fields.Flag("floorLimitInclusive") ?? defaults.FloorLimitInclusive,
            NoCvmCheck = fields.Flag("noCvmCheck") ?? defaults.NoCvmCheck,
            NoCvmResults = fields.Hex("noCvmResults", 3, 3) ?? defaults.NoCvmResults,
            SeePhoneOnStatus6986 = fields.Flag("seePhoneOnStatus6986") ?? defaults.SeePhoneOnStatus6986,
            MostPhoneRestarts = (int)(fields.Number("mostPhoneRestarts", 0, 8) ?? defaults.MostPhoneRestarts),
            ModeMismatchSelectsNext = fields.Flag("modeMismatchSelectsNext") ?? defaults.ModeMismatchSelectsNext,
            DeliverMembership = fields.Flag("deliverMembership") ?? defaults.DeliverMembership,
            CheckBrand = fields.Flag("checkBrand") ?? defaults.CheckBrand,
            DynamicLimitTag = ReadTag(fields),
            DynamicLimits =
                [.. fields.Objects("dynamicLimits", Kernel4Options.MaxDynamicLimits).Select(CombinationReader.ReadDynamicLimits)],
        };
        CheckCapabilities(fields, options.ReaderCapabilities);
        if (Convert.ToHexString(options.NoCvmResults) is not ("1F0002" or "3F0000"))
        {
            fields.Fault("noCvmResults", "expected 1F0002 or 3F0000");
        }

        if (options.DynamicLimitTag is null != (options.DynamicLimits.Count == 0))
        {
            fields.Fault("dynamicLimits", "goes with dynamicLimitTag, the object that chooses among them");
        }

        fields.End();
        return options;
    }

    private static uint? ReadTag(JsonFields fields)
    {
        if (fields.Hex("dynamicLimitTag", 1, 4) is not { } bytes)
        {
            return null;
        }

        if (!Dol.TryParseTagList(bytes, out IReadOnlyList<uint> tags, out _) || tags.Count != 1)
        {
            fields.Fault("dynamicLimitTag", "expected one tag");
            return null;
        }

        return tags[0];
    }

    private static void CheckCapabilities(JsonFields fields, byte[] capabilities)
    {
        if ((capabilities[0] & PartialOnline) == 0 || (capabilities[0] & FullOnline) != 0)
        {
            fields.Fault(
                "readerCapabilities", "byte 1: partial online (bit 5) is what this kernel does; full online (bit 6) is no longer supported");
        }

        if ((capabilities[0] & MagStripe) != 0)
        {
            fields.Fault("readerCapabilities", "byte 1: mag-stripe mode (bit 7) is not supported");
        }

        if ((capabilities[1] & OfflinePin) != 0)
        {
            fields.Fault("readerCapabilities", "byte 2: an offline PIN (bit 5) cannot be given to a contactless card");
        }

        if ((capabilities[3] & DelayedAuthorisation) != 0)
        {
            fields.Fault("readerCapabilities", "byte 4: delayed authorisation (bit 7) is not supported");
        }
    }
}
