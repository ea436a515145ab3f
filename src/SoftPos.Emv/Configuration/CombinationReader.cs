using System.Text.Json;

namespace SoftPos.Emv.Configuration;

/// <summary>Reads one combination of a configuration document.</summary>
internal static class CombinationReader
{
    private static readonly Dictionary<string, TransactionKind> Words = new(StringComparer.Ordinal)
    {
        ["purchase"] = TransactionKind.Purchase,
        ["cashback"] = TransactionKind.PurchaseWithCashback,
        ["cash"] = TransactionKind.CashAdvance,
        ["refund"] = TransactionKind.Refund,
    };

    public static Combination Read(JsonFields fields)
    {
        byte[] kernel = fields.Hex("kernel", 1, 3, true) ?? [0];
        if (kernel.Length == 2)
        {
            fields.Fault("kernel", "expected 1 byte, or 3 for a domestic kernel");
        }

        Combination combination = new()
        {
            Aid = fields.Hex("aid", 5, 16, true) ?? [],
            KernelId = kernel,
            Kinds = ReadKinds(fields),
            StatusCheck = fields.Flag("statusCheck"),
            ZeroAmountAllowed = fields.Flag("zeroAmountAllowed"),
            TransactionLimit = fields.Number("transactionLimit", 0, Bcd.MaxAmount),
            FloorLimit = fields.Number("floorLimit", 0, Bcd.MaxAmount),
            TerminalFloorLimit = fields.Number("terminalFloorLimit", 0, uint.MaxValue),
            CvmLimit = fields.Number("cvmLimit", 0, Bcd.MaxAmount),
            Ttq = fields.Hex("ttq", 4, 4),
            ExtendedSelection = fields.Flag("extendedSelection"),
            Kernel3 = fields.Object("kernel3") is { } kernel3 ? ReadKernel3(kernel3) : new(),
            Kernel2 = fields.Object("kernel2") is { } kernel2 ? ReadKernel2(kernel2) : new(),
            Objects = fields.Tags("objects"),
        };
        if (kernel is [3] && combination.Ttq is null)
        {
            fields.Fault("ttq", "is needed by kernel 3");
        }

        if (kernel is [3] && combination.Ttq is { } ttq && (ttq[0] & 0x80) != 0)
        {
            fields.Fault("ttq", "mag-stripe mode (byte 1 bit 8) is not supported");
        }

        if (combination.CvmLimit > combination.TransactionLimit)
        {
            fields.Fault("cvmLimit", "is above the transaction limit");
        }

        fields.End();
        return combination;
    }

    private static List<TransactionKind> ReadKinds(JsonFields fields)
    {
        List<TransactionKind> kinds = [];
        foreach ((JsonElement element, string path) in fields.Elements("transactions", Words.Count, true))
        {
            if (element.ValueKind is JsonValueKind.String && Words.TryGetValue(element.GetString()!, out TransactionKind kind))
            {
                kinds.Add(kind);
            }
            else
            {
                fields.Fault(path[(path.LastIndexOf("transactions", StringComparison.Ordinal))..], $"expected one of {string.Join(", ", Words.Keys)}");
            }
        }

        return kinds;
    }

    private static Kernel3Options ReadKernel3(JsonFields fields)
    {
        Kernel3Options defaults = new();
        Kernel3Options options = new()
        {
            OdaForOnline = fields.Flag("odaForOnline") ?? defaults.OdaForOnline,
            DeclineOnOnlineOdaFailure = fields.Flag("declineOnOnlineOdaFailure") ?? defaults.DeclineOnOnlineOdaFailure,
            AcceptFddaVersion0 = fields.Flag("acceptFddaVersion0") ?? defaults.AcceptFddaVersion0,
            ShowSpendingAmount = fields.Flag("showSpendingAmount") ?? defaults.ShowSpendingAmount,
            CheckCashUsage = fields.Flag("checkCashUsage") ?? defaults.CheckCashUsage,
            CheckCashbackUsage = fields.Flag("checkCashbackUsage") ?? defaults.CheckCashbackUsage,
            IssuerUpdate = fields.Flag("issuerUpdate") ?? defaults.IssuerUpdate,
            DeclineOfflineWhereOnlineRequired = fields.Flag("declineOfflineWhereOnlineRequired") ?? defaults.DeclineOfflineWhereOnlineRequired,
            CheckBrand = fields.Flag("checkBrand") ?? defaults.CheckBrand,
            DynamicLimits = [.. fields.Objects("dynamicLimits", Kernel3Options.MaxDynamicLimits).Select(ReadDynamicLimits)],
        };
        fields.End();
        return options;
    }

