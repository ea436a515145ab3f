using System.Security.Cryptography;
using System.Text.Json;

namespace SoftPos.Cryptography.Published;

/// <summary>Wycheproof: AES-CMAC, and the ECDH keys that remote key injection must take or refuse.</summary>
public class WycheproofTests
{
    [Fact]
    public void Every_cmac_is_judged_right()
    {
        int valid = 0;
        int invalid = 0;
        foreach ((JsonElement group, JsonElement test) in Tests("aes_cmac_test.json"))
        {
            byte[] key = Hex(test, "key");
            byte[] tag = Hex(test, "tag");
            if (test.GetProperty("result").GetString() == "valid")
            {
                byte[] mac = new byte[group.GetProperty("tagSize").GetInt32() / 8];
                Cmac.ComputeAes(key, Hex(test, "msg"), mac);
                Assert.Equal(tag, mac);
                Assert.True(Cmac.VerifyAes(key, Hex(test, "msg"), tag));
                valid++;
            }
            else if (key.Length is 16 or 24 or 32)
            {
                Assert.False(Cmac.VerifyAes(key, Hex(test, "msg"), tag));
                invalid++;
            }
            else
            {
                Assert.Throws<ArgumentException>(() => Cmac.ComputeAes(key, Hex(test, "msg"), new byte[16]));
                invalid++;
            }
        }

        Assert.True(valid > 60 && invalid > 200, $"only {valid} valid and {invalid} invalid cases were found");
    }

    [Fact]
    public void Every_public_key_is_taken_or_refused_rightly()
    {
        int agreed = 0;
        int refused = 0;
        foreach ((_, JsonElement test) in Tests("ecdh_secp256r1_test.json"))
        {
            string result = test.GetProperty("result").GetString()!;
            using ECDiffieHellman? peer = DeviceKeyWrap.Import(Hex(test, "public"));
            if (peer is null)
            {
                // Compressed points and odd encodings may be refused; valid keys never.
                Assert.NotEqual("valid", result);
                refused++;
                continue;
            }

            Assert.NotEqual("invalid", result);
            byte[] scalar = Hex(test, "private").SkipWhile(part => part == 0).ToArray();
            using ECDiffieHellman own = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                D = [.. new byte[32 - scalar.Length], .. scalar],
            });
            Assert.Equal(Hex(test, "shared"), own.DeriveRawSecretAgreement(peer.PublicKey));
            agreed++;
        }

        Assert.True(agreed > 300 && refused > 30, $"only {agreed} agreements and {refused} refusals were seen");
    }

    private static IEnumerable<(JsonElement Group, JsonElement Test)> Tests(string file)
    {
        JsonElement root = new PublishedValues("emv", "wycheproof", file).Root;
        return root.GetProperty("testGroups").EnumerateArray()
            .SelectMany(group => group.GetProperty("tests").EnumerateArray().Select(test => (group, test)));
    }

    private static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);
}
