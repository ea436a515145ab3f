using System.Text.Json.Nodes;
using SoftPos.Cryptography;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool dukpt</c>: host side of AES DUKPT (X9.24-3) and TDES DUKPT (X9.24-1).</summary>
internal sealed class DukptTool : Tool
{
    private static readonly string[] Operations = ["derive", "initial-key", "transaction-key", "update-key", "list"];

    private static readonly (string[] Names, DukptKeyUsage Aes, TdesDukptKey? Tdes)[] Usages =
    [
        (["pin", "1000"], DukptKeyUsage.PinEncryption, TdesDukptKey.Pin),
        (["mac-generate", "mac-generation", "mac-request", "2000"], DukptKeyUsage.MacGeneration, TdesDukptKey.MacRequest),
        (["mac-verify", "mac-verification", "mac-response", "2001"], DukptKeyUsage.MacVerification, TdesDukptKey.MacResponse),
        (["mac-both", "2002"], DukptKeyUsage.MacBoth, null),
        (["data-encrypt", "data-encryption", "data-request", "3000"], DukptKeyUsage.DataEncryption, TdesDukptKey.DataRequest),
        (["data-decrypt", "data-decryption", "data-response", "3001"], DukptKeyUsage.DataDecryption, TdesDukptKey.DataResponse),
        (["data-both", "3002"], DukptKeyUsage.DataBoth, null),
        (["kek", "key-encryption", "0002"], DukptKeyUsage.KeyEncryption, null),
    ];

    private static readonly (string[] Names, DukptKeyType Type)[] Types =
    [
        (["aes128", "aes-128"], DukptKeyType.Aes128),
        (["aes192", "aes-192"], DukptKeyType.Aes192),
        (["aes256", "aes-256"], DukptKeyType.Aes256),
        (["tdes2", "2tdea", "tdes-2"], DukptKeyType.Tdes2),
        (["tdes3", "3tdea", "tdes-3"], DukptKeyType.Tdes3),
        (["hmac128", "hmac-128"], DukptKeyType.Hmac128),
        (["hmac192", "hmac-192"], DukptKeyType.Hmac192),
        (["hmac256", "hmac-256"], DukptKeyType.Hmac256),
    ];

    public override IReadOnlyList<string> Path => ["dukpt"];

    public override string Description =>
        "Derives DUKPT keys on the host side: AES (X9.24-3) for a 12-byte KSN, TDES (X9.24-1) for one of 8 to 10 bytes.";

    public override IReadOnlyList<ToolOption> Options { get; } =
    [
        new("operation", ToolValue.Text, "what to derive; derive (the default) gives the working key of a usage, list every working key, "
            + "transaction-key the key above them (AES: intermediate derivation key)") { Words = Operations },
        PaymentFields.Key("bdk", "base derivation key: 16, 24 or 32 bytes (AES), 16 bytes (TDES)"),
        PaymentFields.Key("ik", "initial key in place of bdk: 16, 24 or 32 bytes (AES), 16 bytes (TDES, IPEK)"),
        PaymentFields.Key("ipek", "the same as ik"),
        new("ksn", ToolValue.Hex, "key serial number: 12 bytes (AES) or 8 to 10 bytes (TDES, filled with FF on the left); "
            + "for AES initial-key and update-key also the 8-byte initial key id") { Required = true, Positional = true },
        new("algorithm", ToolValue.Text, "DUKPT algorithm; by default aes for a KSN of 12 bytes, else tdes") { Words = ["aes", "tdes"] },
        new("usage", ToolValue.Text, "purpose of the working key, as a name or as the key usage indicator of X9.24-3; default pin. TDES knows pin, "
            + "mac-request, mac-response, data-request, data-response and transaction (no variant)")
        {
            Words = [.. Usages.SelectMany(usage => usage.Names), "transaction"],
        },
        new("key-type", ToolValue.Text, "algorithm and length of the working key (AES DUKPT only); default AES of the length of the initial key")
        {
            Words = [.. Types.SelectMany(type => type.Names)],
        },
        new("allow-17-ones", ToolValue.Flag, "accept AES counters with seventeen ones, as some devices use them"),
    ];

    public override IReadOnlyDictionary<string, string> Answer { get; } = new Dictionary<string, string>
    {
        ["algorithm"] = "aes or tdes",
        ["ksn"] = "key serial number in full, hexadecimal",
        ["initialKeyId"] = "AES: left 8 bytes of the KSN; TDES: the KSN with the counter zero",
        ["counter"] = "transaction counter as a number",
        ["initialKey"] = "initial key (IK, IPEK), hexadecimal",
        ["transactionKey"] = "key that the working keys of this KSN hang from (AES: intermediate derivation key), hexadecimal",
        ["usage"] = "purpose of the working key",
        ["keyType"] = "algorithm and length of the working key",
        ["key"] = "the derived key, hexadecimal (for initial-key and transaction-key that key itself)",
        ["kcv"] = "check value of key: CMAC, 5 bytes (AES), or zeros enciphered, 3 bytes (TDES)",
        ["keys"] = "list only: every working key by usage",
    };

