using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Play;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests.Published;

/// <summary>One flipped bit in genuine evidence of real phones, real Apple keys, tokens and signed messages: always refused.</summary>
public class FlippedBits
{
    /// <summary>Bits sampled in the signed part of one certificate, besides every byte of extension values and of the signature.</summary>
    private const int Sampled = 120;

    [Theory]
    [InlineData("akita/sdk34/SB_RSA_NONE", "2024-09-27")]
    [InlineData("akita/sdk34/TEE_EC_NONE", "2024-09-27")]
    [InlineData("tegu/sdk36/SB_EC_2026_ROOT", "2026-02-25")]
    [InlineData("tegu/sdk37/TEE_TRUSTED_CONF", "2026-07-02")]
    public void No_flipped_bit_of_a_real_chain_survives(string name, string day)
    {
        string path = Vectors.PathOf("attestation", "android-keyattestation", "testdata", name + ".pem");
        Assert.True(CertificateText.TryRead(File.ReadAllText(path), out IReadOnlyList<ReadOnlyMemory<byte>> read, out _));
        List<byte[]> chain = [.. read.Select(certificate => certificate.ToArray())];
        DateTimeOffset time = DateTimeOffset.Parse(day + "T12:00:00Z", null);
        AndroidAttestationVerifier verifier = new(new VerifiedIssuers());
        Assert.Empty(Verify(verifier, chain, time).Problems);
        ulong seed = 11;
        for (int index = 0; index < chain.Count; index++)
        {
            byte[] bytes = chain[index];
            foreach (int bit in Interesting(bytes, seed++))
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(Verify(verifier, chain, time).Problems.Count > 0, $"certificate {index}, bit {bit}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.Empty(Verify(verifier, chain, time).Problems);
    }

    [Fact]
    public void No_flipped_bit_of_an_app_attestation_survives()
    {
        JsonElement one = Apple("attestation");
        byte[] attestation = one.GetProperty("attestationBase64").GetBytesFromBase64();
        AppAttestation genuine = VerifyApple(one, attestation);
        Assert.Empty(genuine.Problems);
        int receipt = attestation.AsSpan().IndexOf(genuine.Receipt!.Value.Span);
        (int Start, int End) outside = (receipt, receipt + genuine.Receipt.Value.Length);
        for (int at = 0; at < attestation.Length; at++)
        {
            // The receipt has a signature of its own, which is checked where the receipt is: here it only has to be another one.
            bool inReceipt = at >= outside.Start - 16 && at < outside.End;
            if (inReceipt && at % 16 != 0)
            {
                continue;
            }

            attestation[at] ^= (byte)(1 << (at % 8));
            AppAttestation changed = VerifyApple(one, attestation);
            bool receiptChanged = !changed.Receipt.HasValue || !changed.Receipt.Value.Span.SequenceEqual(genuine.Receipt.Value.Span);
            Assert.True(changed.Problems.Count > 0 || (inReceipt && receiptChanged), $"offset {at}");
            attestation[at] ^= (byte)(1 << (at % 8));
        }
    }

    [Fact]
    public void No_flipped_bit_of_a_receipts_content_certificates_or_signature_survives()
    {
        JsonElement one = Apple("receipt");
        byte[] receipt = one.GetProperty("receiptBase64").GetBytesFromBase64();
        SignedData parsed = SignedData.Read(receipt)!;
        Assert.Empty(VerifyReceipt(one, receipt).Problems);

        // A root that came along is not needed: the anchor's own key decides.
        List<(int Start, int Length)> regions = [.. parsed.Chain.Where(certificate => !certificate.Issuer.Matches(certificate.Subject))
            .Select(certificate => Place(receipt, certificate.Encoded.Span))];
        Assert.Equal(2, regions.Count);
        regions.Add(LastSignature(receipt));
        foreach ((int start, int length) in regions)
        {
            for (int bit = start * 8; bit < (start + length) * 8; bit += 11)
            {
                receipt[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(VerifyReceipt(one, receipt).Problems.Count > 0, $"bit {bit}");
                receipt[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        // Apple splits the content into segments, so its bytes are found as the text that they are.
        (int at, int count) = Place(receipt, Encoding.ASCII.GetBytes(one.GetProperty("properties").GetProperty("token").GetString()![..32]));
        for (int bit = at * 8; bit < (at + count) * 8; bit++)
        {
            receipt[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEmpty(VerifyReceipt(one, receipt).Problems);
            receipt[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void No_flipped_bit_of_a_play_token_survives_in_any_character()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        JsonElement root = JsonDocument.Parse(File.ReadAllText(
            Vectors.PathOf("attestation", "synthetic", "public", "play-integrity.json"))).RootElement;
        string token = root.GetProperty("cases").EnumerateArray().First(item => item.GetProperty("expect").GetString() == "ACCEPT")
            .GetProperty("token").GetString()!;
        Assert.True(PlayTokenKeys.TryCreate(root.GetProperty("decryptionKey_b64").GetBytesFromBase64(),
            root.GetProperty("verificationKey_spki_b64").GetBytesFromBase64(), out PlayTokenKeys? keys));
        using (keys)
        {
            Assert.True(PlayToken.TryOpen(token, keys!, out _, out _));
            char[] changed = token.ToCharArray();
            for (int at = 0; at < token.Length; at++)
            {
                for (int bit = 0; token[at] != '.' && bit < 6; bit++)
                {
                    changed[at] = Alphabet[Alphabet.IndexOf(token[at], StringComparison.Ordinal) ^ (1 << bit)];
                    Assert.False(PlayToken.TryOpen(new string(changed), keys!, out _, out _), $"character {at}, bit {bit}");
                }

                changed[at] = token[at];
            }
        }
    }

    [Fact]
    [Requirement("CHN-04", Partly = true)]
    [Requirement("ATT-18")]
    public void No_flipped_bit_of_a_signed_evidence_survives()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Guid terminal = new("0193a5b0-0000-7000-8000-000000000001");
        byte[] message = Heartbeats.Sign(key, Heartbeats.Claims(terminal, 1, new byte[32], new byte[16]));
        Assert.Null(EvidenceVerifier.Verify(message, key, terminal).Problem);
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(EvidenceVerifier.Verify(message, key, terminal).Problem);
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>Every signature byte and every extension byte once, a seeded sample of everything else.</summary>
    private static IEnumerable<int> Interesting(byte[] bytes, ulong seed)
    {
        Assert.True(AttestationCertificate.TryParse(bytes.ToArray(), out AttestationCertificate? certificate, out _));
        int signature = bytes.Length - certificate!.Signature.Length;
        SortedSet<int> bits = [.. Enumerable.Range(signature, certificate.Signature.Length).Select(at => (at * 8) + (at % 8))];
        foreach (CertificateExtension extension in certificate.Extensions)
        {
            bits.UnionWith(Enumerable.Range(extension.Offset, extension.Value.Length).Select(at => (at * 8) + ((at + 3) % 8)));
        }

        bits.UnionWith(Mutation.Numbers(seed, bytes.Length * 8).Take(Sampled));
        return [.. bits];
    }

    private static AndroidAttestation Verify(AndroidAttestationVerifier verifier, List<byte[]> chain, DateTimeOffset time) =>
        verifier.Verify(new AndroidEvidence { Chain = [.. chain.Select(certificate => (ReadOnlyMemory<byte>)certificate)], Time = time });

    private static JsonElement Apple(string type) =>
        JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("attestation", "devicecheck-appattest", "ios-14.4.json"))).RootElement
            .EnumerateArray().First(item => item.GetProperty("type").GetString() == type);

    private static string AppId(JsonElement one) =>
        $"{one.GetProperty("teamIdentifier").GetString()}.{one.GetProperty("bundleIdentifier").GetString()}";

    private static AppAttestation VerifyApple(JsonElement one, byte[] attestation) => AppAttestationVerifier.Verify(new AppAttestationEvidence
    {
        Attestation = attestation.ToArray(),
        ClientDataHash = SHA256.HashData(one.GetProperty("clientDataBase64").GetBytesFromBase64()),
        KeyId = one.GetProperty("keyIdBase64").GetBytesFromBase64(),
        AppId = AppId(one),
        Time = one.GetProperty("timestamp").GetDateTimeOffset(),
    });

    private static AppReceipt VerifyReceipt(JsonElement one, byte[] receipt)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(one.GetProperty("publicKey").GetString());
        return AppReceipt.Verify(receipt, AppId(one), key.ExportSubjectPublicKeyInfo(), TrustAnchors.AppAttestReceipt,
            one.GetProperty("timestamp").GetDateTimeOffset());
    }

    private static (int Start, int Length) Place(byte[] whole, ReadOnlySpan<byte> part)
    {
        int at = whole.AsSpan().IndexOf(part);
        Assert.True(at > 0);
        return (at, part.Length);
    }

    /// <summary>The signer's ECDSA value is the last SEQUENCE of two integers in the receipt.</summary>
    private static (int Start, int Length) LastSignature(byte[] receipt)
    {
        for (int at = receipt.Length - 64; at > 0; at--)
        {
            if (receipt[at] == 0x30 && receipt[at + 1] is >= 0x44 and <= 0x48 && receipt[at + 2] == 2
                && at + 2 + receipt[at + 1] <= receipt.Length
                && IssuerKey.IsCanonical(receipt.AsSpan(at, 2 + receipt[at + 1]), 32))
            {
                return (at, 2 + receipt[at + 1]);
            }
        }

        throw new InvalidOperationException("no signature in the receipt");
    }
}
