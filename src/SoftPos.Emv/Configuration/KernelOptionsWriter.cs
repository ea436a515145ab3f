using System.Text.Json;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>Writes the options of the kernels of one scheme each, as their readers read them.</summary>
internal static class KernelOptionsWriter
{
    public static void Write(Utf8JsonWriter json, Kernel4Options options)
    {
        json.WriteStartObject("kernel4");
        ReaderConfigurationWriter.Hex(json, "readerCapabilities", options.ReaderCapabilities);
        ReaderConfigurationWriter.Hex(json, "tacDefault", options.TacDefault);
        ReaderConfigurationWriter.Hex(json, "tacDenial", options.TacDenial);
        ReaderConfigurationWriter.Hex(json, "tacOnline", options.TacOnline);
        json.WriteBoolean("declineOnCdaFailure", options.DeclineOnCdaFailure);
        json.WriteBoolean("floorLimitInclusive", options.FloorLimitInclusive);
        json.WriteBoolean("noCvmCheck", options.NoCvmCheck);
        ReaderConfigurationWriter.Hex(json, "noCvmResults", options.NoCvmResults);
        json.WriteBoolean("seePhoneOnStatus6986", options.SeePhoneOnStatus6986);
        json.WriteNumber("mostPhoneRestarts", options.MostPhoneRestarts);
        json.WriteBoolean("modeMismatchSelectsNext", options.ModeMismatchSelectsNext);
        json.WriteBoolean("deliverMembership", options.DeliverMembership);
        json.WriteBoolean("checkBrand", options.CheckBrand);
        if (options.DynamicLimitTag is { } tag)
        {
            json.WriteString("dynamicLimitTag", TlvTag.Text(tag));
        }

        ReaderConfigurationWriter.Write(json, options.DynamicLimits);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Kernel5Options options)
    {
        json.WriteStartObject("kernel5");
        ReaderConfigurationWriter.Hex(json, "interchangeProfile", options.InterchangeProfile);
        json.WriteBoolean("emvMode", options.EmvMode);
        json.WriteBoolean("legacyMode", options.LegacyMode);
        json.WriteBoolean("offlineDataAuthentication", options.OfflineDataAuthentication);
        ReaderConfigurationWriter.Hex(json, "tacDefault", options.TacDefault);
        ReaderConfigurationWriter.Hex(json, "tacDenial", options.TacDenial);
        ReaderConfigurationWriter.Hex(json, "tacOnline", options.TacOnline);
        ReaderConfigurationWriter.Number(json, "transactionLimit", options.TransactionLimit);
        ReaderConfigurationWriter.Number(json, "transactionLimitOnDevice", options.TransactionLimitOnDevice);
        json.WriteBoolean("limitAfterVerification", options.LimitAfterVerification);
        json.WriteBoolean("floorLimitInclusive", options.FloorLimitInclusive);
        json.WriteNumber("randomTargetPercent", options.RandomTargetPercent);
        json.WriteNumber("randomMaxTargetPercent", options.RandomMaxTargetPercent);
        json.WriteNumber("randomThreshold", options.RandomThreshold);
        json.WriteString("withoutPreference", options.WithoutPreference switch
        {
            Kernel5Verifications.OnlinePin => "onlinePin",
            Kernel5Verifications.Signature => "signature",
            _ => "none",
        });
        json.WriteNumber("mostPhoneRestarts", options.MostPhoneRestarts);
        json.WriteNumber("tornLifetimeSeconds", options.TornLifetimeSeconds);
        ReaderConfigurationWriter.Hex(json, "echoCommand", options.EchoCommand);
        json.WriteBoolean("issuerUpdate", options.IssuerUpdate);
        json.WriteBoolean("checkBrand", options.CheckBrand);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Kernel6Options options)
    {
        json.WriteStartObject("kernel6");
        json.WriteBoolean("odaForOnline", options.OdaForOnline);
        json.WriteBoolean("noCvmNeedsCapability", options.NoCvmNeedsCapability);
        json.WriteBoolean("declineNoCvmAboveLimit", options.DeclineNoCvmAboveLimit);
        json.WriteBoolean("floorLimitInclusive", options.FloorLimitInclusive);
        json.WriteBoolean("loyaltyApproval", options.LoyaltyApproval);
        json.WriteBoolean("checkBrand", options.CheckBrand);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Kernel7Options options)
    {
        json.WriteStartObject("kernel7");
        json.WriteBoolean("acceptFddaVersion0", options.AcceptFddaVersion0);
        json.WriteBoolean("odaForOnline", options.OdaForOnline);
        json.WriteBoolean("declineOnOnlineOdaFailure", options.DeclineOnOnlineOdaFailure);
        json.WriteBoolean("otherStatusSelectsNext", options.OtherStatusSelectsNext);
        json.WriteBoolean("pinEvenWithDevice", options.PinEvenWithDevice);
        json.WriteBoolean("pinForMissingQualifiers", options.PinForMissingQualifiers);
        json.WriteBoolean("issuerUpdate", options.IssuerUpdate);
        json.WriteBoolean("checkCashUsage", options.CheckCashUsage);
        json.WriteBoolean("checkCashbackUsage", options.CheckCashbackUsage);
        json.WriteBoolean("checkBrand", options.CheckBrand);
        json.WriteEndObject();
    }
}
