using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Play;

namespace SoftPos.Attestation.Tests.Published;

/// <summary>Project Wycheproof's cases through the primitives as this library calls them, with its own stricter forms.</summary>
public class WycheproofVectors
{
    [Fact]
    public void Ecdsa_P256_signatures_of_certificates_are_judged_as_published()
    {
        int valid = 0, invalid = 0;
        foreach ((JsonElement group, JsonElement one) in Cases("ecdsa_secp256r1_sha256_test.json"))
        {
            Assert.True(PublicKeyInfo.TryParse(Hex(group, "publicKeyDer"), out PublicKeyInfo? info, out _));
            using IssuerKey key = IssuerKey.From(info!);
            bool verified = key.Verify(SignatureScheme.EcdsaSha256, Hex(one, "msg"), Hex(one, "sig")) is SignatureOutcome.Valid;
            Check(one, verified);
            _ = verified ? valid++ : invalid++;
        }

        Assert.True(valid > 100 && invalid > 100, $"{valid} valid, {invalid} invalid");
    }

    [Fact]
    [Requirement("CRY-04", Partly = true)]
    public void Key_wrapping_of_tokens_opens_published_wraps_of_its_one_size_and_nothing_else()
    {
        int opened = 0, refused = 0;
        foreach ((_, JsonElement one) in Cases("aes_wrap_test.json"))
        {
            byte[] key = Hex(one, "key"), message = Hex(one, "msg"), unwrapped = new byte[AesKeyWrap.ContentKeyLength];
            bool ours = key.Length == 32 && message.Length == AesKeyWrap.ContentKeyLength;
            bool done = key.Length == 32 && AesKeyWrap.TryUnwrap(key, Hex(one, "ct"), unwrapped);
            Assert.True(done == (ours && one.GetProperty("result").GetString() == "valid"), Name(one));
            Assert.True(!done || unwrapped.SequenceEqual(message), Name(one));
            _ = done ? opened++ : refused++;
        }

        Assert.True(opened >= 3 && refused > 30, $"{opened} opened, {refused} refused");
    }

    [Fact]
    [Requirement("CHN-04", Partly = true)]
    public void Content_encryption_of_tokens_opens_published_texts_of_its_one_form_and_nothing_else()
    {
        int opened = 0, refused = 0;
        foreach ((_, JsonElement one) in Cases("aes_gcm_test.json"))
        {
            byte[] key = Hex(one, "key"), nonce = Hex(one, "iv"), tag = Hex(one, "tag");
            bool ours = key.Length == 32 && nonce.Length == 12 && tag.Length == 16;
            byte[]? plain = PlayToken.DecryptContent(key, nonce, Hex(one, "ct"), tag, Hex(one, "aad"));
            Assert.True(plain is not null == (ours && one.GetProperty("result").GetString() == "valid"), Name(one));
            Assert.True(plain is null || plain.SequenceEqual(Hex(one, "msg")), Name(one));
            _ = plain is null ? refused++ : opened++;
        }

        Assert.True(opened > 30 && refused > 30, $"{opened} opened, {refused} refused");
    }

    [Fact]
    public void Signed_tokens_are_verified_by_ES256_only()
    {
        int valid = 0, invalid = 0;
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach ((JsonElement group, JsonElement one) in Cases("json_web_signature_test.json"))
        {
            JsonElement jwk = group.TryGetProperty("public", out JsonElement open) ? open : group.GetProperty("private");
            bool ours = jwk.GetProperty("kty").GetString() == "EC" && jwk.GetProperty("crv").GetString() == "P-256";
            using ECDsa? own = ours ? KeyOf(jwk) : null;
            bool verified = PlayToken.TryVerify(one.GetProperty("jws").GetString()!, own ?? other, out _);
            Assert.True(ours || !verified, Name(one));

            // What a key is meant for is not in the token; the app's console gives us one key for one use.
            if (ours && jwk.TryGetProperty("alg", out _))
            {
                Check(one, verified);
            }

            _ = verified ? valid++ : invalid++;
        }

        Assert.True(valid >= 2 && invalid > 300, $"{valid} valid, {invalid} invalid");
    }

