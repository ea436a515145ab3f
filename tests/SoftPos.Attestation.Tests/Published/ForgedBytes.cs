using System.Text;
using System.Text.Json;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Play;

namespace SoftPos.Attestation.Tests.Published;

/// <summary>Single flipped bits and seeded mutations of genuine evidence: refused, never an undeclared exception.</summary>
public class ForgedBytes
{
    [Fact]
    [Requirement("ATT-07")]
    public void No_flipped_bit_of_any_certificate_of_a_chain_survives()
    {
        (List<byte[]> chain, TrustAnchors anchors, byte[] challenge, DateTimeOffset time) = Genuine();
        AndroidAttestationVerifier verifier = new(new VerifiedIssuers());
        Assert.Empty(Verify(verifier, chain, anchors, challenge, time).Problems);
        for (int certificate = 0; certificate < chain.Count; certificate++)
        {
            byte[] bytes = chain[certificate];
            for (int bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(Verify(verifier, chain, anchors, challenge, time).Problems.Count > 0, $"certificate {certificate}, bit {bit}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Mutated_certificates_give_a_verdict_or_a_fault()
    {
        (List<byte[]> chain, TrustAnchors anchors, byte[] challenge, DateTimeOffset time) = Genuine();
        AndroidAttestationVerifier verifier = new(new VerifiedIssuers());
        byte[] leaf = chain[0];
        foreach (byte[] mutated in Mutation.Of(leaf, 1, 3000))
        {
            chain[0] = mutated;
            AndroidAttestation attestation = Verify(verifier, chain, anchors, challenge, time);
            Assert.True(attestation.Problems.Count > 0 || mutated.SequenceEqual(leaf));
        }
    }

    [Fact]
    public void Mutated_key_descriptions_parse_or_give_a_fault_inside_them()
    {
        (List<byte[]> chain, _, _, _) = Genuine();
        Assert.True(AttestationCertificate.TryParse(chain[0], out AttestationCertificate? leaf, out _));
        byte[] description = leaf!.Extensions[^1].Value.ToArray();
        Assert.True(AndroidKeyDescription.TryParse(description, out _, out _));
        foreach (byte[] mutated in Mutation.Of(description, 2, 20_000))
        {
            bool parsed = AndroidKeyDescription.TryParse(mutated, out AndroidKeyDescription? read, out FormatFault? fault);
            Assert.Equal(parsed, read is not null);
            Assert.True(parsed || (fault!.Offset >= 0 && fault.Offset <= mutated.Length));
        }
    }

    [Fact]
    public void Mutated_app_attest_objects_give_a_verdict()
    {
        string path = Vectors.PathOf("attestation", "devicecheck-appattest", "ios-14.4.json");
        JsonElement one = JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray().First();
        byte[] attestation = one.GetProperty("attestationBase64").GetBytesFromBase64();
        foreach (byte[] mutated in Mutation.Of(attestation, 3, 1000))
        {
            AppAttestation result = AppAttestationVerifier.Verify(new AppAttestationEvidence
            {
                Attestation = mutated, ClientDataHash = new byte[32], AppId = "a.b", Time = DateTimeOffset.UnixEpoch,
            });
            Assert.NotEmpty(result.Problems);
        }
    }

    [Fact]
    public void Mutated_receipts_give_a_verdict()
    {
        string path = Vectors.PathOf("attestation", "devicecheck-appattest", "ios-14.4.json");
        JsonElement one = JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray().First(item =>
            item.GetProperty("type").GetString() == "receipt");
        foreach (byte[] mutated in Mutation.Of(one.GetProperty("receiptBase64").GetBytesFromBase64(), 4, 1000))
        {
            AppReceipt receipt = AppReceipt.Verify(mutated, "another.app", null, TrustAnchors.AppAttestReceipt, DateTimeOffset.UnixEpoch);
            Assert.NotEmpty(receipt.Problems);
        }
    }

    [Fact]
    public void Mutated_play_tokens_do_not_open()
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllText(
            Vectors.PathOf("attestation", "synthetic", "public", "play-integrity.json"))).RootElement;
        byte[] token = Encoding.ASCII.GetBytes(root.GetProperty("cases")[0].GetProperty("token").GetString()!);
        Assert.True(PlayTokenKeys.TryCreate(
            root.GetProperty("decryptionKey_b64").GetBytesFromBase64(), root.GetProperty("verificationKey_spki_b64").GetBytesFromBase64(),
                out PlayTokenKeys? keys));
        using (keys)
        {
            foreach (byte[] mutated in Mutation.Of(token, 5, 2000))
            {
                Assert.True(!PlayToken.TryOpen(Encoding.Latin1.GetString(mutated), keys!, out _,
                    out AttestationProblem? problem) == problem is not null);
                Assert.True(problem is not null || mutated.SequenceEqual(token));
            }
        }
    }

    private static AndroidAttestation Verify(AndroidAttestationVerifier verifier, List<byte[]> chain, TrustAnchors anchors, byte[] challenge,
        DateTimeOffset time) =>
        verifier.Verify(new AndroidEvidence { Chain = [.. chain.Select(certificate => (ReadOnlyMemory<byte>)certificate)], Anchors = anchors,
            Challenge = challenge, Time = time });

    private static (List<byte[]> Chain, TrustAnchors Anchors, byte[] Challenge, DateTimeOffset Time) Genuine()
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllText(
            Vectors.PathOf("attestation", "synthetic", "public", "android-chains.json"))).RootElement;
        TrustAnchors anchors = new([.. root.GetProperty("trustAnchors_b64").EnumerateArray().Select(anchor =>
            AttestationCertificate.TryParse(anchor.GetBytesFromBase64(), out AttestationCertificate? certificate, out _)
                ? TrustAnchor.Of(certificate!)
                : throw new InvalidOperationException())]);
        List<byte[]> chain = [.. root.GetProperty("cases")[0].GetProperty("chain").EnumerateArray().Select(certificate =>
            certificate.GetBytesFromBase64())];
        return (chain, anchors, root.GetProperty("challenge_b64").GetBytesFromBase64(), root.GetProperty("verificationTime").GetDateTimeOffset());
    }
}
