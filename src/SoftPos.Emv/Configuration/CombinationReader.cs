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
            Kernel2 = fields.Object("kernel2") is { } kernel2 ? Kernel2OptionsReader.Read(kernel2) : new(),
            Kernel4 = fields.Object("kernel4") is { } kernel4 ? Kernel4OptionsReader.Read(kernel4) : new(),
            Kernel5 = fields.Object("kernel5") is { } kernel5 ? Kernel5OptionsReader.Read(kernel5) : new(),
            Kernel6 = fields.Object("kernel6") is { } kernel6 ? Kernel6OptionsReader.Read(kernel6) : new(),
            Kernel7 = fields.Object("kernel7") is { } kernel7 ? Kernel7OptionsReader.Read(kernel7) : new(),
            Kernel8 = fields.Object("kernel8") is { } kernel8 ? Kernel8OptionsReader.Read(kernel8) : new(),
            Objects = fields.Tags("objects"),
        };
        if (kernel is [3 or 6 or 7] && combination.Ttq is null)
        {
            fields.Fault("ttq", $"is needed by kernel {kernel[0]}");
        }

        if (kernel is [3 or 6] && combination.Ttq is { } ttq && (ttq[0] & 0x80) != 0)
        {
            fields.Fault("ttq", "mag-stripe mode (byte 1 bit 8) is not supported");
        }

        if (kernel is [7] && combination.Ttq is { } capabilities && (capabilities[0] & 0xC0) != 0)
        {
            fields.Fault("ttq", "debit and credit other than qPBOC (byte 1 bits 8 and 7) are not supported");
        }

        if (kernel is [2] && combination.TransactionLimit is null && combination.Kernel2.TransactionLimit is null)
        {
            fields.Fault("transactionLimit", "is needed by kernel 2, whose limit is 0 where none is given");
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

    internal static DynamicLimitSet ReadDynamicLimits(JsonFields fields)
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
}
