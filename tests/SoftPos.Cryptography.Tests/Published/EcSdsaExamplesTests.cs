using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography.Published;

/// <summary>Signatures that EMV Book E prints in its certificate examples (3.2, 3.3 on P-256; 4.2, 4.3 on P-521).</summary>
public class EcSdsaExamplesTests
{
    private const string CardCertificate = "140000202912312359987654321000010260D3FB0E45A5E64834880571152BE93E241D216D407F6F000C263B1CC87517AF43"
        + "CA1837F6B4321CA70262902037EFCE790DC583828AEA628FFAAEFC08618658";

    public static TheoryData<string, string, string> Examples => new()
    {
        {
            "DD5015968F6E10BE471523C58716FC0A36A40B309E62039DF6ED9FC62C6EA5F8",
            CardCertificate,
            "035824B9DD96765B97A0CC52C1B668B075ED86BE31DA1159C6F9128863B75A80BD863084A1C965C681AE72DF3B58A9CA8AEC8463DEF0A7FA35C0EE83A5269F65"
        },
        {
            "018B05B1953B24AC49B340C24D6DD42CCFFDD795F6879C4B28475375CEEA2440D6180E7733BA7423B9CF9A61AAA6A3480B882BA6F9497F09613451877120383FF2BC",
            "120054133390FF1120301231123456A000000004E1009C0AE6DC43AC03AA8285C9C67962B0B426587EB50DB41F7A5DD37BBB7E95831C8742384A1C880A561CE775946D"
                + "473E4CD12FC03E4345ED93A515C6FAF722FA13E7",
            "DCB625B0FC3F87241D38565B4CAE9B1B9D00A70B71EAF6F54ACDE94EEFE49C514724FAF5F7A4A25606F0CE7C89DC6EE4403D841EF7155B87363E8CE39EB7FEAC"
                + "0158D88C6B23D71E7C5B8D4E9009BAADD96A0ECDA0C1305774F7CD65FE0A907711258DF9F13A9D70AE0DE200103F6FF9D80067E672A683F8E49602F8E94C6615B2EB"
        },
        {
            "00D069CF714C812DE247A3546AEA2A8098D707031FCB2EB93629255305FA6C6FFB8944E7FCF8C0D5C1115F5801797E49D61A562BCA08ACB61B1F756A3A3D9AF33635",
            CardCertificate,
            "AEE9050995E9DA36D574942FC1F0F6C1ABC085904CB124B668788681E4BC84B6FCB7F7DA9A01561C7F7F2318A1E03A52E76F729755D2F9279EEE1185DE31401C"
                + "003857A1143939AC53F1BD478A71317541A87865FC76C09D8F8E0C00ECE27AE0F467301325D807B3B2F604AB2562EFA1CF1E614B554FFF07969A227ADD22539AA80D"
        },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_printed_signature_verifies_and_no_changed_bit_of_it_does(string privateKey, string message, string signature)
    {
        byte[] key = PublicKeyOf(Convert.FromHexString(privateKey));
        byte[] text = Convert.FromHexString(message);
        byte[] good = Convert.FromHexString(signature);
        Assert.True(EcSdsa.Verify(key, text, good));
        for (int i = 0; i < good.Length; i += 5)
        {
            byte[] changed = [.. good];
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.False(EcSdsa.Verify(key, text, changed), $"byte {i}");
        }

        text[7] ^= 1;
        Assert.False(EcSdsa.Verify(key, text, good));
    }

    [Fact]
    public void Zero_the_order_and_wrong_lengths_are_no_signatures_on_p521()
    {
        byte[] key = PublicKeyOf(Convert.FromHexString(Examples.Last().Data.Item1));
        byte[] order = Convert.FromHexString(
            "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409");
        Assert.False(EcSdsa.Verify(key, "text"u8, new byte[EcSdsa.LongSignatureLength]));
        Assert.False(EcSdsa.Verify(key, "text"u8, [.. Enumerable.Repeat((byte)1, 64), .. order]));
        Assert.False(EcSdsa.Verify(key, "text"u8, new byte[EcSdsa.SignatureLength]));
        Assert.False(EmvCurve.TryFindPoint(Enumerable.Repeat((byte)0xFF, EmvCurve.LongFieldLength).ToArray(), new byte[EmvCurve.LongFieldLength]));
    }

    /// <summary>x coordinate of the key, on the curve that its length names; a private key whose point has the greater y is the same key to Book E.</summary>
    private static byte[] PublicKeyOf(byte[] privateKey)
    {
        ECCurve curve = privateKey.Length == EmvCurve.LongFieldLength ? ECCurve.NamedCurves.nistP521 : ECCurve.NamedCurves.nistP256;
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = curve, D = privateKey });
        ECPoint point = key.ExportParameters(false).Q;
        byte[] smaller = new byte[point.Y!.Length];
        Assert.True(EmvCurve.TryFindPoint(point.X, smaller));
        Assert.True(Number(smaller) <= Number(point.Y), "y is the smaller of the two");
        return point.X!;
    }

    private static BigInteger Number(byte[] bytes) =>
        BigInteger.Parse("0" + Convert.ToHexString(bytes), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
