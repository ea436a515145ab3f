using System.Reflection;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;
using SoftPos.Emv.Authentication;

namespace SoftPos.Lab.Cards;

/// <summary>A key pair on P-256 or P-521, published with the project and worth nothing outside the lab.</summary>
internal sealed class LabEccKey
{
    public LabEccKey(byte[] privateKey)
    {
        PrivateKey = privateKey;
        byte[] point = new byte[2 * privateKey.Length];
        if (!EmvCurve.TryGetPublicKey(privateKey, point))
        {
            throw new InvalidOperationException("a lab key is no scalar of its curve");
        }

        // The x coordinate stands for the point with the smaller y.
        EmvCurve.TryFindPoint(point.AsSpan(0, privateKey.Length), point.AsSpan(privateKey.Length));
        Point = point;
    }

    public byte[] PrivateKey { get; }

    /// <summary>x ‖ y.</summary>
    public byte[] Point { get; }

    /// <summary>x coordinate.</summary>
    public ReadOnlySpan<byte> X => Point.AsSpan(0, PrivateKey.Length);

    /// <summary>Suite of signatures under this key.</summary>
    public byte Suite => PrivateKey.Length == EmvCurve.FieldLength ? (byte)0x10 : (byte)0x11;
}

/// <summary>CA, issuer and card keys of the lab's kernel 8 cards.</summary>
internal static class Kernel8Keys
{
    /// <summary>Application identifier of the lab's own brand, of the unregistered range (F0).</summary>
    public const string Aid = "F04C4142381010";

    /// <summary>Index of the CA key on P-256.</summary>
    public const byte CaKeyIndex = 0xE1;

    /// <summary>Index of the CA key on P-521.</summary>
    public const byte LongCaKeyIndex = 0xE2;

    private static readonly JsonNode Keys = Load();

    public static LabEccKey Ca { get; } = Key("ca");

    public static LabEccKey Issuer { get; } = Key("issuer");

    public static LabEccKey Card { get; } = Key("card");

    public static LabEccKey LongCa { get; } = Key("longCa");

    public static LabEccKey LongIssuer { get; } = Key("longIssuer");

    /// <summary>CA public keys for the reader configuration.</summary>
    public static IReadOnlyList<CaEccPublicKey> CaKeys { get; } = [Public(CaKeyIndex, Ca), Public(LongCaKeyIndex, LongCa)];

    private static CaEccPublicKey Public(byte index, LabEccKey key) =>
        new(Convert.FromHexString(Aid)[..5], index, key.Point, CaKeyEnvironment.Lab);

    private static LabEccKey Key(string name) => new(Convert.FromHexString(Keys[name]!.GetValue<string>()));

    private static JsonNode Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Lab.Cards.lab-ecc-keys.json")
            ?? throw new InvalidOperationException("lab-ecc-keys.json is not embedded");
        return JsonNode.Parse(stream)!;
    }
}
