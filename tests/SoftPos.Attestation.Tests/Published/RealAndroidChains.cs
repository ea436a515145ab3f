using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Tests.Published;

/// <summary>Chains of real phones, with the parse that their publisher gives beside them.</summary>
public class RealAndroidChains
{
    private static readonly string[] Folder = ["attestation", "android-keyattestation", "testdata"];

    public static TheoryData<string> WithParse { get; } =
    [
        "akita/sdk34/SB_RSA_NONE", "akita/sdk34/TEE_EC_NONE", "akita/sdk34/TEE_RSA_BASE+IMEI", "akita/sdk34/TEE_RSA_NONE",
        "akita/sdk34/TEE_RSA_NONE_USERAUTH", "marlin/sdk29/TEE_EC_NONE", "marlin/sdk29/TEE_RSA_NONE", "tegu/sdk36/SB_EC_2026_ROOT",
        "tegu/sdk36/TEE_EC_2026_ROOT", "tegu/sdk37/TEE_MAX_USAGE_COUNT", "tegu/sdk37/TEE_TRUSTED_CONF",
    ];

    [Theory]
    [MemberData(nameof(WithParse))]
    public void A_real_chain_parses_to_the_published_description(string name)
    {
        AndroidAttestation attestation = Verify(Chain(name + ".pem"));
        JsonObject expected = JsonNode.Parse(File.ReadAllText(Vectors.PathOf([.. Folder, name + ".json"])),
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
        Assert.NotNull(attestation.Description);
        JsonObject actual = KeyDescriptionJson.Of(attestation.Description);
        foreach (string list in (string[])["softwareEnforced", "hardwareEnforced"])
        {
            // Some published parses leave this member out.
            if (!expected[list]!.AsObject().ContainsKey("areTagsOrdered"))
            {
                actual[list]!.AsObject().Remove("areTagsOrdered");
            }
        }

        Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected.ToJsonString()}\n{actual.ToJsonString()}");
    }

    [Theory]
    [InlineData("akita/sdk34/SB_RSA_NONE", "2024-09-27", ChainKind.Remote, SecurityLevel.StrongBox)]
    [InlineData("akita/sdk34/TEE_EC_NONE", "2024-09-27", ChainKind.Remote, SecurityLevel.TrustedEnvironment)]
    [InlineData("tegu/sdk36/SB_EC_2026_ROOT", "2026-02-25", ChainKind.Remote, SecurityLevel.StrongBox)]
    [InlineData("tegu/sdk36/TEE_EC_2026_ROOT", "2026-02-25", ChainKind.Remote, SecurityLevel.TrustedEnvironment)]
    [InlineData("tegu/sdk37/TEE_TRUSTED_CONF", "2026-07-02", ChainKind.Remote, SecurityLevel.TrustedEnvironment)]
    public void A_real_chain_verifies_up_to_a_built_in_root_at_its_time(string name, string day, ChainKind kind, SecurityLevel level)
    {
        AndroidAttestation attestation = Verify(Chain(name + ".pem"), DateTimeOffset.Parse(day + "T12:00:00Z", null));
        Assert.Empty(attestation.Problems);
        Assert.Equal(kind, attestation.Kind);
        Assert.Equal(level, attestation.Level);
        Assert.False(attestation.IsRootOmitted);
    }

    [Fact]
    public void A_real_chain_verifies_without_its_root()
    {
        AndroidAttestation attestation = Verify([.. Chain("tegu/sdk36/SB_EC_2026_ROOT.pem").SkipLast(1)],
            new DateTimeOffset(2026, 2, 25, 12, 0, 0, TimeSpan.Zero));
        Assert.Empty(attestation.Problems);
        Assert.True(attestation.IsRootOmitted);
    }

    [Fact]
    public void A_remote_chain_is_refused_after_its_expiry()
    {
        AndroidAttestation attestation = Verify(Chain("akita/sdk34/TEE_EC_NONE.pem"), new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero));
        Assert.Contains(attestation.Problems, problem => problem.Rule == "android.chain.expired");
    }

    [Fact]
    [Requirement("ATT-07")]
    public void A_software_root_is_named_as_no_secure_hardware()
    {
        AndroidAttestation attestation = Verify(Chain("marlin/sdk29/TEE_EC_NONE.pem"));
        Assert.Contains(attestation.Problems, problem => problem is { Rule: "android.chain.software", Reason: "SECURITY_LEVEL_SOFTWARE" });
    }

    [Fact]
    public void A_lock_flag_that_is_neither_true_nor_false_is_a_fault_with_its_offset()
    {
        AndroidAttestation attestation = Verify(Chain("invalid/malformed_rot_device_locked.pem"));
        AttestationProblem problem = Assert.Single(attestation.Problems, problem => problem.Rule == "android.keyDescription.form");
        Assert.Contains("deviceLocked", problem.Fault!.Expected, StringComparison.Ordinal);
        Assert.True(problem.Fault.Offset > 0);
    }

    [Theory]
    [InlineData("TestCommons__Pixel_6.pem", "2023-04-14", "9w11c/H1kgfx+2Lqrqscug==")]
    public void A_real_pixel_verifies_with_its_challenge(string file, string day, string challenge)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> chain = Read(Vectors.PathOf("attestation", "warden-supreme", "chains", file));
        AndroidAttestation attestation = new AndroidAttestationVerifier().Verify(new AndroidEvidence
        {
            Chain = chain,
            Challenge = Convert.FromBase64String(challenge),
            Time = DateTimeOffset.Parse(day + "T14:30:22Z", null),
        });
        Assert.Empty(attestation.Problems);
        Assert.True(attestation.IsChallengeOurs);
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Chain(string file) => Read(Vectors.PathOf([.. Folder, file]));

    private static IReadOnlyList<ReadOnlyMemory<byte>> Read(string path)
    {
        Assert.True(CertificateText.TryRead(File.ReadAllText(path), out IReadOnlyList<ReadOnlyMemory<byte>> chain, out FormatFault? fault),
            fault?.ToString());
        return chain;
    }

    private static AndroidAttestation Verify(IReadOnlyList<ReadOnlyMemory<byte>> chain, DateTimeOffset? time = null) =>
        new AndroidAttestationVerifier().Verify(new AndroidEvidence
            { Chain = chain, Time = time ?? new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero) });
}