    public override JsonObject Run(ToolRequest request)
    {
        byte[] ksn = request.Hex("ksn");
        string operation = request.Word("operation", "derive");
        bool takesId = operation is "initial-key" or "update-key";
        bool looksAes = ksn.Length == KeySerialNumber.Length
            || (ksn.Length == KeySerialNumber.InitialKeyIdLength && takesId && !request.Has("ipek"));
        return request.Word("algorithm", looksAes ? "aes" : "tdes") == "aes" ? RunAes(request, operation, ksn) : RunTdes(request, operation, ksn);
    }

    private static JsonObject RunAes(ToolRequest request, string operation, byte[] ksn)
    {
        if ((operation is "initial-key" or "update-key") && ksn.Length == KeySerialNumber.InitialKeyIdLength)
        {
            ksn = [.. ksn, 0, 0, 0, 0];
        }

        if (!KeySerialNumber.TryRead(ksn, out KeySerialNumber serialNumber))
        {
            throw new ToolException("ksn", $"expected {KeySerialNumber.Length} bytes for AES DUKPT, got {ksn.Length}");
        }

        byte[] initialKey = AesInitialKey(request, serialNumber);
        JsonObject answer = new()
        {
            ["algorithm"] = "aes",
            ["ksn"] = serialNumber.ToString(),
            ["initialKeyId"] = serialNumber.InitialKeyId.ToString("X16", System.Globalization.CultureInfo.InvariantCulture),
            ["counter"] = serialNumber.Counter,
            ["initialKey"] = PaymentFields.Hex(initialKey),
        };
        switch (operation)
        {
            case "initial-key":
                return With(answer, initialKey, DukptKeyTypes.OfAesLength(initialKey.Length));
            case "update-key":
                byte[] update = new byte[initialKey.Length];
                AesDukpt.DeriveUpdateKey(initialKey, serialNumber.InitialKeyId, update);
                return With(answer, update, DukptKeyTypes.OfAesLength(update.Length));
        }

        int mostOnes = request.Flag("allow-17-ones") ? KeySerialNumber.MostOnes + 1 : KeySerialNumber.MostOnes;
        byte[] intermediate = new byte[initialKey.Length];
        Check(AesDukpt.DeriveIntermediateKey(initialKey, serialNumber, intermediate, mostOnes), mostOnes);
        answer["transactionKey"] = PaymentFields.Hex(intermediate);
        return operation switch
        {
            "transaction-key" => With(answer, intermediate, DukptKeyTypes.OfAesLength(intermediate.Length)),
            "list" => ListAes(answer, initialKey, serialNumber, mostOnes),
            _ => DeriveAes(request, answer, initialKey, serialNumber, mostOnes),
        };
    }

    private static byte[] AesInitialKey(ToolRequest request, KeySerialNumber serialNumber)
    {
        if (InitialKeyField(request) is { } field)
        {
            return request.Hex(field, 16, 24, 32);
        }

        byte[] baseKey = request.Hex("bdk", 16, 24, 32);
        byte[] initialKey = new byte[baseKey.Length];
        AesDukpt.DeriveInitialKey(baseKey, serialNumber.InitialKeyId, initialKey);
        return initialKey;
    }

    private static JsonObject DeriveAes(ToolRequest request, JsonObject answer, byte[] initialKey, KeySerialNumber serialNumber, int mostOnes)
    {
        string usageName = request.Word("usage", "pin");
        if (usageName == "transaction")
        {
            throw new ToolException("usage", "transaction belongs to TDES DUKPT; use the operation transaction-key");
        }

        DukptKeyUsage usage = Usages.First(usage => usage.Names.Contains(usageName)).Aes;
        DukptKeyType type = request.TextOrNull("key-type") is { } typeName
            ? Types.First(type => type.Names.Contains(typeName)).Type
            : DukptKeyTypes.OfAesLength(initialKey.Length);
        byte[] key = new byte[type.Length()];
        Check(
            PaymentFields.Guard("key-type", () => AesDukpt.DeriveWorkingKey(initialKey, serialNumber, usage, type, key, mostOnes)), mostOnes);
        answer["usage"] = NameOf(usage);
        return With(answer, key, type);
    }

