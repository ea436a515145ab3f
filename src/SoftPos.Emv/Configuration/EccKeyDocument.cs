using System.Globalization;
using System.Text.Json;
using SoftPos.Cryptography;
using SoftPos.Emv.Authentication;

namespace SoftPos.Emv.Configuration;

/// <summary>CA keys on elliptic curves in a configuration document: rid, index, publicKey (x and y), environment, expires.</summary>
internal static class EccKeyDocument
{
    private const string Name = "eccCaKeys";

    private static readonly (string Word, CaKeyEnvironment Environment)[] Environments =
        [("production", CaKeyEnvironment.Production), ("test", CaKeyEnvironment.Test), ("lab", CaKeyEnvironment.Lab)];

    public static IReadOnlyList<CaEccPublicKey> Read(JsonFields root, ReaderEnvironment environment)
    {
        List<CaEccPublicKey> keys = [.. root.Objects(Name, ReaderConfiguration.MaxCaKeys).Select(ReadKey).OfType<CaEccPublicKey>()];
        foreach (CaEccPublicKey key in keys)
        {
            bool live = key.Environment is CaKeyEnvironment.Production;
            if (live != environment is ReaderEnvironment.Production)
            {
                root.Fault(Name, $"key {key} is a {(live ? "live" : "test")} key; lab and production never mix");
            }
        }

        if (keys.GroupBy(key => (Convert.ToHexString(key.Rid), key.Index)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            root.Fault(Name, $"key {twice.Key.Item1} {twice.Key.Index:X2} is there twice");
        }

        return keys;
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<CaEccPublicKey> keys)
    {
        json.WriteStartArray(Name);
        foreach (CaEccPublicKey key in keys)
        {
            json.WriteStartObject();
            ReaderConfigurationWriter.Hex(json, "rid", key.Rid);
            ReaderConfigurationWriter.Hex(json, "index", [key.Index]);
            ReaderConfigurationWriter.Hex(json, "publicKey", key.Point);
            json.WriteString("environment", Environments.First(pair => pair.Environment == key.Environment).Word);
            if (key.Expires is { } expires)
            {
                json.WriteString("expires", expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static CaEccPublicKey? ReadKey(JsonFields fields)
    {
        byte[]? rid = fields.Hex("rid", 5, 5, true);
        byte[]? index = fields.Hex("index", 1, 1, true);
        byte[]? point = fields.Hex("publicKey", 2 * EmvCurve.FieldLength, 2 * EmvCurve.LongFieldLength, true);
        DateOnly? expires = fields.Date("expires");
        CaKeyEnvironment? environment = fields.Word<CaKeyEnvironment>("environment", true, Environments);
        fields.End();
        if (rid is null || index is null || point is null || environment is null)
        {
            return null;
        }

        if (!EmvCurve.IsPoint(point))
        {
            fields.Fault("publicKey", "expected x and y of a point on P-256 (64 bytes) or P-521 (132 bytes)");
            return null;
        }

        return new CaEccPublicKey(rid, index[0], point, environment.Value, expires);
    }
}