    /// <summary>No published P-384 and RSA cases are at hand, so the schemes are crossed with one another: each verifies its own only.</summary>
    [Fact]
    public void A_signature_verifies_under_its_own_scheme_and_key_only()
    {
        using ECDsa p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256), p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048), small = RSA.Create(1024);
        byte[] message = Encoding.ASCII.GetBytes("to be signed");
        (SignatureScheme Scheme, byte[] Spki, byte[] Signature)[] genuine =
        [
            (SignatureScheme.EcdsaSha256, p256.ExportSubjectPublicKeyInfo(), Ecdsa(p256, HashAlgorithmName.SHA256)),
            (SignatureScheme.EcdsaSha384, p256.ExportSubjectPublicKeyInfo(), Ecdsa(p256, HashAlgorithmName.SHA384)),
            (SignatureScheme.EcdsaSha256, p384.ExportSubjectPublicKeyInfo(), Ecdsa(p384, HashAlgorithmName.SHA256)),
            (SignatureScheme.EcdsaSha384, p384.ExportSubjectPublicKeyInfo(), Ecdsa(p384, HashAlgorithmName.SHA384)),
            (SignatureScheme.EcdsaSha512, p384.ExportSubjectPublicKeyInfo(), Ecdsa(p384, HashAlgorithmName.SHA512)),
            (SignatureScheme.RsaSha256, rsa.ExportSubjectPublicKeyInfo(), Rsa(rsa, HashAlgorithmName.SHA256)),
            (SignatureScheme.RsaSha384, rsa.ExportSubjectPublicKeyInfo(), Rsa(rsa, HashAlgorithmName.SHA384)),
            (SignatureScheme.RsaSha512, rsa.ExportSubjectPublicKeyInfo(), Rsa(rsa, HashAlgorithmName.SHA512)),
        ];
        foreach ((_, byte[] spki, _) in genuine)
        {
            Assert.True(PublicKeyInfo.TryParse(spki, out PublicKeyInfo? info, out _));
            using IssuerKey key = IssuerKey.From(info!);
            foreach ((SignatureScheme scheme, byte[] signer, byte[] signature) in genuine)
            {
                foreach (SignatureScheme claimed in genuine.Select(item => item.Scheme).Distinct())
                {
                    bool expected = claimed == scheme && signer.SequenceEqual(spki);
                    Assert.Equal(expected, key.Verify(claimed, message, signature) is SignatureOutcome.Valid);
                }
            }
        }

        Assert.True(PublicKeyInfo.TryParse(small.ExportSubjectPublicKeyInfo(), out PublicKeyInfo? weak, out _));
        using IssuerKey weakKey = IssuerKey.From(weak!);
        Assert.Equal(SignatureOutcome.Invalid, weakKey.Verify(SignatureScheme.RsaSha256, message, Rsa(small, HashAlgorithmName.SHA256)));

        byte[] Ecdsa(ECDsa key, HashAlgorithmName hash) => key.SignData(message, hash, DSASignatureFormat.Rfc3279DerSequence);
        byte[] Rsa(RSA key, HashAlgorithmName hash) => key.SignData(message, hash, RSASignaturePadding.Pkcs1);
    }

    /// <summary>A case that is called acceptable may go either way.</summary>
    private static void Check(JsonElement one, bool verified)
    {
        string expected = one.GetProperty("result").GetString()!;
        Assert.True(expected == "acceptable" || verified == (expected == "valid"), $"{Name(one)}: {expected}, verified {verified}");
    }

    private static string Name(JsonElement one) => $"case {one.GetProperty("tcId").GetInt32()} {one.GetProperty("comment").GetString()}";

    private static ECDsa KeyOf(JsonElement jwk) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint
        {
            X = System.Buffers.Text.Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()),
            Y = System.Buffers.Text.Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()),
        },
    });

    private static byte[] Hex(JsonElement one, string name) => Convert.FromHexString(one.GetProperty(name).GetString()!);

    private static IEnumerable<(JsonElement Group, JsonElement Case)> Cases(string file)
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("attestation", "wycheproof", file))).RootElement;
        return root.GetProperty("testGroups").EnumerateArray().SelectMany(group =>
            group.GetProperty("tests").EnumerateArray().Select(one => (group, one)));
    }
}
