using System.Globalization;
using System.Text.Json;
using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>
/// Writes a reader configuration as the document that <see cref="ReaderConfigurationReader"/> reads: everything is spelled out, defaults and
/// published keys too, so that the document says the same wherever and whenever it is read.
/// </summary>
public static class ReaderConfigurationWriter
{
    private static readonly Dictionary<TransactionKind, string> KindWords = new()
    {
        [TransactionKind.Purchase] = "purchase",
        [TransactionKind.PurchaseWithCashback] = "cashback",
        [TransactionKind.CashAdvance] = "cash",
        [TransactionKind.Refund] = "refund",
    };

    /// <summary>The whole document, UTF-8.</summary>
    public static byte[] Write(ReaderConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            Write(json, configuration);
        }

        return stream.ToArray();
    }

    internal static void Write(Utf8JsonWriter json, ReaderConfiguration configuration)
    {
        json.WriteStartObject();
        json.WriteString("version", configuration.Version);
        json.WriteString("environment", configuration.Environment is ReaderEnvironment.Lab ? "lab" : "production");
        json.WriteStartObject("terminal");
        json.WriteNumber("country", configuration.Terminal.CountryCode);
        json.WriteNumber("currency", configuration.Terminal.CurrencyCode);
        json.WriteNumber("currencyExponent", configuration.Terminal.CurrencyExponent);
        Hex(json, "terminalType", [configuration.Terminal.TerminalType]);
        Objects(json, "objects", configuration.Terminal.Objects);
        json.WriteEndObject();
        json.WriteStartArray("combinations");
        foreach (Combination combination in configuration.Combinations)
        {
            Write(json, combination);
        }

        json.WriteEndArray();
        Write(json, configuration.CaKeys);
        if (configuration.ExceptionFile.Count > 0)
        {
            json.WriteStartArray("exceptionFile");
            foreach (string number in configuration.ExceptionFile.Order(StringComparer.Ordinal))
            {
                json.WriteStringValue(number);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    internal static string Word(TransactionKind kind) => KindWords[kind];

    internal static void Hex(Utf8JsonWriter json, string name, byte[]? value)
    {
        if (value is not null)
        {
            json.WriteString(name, Convert.ToHexString(value));
        }
    }

    internal static void Objects(Utf8JsonWriter json, string name, TlvMap objects)
    {
        json.WriteStartObject(name);
        foreach ((uint tag, byte[] value) in objects)
        {
            json.WriteString(TlvTag.Text(tag), Convert.ToHexString(value));
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Combination combination)
    {
        json.WriteStartObject();
        Hex(json, "aid", combination.Aid);
        Hex(json, "kernel", combination.KernelId);
        json.WriteStartArray("transactions");
        foreach (TransactionKind kind in combination.Kinds)
        {
            json.WriteStringValue(Word(kind));
        }

        json.WriteEndArray();
        Flag(json, "statusCheck", combination.StatusCheck);
        Flag(json, "zeroAmountAllowed", combination.ZeroAmountAllowed);
        Number(json, "transactionLimit", combination.TransactionLimit);
        Number(json, "floorLimit", combination.FloorLimit);
        Number(json, "terminalFloorLimit", combination.TerminalFloorLimit);
        Number(json, "cvmLimit", combination.CvmLimit);
        Hex(json, "ttq", combination.Ttq);
        Flag(json, "extendedSelection", combination.ExtendedSelection);
        Write(json, combination.Kernel3);
        Write(json, combination.Kernel2);
        KernelOptionsWriter.Write(json, combination.Kernel4);
        KernelOptionsWriter.Write(json, combination.Kernel5);
        KernelOptionsWriter.Write(json, combination.Kernel6);
        KernelOptionsWriter.Write(json, combination.Kernel7);
        Kernel8OptionsWriter.Write(json, combination.Kernel8);
        Objects(json, "objects", combination.Objects);
        json.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter json, IReadOnlyList<DynamicLimitSet> sets)
    {
        json.WriteStartArray("dynamicLimits");
        foreach (DynamicLimitSet set in sets)
        {
            json.WriteStartObject();
            Hex(json, "programId", set.ProgramId);
            Flag(json, "statusCheck", set.StatusCheck);
            Flag(json, "zeroAmountAllowed", set.ZeroAmountAllowed);
            Number(json, "transactionLimit", set.TransactionLimit);
            Number(json, "floorLimit", set.FloorLimit);
            Number(json, "cvmLimit", set.CvmLimit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Kernel3Options options)
    {
        json.WriteStartObject("kernel3");
        Flag(json, "odaForOnline", options.OdaForOnline);
        Flag(json, "declineOnOnlineOdaFailure", options.DeclineOnOnlineOdaFailure);
        Flag(json, "acceptFddaVersion0", options.AcceptFddaVersion0);
        Flag(json, "showSpendingAmount", options.ShowSpendingAmount);
        Flag(json, "checkCashUsage", options.CheckCashUsage);
        Flag(json, "checkCashbackUsage", options.CheckCashbackUsage);
        Flag(json, "issuerUpdate", options.IssuerUpdate);
        Flag(json, "declineOfflineWhereOnlineRequired", options.DeclineOfflineWhereOnlineRequired);
        Flag(json, "checkBrand", options.CheckBrand);
        Write(json, options.DynamicLimits);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Kernel2Options options)
    {
        json.WriteStartObject("kernel2");
        Flag(json, "skipMagStripeRecord", options.SkipMagStripeRecord);
        Flag(json, "magStripeMode", options.MagStripeMode);
        Hex(json, "defaultUdol", options.DefaultUdol);
        Hex(json, "magStripeCvmRequired", [options.MagStripeCvmRequired]);
        Hex(json, "magStripeCvmNotRequired", [options.MagStripeCvmNotRequired]);
        Number(json, "transactionLimit", options.TransactionLimit);
        Number(json, "transactionLimitOnDevice", options.TransactionLimitOnDevice);
        Number(json, "floorLimit", options.FloorLimit);
        Number(json, "cvmLimit", options.CvmLimit);
        Flag(json, "onDeviceVerification", options.OnDeviceVerification);
        Flag(json, "relayResistance", options.RelayResistance);
        Flag(json, "readAllRecords", options.ReadAllRecords);
        Hex(json, "cardDataInput", [options.CardDataInput]);
        Hex(json, "cvmCapabilityRequired", [options.CvmCapabilityRequired]);
        Hex(json, "cvmCapabilityNotRequired", [options.CvmCapabilityNotRequired]);
        Hex(json, "securityCapability", [options.SecurityCapability]);
        Hex(json, "tacDefault", options.TacDefault);
        Hex(json, "tacDenial", options.TacDenial);
        Hex(json, "tacOnline", options.TacOnline);
        Number(json, "tornLifetimeSeconds", options.TornLifetimeSeconds);
        Number(json, "tornRecords", options.TornRecords);
        Number(json, "messageHoldMs", options.MessageHoldMs);
        Number(json, "fieldOffMs", options.FieldOffMs);
        Hex(json, "phoneMessages", options.PhoneMessages);
        Flag(json, "balanceBefore", options.BalanceBefore);
        Flag(json, "balanceAfter", options.BalanceAfter);
        Number(json, "relayMinGrace", options.RelayMinGrace);
        Number(json, "relayMaxGrace", options.RelayMaxGrace);
        Number(json, "relayCommandTime", options.RelayCommandTime);
        Number(json, "relayResponseTime", options.RelayResponseTime);
        Number(json, "relayAccuracy", options.RelayAccuracy);
        Number(json, "relayMismatchPercent", options.RelayMismatchPercent);
        Flag(json, "checkBrand", options.CheckBrand);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CaKeySet keys)
    {
        json.WriteStartArray("caKeys");
        foreach (CaPublicKey key in keys.Keys)
        {
            json.WriteStartObject();
            Hex(json, "rid", key.Rid);
            Hex(json, "index", [key.Index]);
            Hex(json, "modulus", key.Modulus);
            Hex(json, "exponent", key.Exponent);
            Hex(json, "checksum", key.Checksum());
            json.WriteString("environment", key.Environment switch
            {
                CaKeyEnvironment.Production => "production",
                CaKeyEnvironment.Test => "test",
                _ => "lab",
            });
            if (key.Expires is { } expires)
            {
                json.WriteString("expires", expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        EccKeyDocument.Write(json, keys.EccKeys);
        json.WriteStartArray("revocations");
        foreach (CertificateRevocation revocation in keys.Revocations)
        {
            json.WriteStartObject();
            Hex(json, "rid", revocation.Rid);
            Hex(json, "index", [revocation.Index]);
            Hex(json, "serial", revocation.Serial);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Flag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } known)
        {
            json.WriteBoolean(name, known);
        }
    }

    internal static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }
}