    private static JsonObject ListAes(JsonObject answer, byte[] initialKey, KeySerialNumber serialNumber, int mostOnes)
    {
        JsonObject keys = [];
        foreach ((string[] names, DukptKeyUsage usage, _) in Usages)
        {
            byte[] key = new byte[initialKey.Length];
            AesDukpt.DeriveWorkingKey(initialKey, serialNumber, usage, DukptKeyTypes.OfAesLength(initialKey.Length), key, mostOnes);
            keys[names[0]] = PaymentFields.Hex(key);
        }

        answer["keys"] = keys;
        return answer;
    }

    private static JsonObject RunTdes(ToolRequest request, string operation, byte[] ksn)
    {
        if (!TdesKeySerialNumber.TryRead(ksn, out TdesKeySerialNumber serialNumber))
        {
            throw new ToolException("ksn", $"expected 12 bytes (AES) or 8 to 10 bytes (TDES), got {ksn.Length}");
        }

        byte[] initialKey = TdesInitialKey(request, serialNumber);
        JsonObject answer = new()
        {
            ["algorithm"] = "tdes",
            ["ksn"] = serialNumber.ToString(),
            ["initialKeyId"] = serialNumber.Initial.ToString(),
            ["counter"] = serialNumber.Counter,
            ["initialKey"] = PaymentFields.Hex(initialKey),
        };
        if (operation is "initial-key")
        {
            return With(answer, initialKey, DukptKeyType.Tdes2);
        }

        if (operation is "update-key")
        {
            throw new ToolException("operation", "TDES DUKPT has no update key");
        }

        string usageName = operation is "transaction-key" ? "transaction" : request.Word("usage", "pin");
        TdesDukptKey purpose = usageName == "transaction"
            ? TdesDukptKey.Transaction
            : Usages.First(usage => usage.Names.Contains(usageName)).Tdes
                ?? throw new ToolException("usage", "TDES DUKPT has no such key");
        if (request.TextOrNull("key-type") is { } type && type is not ("tdes2" or "2tdea" or "tdes-2"))
        {
            throw new ToolException("key-type", "TDES DUKPT derives double length TDES keys only");
        }

        byte[] transactionKey = TdesKey(initialKey, serialNumber, TdesDukptKey.Transaction);
        answer["transactionKey"] = PaymentFields.Hex(transactionKey);
        if (operation is not "list")
        {
            answer["usage"] = usageName;
            return With(answer, TdesKey(initialKey, serialNumber, purpose), DukptKeyType.Tdes2);
        }

        JsonObject keys = [];
        foreach ((string[] names, _, TdesDukptKey? one) in Usages.Where(usage => usage.Tdes is not null))
        {
            keys[names.FirstOrDefault(IsTdesName) ?? names[0]] = PaymentFields.Hex(TdesKey(initialKey, serialNumber, one!.Value));
        }

        answer["keys"] = keys;
        return answer;
    }

    private static byte[] TdesInitialKey(ToolRequest request, TdesKeySerialNumber serialNumber)
    {
        if (InitialKeyField(request) is { } field)
        {
            return request.Hex(field, 16);
        }

        byte[] initialKey = new byte[16];
        TdesDukpt.DeriveInitialKey(request.Hex("bdk", 16), serialNumber, initialKey);
        return initialKey;
    }

    private static byte[] TdesKey(byte[] initialKey, TdesKeySerialNumber serialNumber, TdesDukptKey purpose)
    {
        byte[] key = new byte[16];
        Check(TdesDukpt.DeriveWorkingKey(initialKey, serialNumber, purpose, key), TdesKeySerialNumber.MostOnes);
        return key;
    }

    private static string? InitialKeyField(ToolRequest request) => request.Has("ik") ? "ik" : request.Has("ipek") ? "ipek" : null;

    private static bool IsTdesName(string name) =>
        name.EndsWith("-request", StringComparison.Ordinal) || name.EndsWith("-response", StringComparison.Ordinal);

    private static string NameOf(DukptKeyUsage usage) => Usages.First(one => one.Aes == usage).Names[0];

    private static JsonObject With(JsonObject answer, byte[] key, DukptKeyType type)
    {
        answer["keyType"] = Types.First(one => one.Type == type).Names[0];
        answer["key"] = PaymentFields.Hex(key);
        if (!type.IsHmac())
        {
            answer["kcv"] = PaymentFields.Hex(KeyCheckValue.Compute(type.IsTdes() ? KeyCheckMethod.LegacyTdes : KeyCheckMethod.CmacAes, key));
        }

        return answer;
    }

    private static void Check(KeySerialNumberFault fault, int mostOnes)
    {
        switch (fault)
        {
            case KeySerialNumberFault.ZeroCounter:
                throw new ToolException("ksn", "the transaction counter is zero, which no transaction has");
            case KeySerialNumberFault.TooManyOnes:
                throw new ToolException("ksn", $"the transaction counter has more than {mostOnes} ones, which no device reaches");
        }
    }
}
