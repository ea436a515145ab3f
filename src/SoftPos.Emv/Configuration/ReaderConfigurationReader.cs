using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>
/// Reads a reader configuration from its JSON document. The document is taken whole or not at all; each fault names document, path and
/// rule.
/// </summary>
public static class ReaderConfigurationReader
{
    /// <summary>Largest document; the largest sensible one has a few hundred kilobytes, an exception file included.</summary>
    public const int MaxDocument = 8 * 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = 16,
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads a document.</summary>
    /// <param name="json">The document, UTF-8.</param>
    /// <param name="document">Its name for faults.</param>
    /// <param name="configuration">The configuration, when there is no fault.</param>
    /// <param name="faults">Everything that is wrong.</param>
    /// <param name="moreKeys">Keys handed in beside the document, such as the lab's; must fit its environment.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json,
        string document,
        [NotNullWhen(true)] out ReaderConfiguration? configuration,
        out IReadOnlyList<ConfigurationFault> faults,
        IReadOnlyList<CaPublicKey>? moreKeys = null)
    {
        configuration = null;
        List<ConfigurationFault> found = [];
        faults = found;
        if (json.Length > MaxDocument)
        {
            found.Add(new ConfigurationFault(document, string.Empty, $"longer than {MaxDocument} bytes"));
            return false;
        }

        try
        {
            using JsonDocument parsed = JsonDocument.Parse(json, Options);
            ReaderConfiguration read = Read(new JsonFields(parsed.RootElement, string.Empty, document, found), moreKeys ?? []);
            configuration = found.Count == 0 ? read : null;
        }
        catch (JsonException fault)
        {
            found.Add(new ConfigurationFault(document, string.Empty, $"not JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine}"));
        }
        catch (InvalidOperationException fault) when (JsonFields.IsBrokenText(fault))
        {
            found.Add(new ConfigurationFault(document, string.Empty, "a text is not Unicode: bytes that are not UTF-8, or half of a surrogate pair"));
        }

        return configuration is not null;
    }

    internal static ReaderConfiguration Read(JsonFields root, IReadOnlyList<CaPublicKey> moreKeys)
    {
        ReaderEnvironment environment = root.Word<ReaderEnvironment>(
            "environment", true, ("lab", ReaderEnvironment.Lab), ("production", ReaderEnvironment.Production)) ?? ReaderEnvironment.Production;
        ReaderConfiguration configuration = new()
        {
            Version = root.Text("version", true) ?? string.Empty,
            Environment = environment,
            Terminal = root.Object("terminal", true) is { } terminal ? ReadTerminal(terminal) : new() { CountryCode = 0, CurrencyCode = 0 },
            Combinations = [.. root.Objects("combinations", ReaderConfiguration.MaxCombinations, true).Select(CombinationReader.Read)],
            CaKeys = ReadKeys(root, environment, moreKeys),
            ExceptionFile = ReadExceptions(root),
        };
        if (configuration.Combinations.Count == 0)
        {
            root.Fault("combinations", "at least one is needed");
        }

        root.End();
        return configuration;
    }

    private static TerminalProfile ReadTerminal(JsonFields fields)
    {
        TerminalProfile profile = new()
        {
            CountryCode = (int)(fields.Number("country", 1, 999, true) ?? 0),
            CurrencyCode = (int)(fields.Number("currency", 1, 999, true) ?? 0),
            CurrencyExponent = (int)(fields.Number("currencyExponent", 0, 3) ?? 2),
            TerminalType = fields.Hex("terminalType", 1, 1)?[0] ?? 0x21,
            Objects = fields.Tags("objects"),
        };
        fields.End();
        return profile;
    }

    private static CaKeySet ReadKeys(JsonFields root, ReaderEnvironment environment, IReadOnlyList<CaPublicKey> moreKeys)
    {
        List<CaPublicKey> keys = [.. moreKeys];
        if (root.Flag("publishedProductionKeys") is true)
        {
            keys.AddRange(PublishedCaKeys.Production);
        }

        if (root.Flag("publishedTestKeys") is true)
        {
            keys.AddRange(PublishedCaKeys.Test);
        }

        keys.AddRange(root.Objects("caKeys", ReaderConfiguration.MaxCaKeys).Select(ReadKey).OfType<CaPublicKey>());
        foreach (CaPublicKey key in keys)
        {
            bool live = key.Environment is CaKeyEnvironment.Production;
            if (live != environment is ReaderEnvironment.Production)
            {
                root.Fault("caKeys", $"key {key} is a {(live ? "live" : "test")} key; lab and production never mix");
            }
        }

        if (keys.GroupBy(key => (Convert.ToHexString(key.Rid), key.Index)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            root.Fault("caKeys", $"key {twice.Key.Item1} {twice.Key.Index:X2} is there twice");
        }

        List<CertificateRevocation> revocations = [];
        foreach (JsonFields fields in root.Objects("revocations", ReaderConfiguration.MaxRevocations))
        {
            (byte[]? rid, byte[]? index, byte[]? serial) = (fields.Hex("rid", 5, 5, true), fields.Hex("index", 1, 1, true), fields.Hex("serial", 3, 3, true));
            fields.End();
            if (rid is not null && index is not null && serial is not null)
            {
                revocations.Add(new CertificateRevocation(rid, index[0], serial));
            }
        }

        return new CaKeySet(keys, revocations) { EccKeys = EccKeyDocument.Read(root, environment) };
    }

    private static CaPublicKey? ReadKey(JsonFields fields)
    {
        byte[]? rid = fields.Hex("rid", 5, 5, true);
        byte[]? index = fields.Hex("index", 1, 1, true);
        byte[]? modulus = fields.Hex("modulus", 64, CaPublicKey.LongestModulus, true);
        byte[]? exponent = fields.Hex("exponent", 1, 3, true);
        byte[]? checksum = fields.Hex("checksum", 20, 20, true);
        DateOnly? expires = fields.Date("expires");
        CaKeyEnvironment? environment = fields.Word<CaKeyEnvironment>(
            "environment", true, ("production", CaKeyEnvironment.Production), ("test", CaKeyEnvironment.Test), ("lab", CaKeyEnvironment.Lab));
        fields.End();
        if (rid is null || index is null || modulus is null || exponent is null || checksum is null || environment is null)
        {
            return null;
        }

        if (modulus[0] == 0 || (modulus[^1] & 1) == 0)
        {
            fields.Fault("modulus", "expected an odd number without leading zero bytes");
            return null;
        }

        if (Convert.ToHexString(exponent) is not ("03" or "010001"))
        {
            fields.Fault("exponent", "expected 03 or 010001");
            return null;
        }

        CaPublicKey key = new(rid, index[0], modulus, exponent, environment.Value, expires);
        if (!key.Checksum().AsSpan().SequenceEqual(checksum))
        {
            fields.Fault("checksum", "is not the SHA-1 of RID, index, modulus and exponent");
            return null;
        }

        return key;
    }

    private static HashSet<string> ReadExceptions(JsonFields root)
    {
        HashSet<string> numbers = new(StringComparer.Ordinal);
        foreach ((JsonElement element, string path) in root.Elements("exceptionFile", ReaderConfiguration.MaxExceptions))
        {
            if (element.ValueKind is JsonValueKind.String && element.GetString() is { Length: >= 8 and <= 19 } digits && digits.All(char.IsAsciiDigit))
            {
                numbers.Add(digits);
            }
            else
            {
                // The entry itself is not shown: it may be a card number with a typing fault.
                root.Fault(path, "expected 8 to 19 digits");
            }
        }

        return numbers;
    }
}
