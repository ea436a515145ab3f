using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Cryptography;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary>What an <c>emv oda</c> request recovered on the way, link by link.</summary>
internal static class EmvOdaAnswer
{
    public static void Add(JsonObject answer, OdaInput input, OdaResult result)
    {
        answer["caKey"] = null;
        answer["issuer"] = null;
        answer["icc"] = null;
        answer["staticData"] = Convert.ToHexString(input.StaticData.Span);
        answer["recovered"] = null;
        TlvMap card = input.Card;
        if (card[EmvTag.CaKeyIndex] is not { Length: 1 } index || input.Keys.Find(input.Rid.Span, index[0]) is not { } ca)
        {
            return;
        }

        answer["caKey"] = new JsonObject
        {
            ["rid"] = Convert.ToHexString(ca.Rid),
            ["index"] = ca.Index.ToString("X2", CultureInfo.InvariantCulture),
            ["bits"] = ca.Modulus.Length * 8,
            ["environment"] = ca.Environment.ToString().ToLowerInvariant(),
        };
        if (EmvCertificate.TryRecoverIssuerKey(
            ca,
            card[EmvTag.IssuerCertificate],
            card[EmvTag.IssuerKeyRemainder],
            card[EmvTag.IssuerKeyExponent],
            input.Pan,
            input.Date,
            input.Keys,
            out RsaPublicKey issuer) is not null)
        {
            return;
        }

        byte[] data = Recover(new RsaPublicKey(ca.Modulus, ca.Exponent), card[EmvTag.IssuerCertificate])!;
        answer["issuer"] = Certificate("identifier", Digits(data.AsSpan(2, 4)), data.AsSpan(6, 2), data.AsSpan(8, 3), issuer);
        if (result.Method is OdaMethod.Sda)
        {
            answer["recovered"] = Recover(issuer, card[EmvTag.SignedStaticData]) is { } signed ? Convert.ToHexString(signed) : null;
            return;
        }

        if (EmvCertificate.TryRecoverCardKey(
            issuer,
            card[EmvTag.IccCertificate],
            card[EmvTag.IccKeyRemainder],
            card[EmvTag.IccKeyExponent],
            input.StaticData,
            input.Pan,
            input.Date,
            out RsaPublicKey key) is not null)
        {
            return;
        }

        data = Recover(issuer, card[EmvTag.IccCertificate])!;
        answer["icc"] = Certificate("pan", SensitiveTags.MaskPan(Digits(data.AsSpan(2, 10))), data.AsSpan(12, 2), data.AsSpan(14, 3), key);
        answer["recovered"] = Recover(key, card[EmvTag.SignedDynamicData]) is { } dynamicData ? Convert.ToHexString(dynamicData) : null;
    }

    private static JsonObject Certificate(string name, string holder, ReadOnlySpan<byte> monthYear, ReadOnlySpan<byte> serial, RsaPublicKey key) => new()
    {
        [name] = holder,
        ["expires"] = Convert.ToHexString(monthYear),
        ["serial"] = Convert.ToHexString(serial),
        ["modulus"] = Convert.ToHexString(key.Modulus),
        ["exponent"] = Convert.ToHexString(key.Exponent),
    };

    private static byte[]? Recover(RsaPublicKey key, byte[]? signature)
    {
        byte[] data = new byte[key.Modulus.Length];
        return signature is not null && EmvRsa.TryRecover(key.Modulus, key.Exponent, signature, data) ? data : null;
    }

    private static string Digits(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).TrimEnd('F');
}
