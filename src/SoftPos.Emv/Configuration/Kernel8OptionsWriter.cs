using System.Text.Json;

namespace SoftPos.Emv.Configuration;

/// <summary>Writes the kernel 8 part of a combination and the ECC keys, every option spelled out.</summary>
internal static class Kernel8OptionsWriter
{
    public static void Write(Utf8JsonWriter json, Kernel8Options options)
    {
        json.WriteStartObject("kernel8");
        Limit(json, "floorLimit", options.FloorLimit);
        Limit(json, "cvmLimit", options.CvmLimit);
        ReaderConfigurationWriter.Hex(json, "cardDataInput", [options.CardDataInput]);
        ReaderConfigurationWriter.Hex(json, "cvmCapabilityRequired", [options.CvmCapabilityRequired]);
        ReaderConfigurationWriter.Hex(json, "cvmCapabilityNotRequired", [options.CvmCapabilityNotRequired]);
        ReaderConfigurationWriter.Hex(json, "securityCapability", [options.SecurityCapability]);
        ReaderConfigurationWriter.Hex(json, "tacDenial", options.TacDenial);
        ReaderConfigurationWriter.Hex(json, "tacOnline", options.TacOnline);
        json.WriteNumber("messageHoldMs", options.MessageHoldMs);
        json.WriteNumber("fieldOffMs", options.FieldOffMs);
        json.WriteBoolean("relayResistance", options.RelayResistance);
        json.WriteNumber("relayMinGrace", options.RelayMinGrace);
        json.WriteNumber("relayMaxGrace", options.RelayMaxGrace);
        json.WriteNumber("relayCommandTime", options.RelayCommandTime);
        json.WriteNumber("relayResponseTime", options.RelayResponseTime);
        json.WriteNumber("relayAccuracy", options.RelayAccuracy);
        json.WriteNumber("relayMismatchPercent", options.RelayMismatchPercent);
        json.WriteBoolean("reportLocalAuthentication", options.ReportLocalAuthentication);
        ReaderConfigurationWriter.Hex(json, "reservedTvrMask", options.ReservedTvrMask);
        ReaderConfigurationWriter.Hex(json, "restartMessages", options.RestartMessages);
        ReaderConfigurationWriter.Hex(json, "defaultIadMacOffset", [options.DefaultIadMacOffset]);
        ReaderConfigurationWriter.Hex(json, "discretionaryTags", options.DiscretionaryTags);
        ReaderConfigurationWriter.Hex(json, "defaultCdol1", options.DefaultCdol1);
        ReaderConfigurationWriter.Hex(json, "tagMapping", options.TagMapping);
        json.WriteBoolean("longSecureChannel", options.LongSecureChannel);
        json.WriteBoolean("longSignatures", options.LongSignatures);
        json.WriteBoolean("freshRelayNumber", options.FreshRelayNumber);
        json.WriteBoolean("strictCardData", options.StrictCardData);
        json.WriteBoolean("requireSignedPan", options.RequireSignedPan);
        json.WriteBoolean("againAfterCryptogram", options.AgainAfterCryptogram);
        json.WriteEndObject();
    }

    private static void Limit(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }
}
