using System.Security.Cryptography;
using System.Text.Json;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Tests.Published;

/// <summary>Attestations, assertions and receipts of real iPhones, at their capture time.</summary>
public class AppAttestVectors
{
    public static TheoryData<string> Versions { get; } = ["14.2", "14.3", "14.4"];

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_real_attestation_verifies_at_its_time(string version)
    {
        JsonElement one = Of(version, "attestation").Single();
        AppAttestation attestation = Verify(one, one.GetProperty("attestationBase64").GetBytesFromBase64());
        Assert.Empty(attestation.Problems);
        Assert.Equal("development", attestation.Environment);
        Assert.True(attestation.IsEnvironmentExpected);
        Assert.Equal(Key(one), attestation.Key!.Encoded.ToArray());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_real_assertion_verifies_and_its_counter_must_rise(string version)
    {
        JsonElement one = Of(version, "assertion").Single();
        AppAssertion first = Verify(one, one.GetProperty("assertionBase64").GetBytesFromBase64(), 0);
        Assert.Empty(first.Problems);
        Assert.True(first.CounterRises);
        Assert.False(Verify(one, one.GetProperty("assertionBase64").GetBytesFromBase64(), first.Counter!.Value).CounterRises);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Real_receipts_verify_and_give_their_fields(string version)
    {
        foreach (JsonElement one in Of(version, "receipt"))
        {
            AppReceipt receipt = Receipt(one, one.GetProperty("receiptBase64").GetBytesFromBase64());
            JsonElement fields = one.GetProperty("properties");
            Assert.Empty(receipt.Problems);
            Assert.Equal(fields.GetProperty("type").GetString(), receipt.Type);
            Assert.Equal(fields.GetProperty("environment").GetString(), receipt.Environment);
            Assert.Equal(fields.GetProperty("token").GetString(), receipt.Token);
            Assert.Equal(fields.GetProperty("creationTime").GetDateTimeOffset(), receipt.CreationTime);
            Assert.Equal(fields.GetProperty("expirationTime").GetDateTimeOffset(), receipt.ExpirationTime);
            JsonElement metric = fields.GetProperty("riskMetric");
            Assert.Equal(metric.ValueKind is JsonValueKind.Null ? null : metric.GetDouble(), receipt.RiskMetric);
        }
    }

    [Fact]
    public void An_attestation_of_development_is_not_one_of_production()
    {
        JsonElement one = Of("14.4", "attestation").Single();
        AppAttestation attestation = AppAttestationVerifier.Verify(
            Evidence(one, one.GetProperty("attestationBase64").GetBytesFromBase64()) with { Environment = "production" });
        Assert.False(attestation.IsEnvironmentExpected);
    }

    [Fact]
    public void An_attestation_of_another_challenge_or_app_is_refused()
    {
        JsonElement one = Of("14.4", "attestation").Single();
        AppAttestationEvidence evidence = Evidence(one, one.GetProperty("attestationBase64").GetBytesFromBase64());
        Assert.Contains(AppAttestationVerifier.Verify(evidence with { ClientDataHash = new byte[32] }).Problems, problem =>
            problem.Rule == "apple.nonce");
        Assert.Contains(AppAttestationVerifier.Verify(evidence with { AppId = "other.app" }).Problems, problem => problem.Rule == "apple.appId");
    }

    [Fact]
    public void No_flipped_bit_of_an_assertion_survives()
    {
        JsonElement one = Of("14.4", "assertion").Single();
        byte[] assertion = one.GetProperty("assertionBase64").GetBytesFromBase64();
        for (int bit = 0; bit < assertion.Length * 8; bit++)
        {
            assertion[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEmpty(Verify(one, assertion, 0).Problems);
            assertion[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Receipts_and_attestations_with_a_flipped_byte_end_in_problems_or_stay_what_they_were()
    {
        JsonElement one = Of("14.4", "receipt").First();
        byte[] receipt = one.GetProperty("receiptBase64").GetBytesFromBase64();
        AppReceipt genuine = Receipt(one, receipt);
        for (int at = 0; at < receipt.Length; at += 3)
        {
            receipt[at] ^= 0x10;
            AppReceipt changed = Receipt(one, receipt);

            // Bytes outside the signed content (such as an unused root that came along) may change without changing what is proven.
            Assert.True(changed.Problems.Count > 0 || (changed.Token == genuine.Token && changed.CreationTime == genuine.CreationTime),
                $"offset {at}");
            receipt[at] ^= 0x10;
        }
    }

    private static IEnumerable<JsonElement> Of(string version, string type)
    {
        string path = Vectors.PathOf("attestation", "devicecheck-appattest", $"ios-{version}.json");
        JsonElement root = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        return root.EnumerateArray().Where(one => one.GetProperty("type").GetString() == type);
    }

    private static string AppId(JsonElement one) =>
        $"{one.GetProperty("teamIdentifier").GetString()}.{one.GetProperty("bundleIdentifier").GetString()}";

    private static byte[] Key(JsonElement one)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(one.GetProperty("publicKey").GetString());
        return key.ExportSubjectPublicKeyInfo();
    }

    private static AppAttestationEvidence Evidence(JsonElement one, byte[] attestation) => new()
    {
        Attestation = attestation,
        ClientDataHash = SHA256.HashData(one.GetProperty("clientDataBase64").GetBytesFromBase64()),
        KeyId = one.GetProperty("keyIdBase64").GetBytesFromBase64(),
        AppId = AppId(one),
        Environment = "development",
        Time = one.GetProperty("timestamp").GetDateTimeOffset(),
    };

    private static AppAttestation Verify(JsonElement one, byte[] attestation) => AppAttestationVerifier.Verify(Evidence(one, attestation));

    private static AppAssertion Verify(JsonElement one, byte[] assertion, long last) => AppAssertion.Verify(new AppAssertionEvidence
    {
        Assertion = assertion,
        ClientDataHash = SHA256.HashData(one.GetProperty("clientDataBase64").GetBytesFromBase64()),
        PublicKey = Key(one),
        AppId = AppId(one),
        LastCounter = last,
    });

    private static AppReceipt Receipt(JsonElement one, byte[] receipt) =>
        AppReceipt.Verify(receipt, AppId(one), Key(one), TrustAnchors.AppAttestReceipt, one.GetProperty("timestamp").GetDateTimeOffset());
}