    private static DynamicLimitSet ReadDynamicLimits(JsonFields fields)
    {
        DynamicLimitSet set = new(fields.Hex("programId", 1, 16, true) ?? [])
        {
            StatusCheck = fields.Flag("statusCheck"),
            ZeroAmountAllowed = fields.Flag("zeroAmountAllowed"),
            TransactionLimit = fields.Number("transactionLimit", 0, Bcd.MaxAmount),
            FloorLimit = fields.Number("floorLimit", 0, Bcd.MaxAmount),
            CvmLimit = fields.Number("cvmLimit", 0, Bcd.MaxAmount),
        };
        fields.End();
        return set;
    }

    private static Kernel2Options ReadKernel2(JsonFields fields)
    {
        Kernel2Options defaults = new();
        Kernel2Options options = defaults with
        {
            OnDeviceVerification = fields.Flag("onDeviceVerification") ?? defaults.OnDeviceVerification,
            RelayResistance = fields.Flag("relayResistance") ?? defaults.RelayResistance,
            ReadAllRecords = fields.Flag("readAllRecords") ?? defaults.ReadAllRecords,
            CardDataInput = fields.Hex("cardDataInput", 1, 1)?[0] ?? defaults.CardDataInput,
            CvmCapabilityRequired = fields.Hex("cvmCapabilityRequired", 1, 1)?[0] ?? defaults.CvmCapabilityRequired,
            CvmCapabilityNotRequired = fields.Hex("cvmCapabilityNotRequired", 1, 1)?[0] ?? defaults.CvmCapabilityNotRequired,
            SecurityCapability = fields.Hex("securityCapability", 1, 1)?[0] ?? defaults.SecurityCapability,
            TacDefault = fields.Hex("tacDefault", 5, 5) ?? defaults.TacDefault,
            TacDenial = fields.Hex("tacDenial", 5, 5) ?? defaults.TacDenial,
            TacOnline = fields.Hex("tacOnline", 5, 5) ?? defaults.TacOnline,
            TransactionLimitOnDevice = fields.Number("transactionLimitOnDevice", 0, Bcd.MaxAmount),
            TornLifetimeSeconds = (int)(fields.Number("tornLifetimeSeconds", 0, 65535) ?? defaults.TornLifetimeSeconds),
            TornRecords = (int)(fields.Number("tornRecords", 0, 16) ?? defaults.TornRecords),
            MessageHoldMs = (int)(fields.Number("messageHoldMs", 0, 60_000) ?? defaults.MessageHoldMs),
            FieldOffMs = (int)(fields.Number("fieldOffMs", 0, 25_400) ?? defaults.FieldOffMs),
            PhoneMessages = ReadPhoneMessages(fields),
            BalanceBefore = fields.Flag("balanceBefore") ?? defaults.BalanceBefore,
            BalanceAfter = fields.Flag("balanceAfter") ?? defaults.BalanceAfter,
            CheckBrand = fields.Flag("checkBrand") ?? defaults.CheckBrand,
        };
        options = ReadRelay(fields, options);
        fields.End();
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
        byte[]? table = fields.Hex("phoneMessages", 8, 248);
        if (table is not null && table.Length % 8 != 0)
        {
            fields.Fault("phoneMessages", "expected rows of 8 bytes: mask 3, value 3, message, status");
            return null;
        }

        return table;
    }
}
