using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.Tests.Phones;

public sealed class LabPhoneTests : IDisposable
{
    private static readonly LabAttestationAuthority Authority = new();
    private static readonly CompiledPolicy Policy = DefaultPolicy.For([LabApp.Package], [LabApp.SignerHex], LabApp.Version);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly RandomNumberGenerator _randomness = RandomNumberGenerator.Create();
    private readonly byte[] _nonce = SHA256.HashData("nonce"u8);
    private readonly byte[] _seed = SHA256.HashData("seed"u8)[..16];

    public void Dispose() => _randomness.Dispose();

    [Theory]
    [Requirement("ATT-07")]
    [Requirement("ATT-08")]
    [Requirement("ATT-09")]
    [InlineData("good", Verdict.Trusted, "")]
    [InlineData("strongbox", Verdict.Trusted, "")]
    [InlineData("rooted", Verdict.Denied, "BOOT_UNLOCKED")]
    [InlineData("self-signed", Verdict.Denied, "BOOT_NOT_VERIFIED")]
    [InlineData("wrong-package", Verdict.Denied, "PACKAGE_MISMATCH")]
    [InlineData("wrong-signer", Verdict.Denied, "SIGNER_MISMATCH")]
    [InlineData("unnamed-app", Verdict.Unknown, "PACKAGE_UNAVAILABLE")]
    [InlineData("imported-key", Verdict.Denied, "KEY_NOT_GENERATED")]
    [InlineData("old-patch", Verdict.Denied, "PATCH_LEVEL_OLD")]
    [InlineData("ageing-patch", Verdict.Trusted, "PATCH_LEVEL_OLD")]
    [InlineData("no-vendor-patch", Verdict.Trusted, "PATCH_LEVEL_UNKNOWN")]
    [InlineData("emulator", Verdict.Denied, "SECURITY_LEVEL_SOFTWARE")]
    [InlineData("forged-root", Verdict.Denied, "CHAIN_UNTRUSTED_ROOT")]
    [InlineData("hooked", Verdict.Trusted, "")]
    public void Enrolment_of_a_phone_ends_as_its_description_says(string name, Verdict verdict, string reason)
    {
        EnrolmentResult result = Enrol(Phone(name));
        Assert.True(
            result.Verdict == verdict,
                $"{result.Verdict}: {string.Join("; ", result.Findings.Select(finding => finding.Rule + " " + finding.Detail))}");
        if (reason.Length > 0)
        {
            Assert.Contains(result.Findings, finding => finding.Reason == reason);
        }
        else
        {
            Assert.Empty(result.Findings);
        }
    }

    [Theory]
    [Requirement("ATT-08")]
    [Requirement("ATT-14", Partly = true)]
    [Requirement("ATT-20", Partly = true)]
    [Requirement("SWP-01", Partly = true)]
    [InlineData("good", Verdict.Trusted, "")]
    [InlineData("rooted", Verdict.Denied, "ROOT_DETECTED")]
    [InlineData("hidden-root", Verdict.Denied, "CONTRADICTION")]
    [InlineData("hooked", Verdict.Denied, "HOOKING_DETECTED")]
    [InlineData("debugged", Verdict.Denied, "DEBUGGER_DETECTED")]
    [InlineData("developer", Verdict.Trusted, "DEVELOPER_OPTIONS")]
    [InlineData("captured", Verdict.Limited, "SCREEN_CAPTURE")]
    [InlineData("remote-controlled", Verdict.Limited, "MALWARE_DETECTED")]
    [InlineData("cloned", Verdict.Denied, "CLONED")]
    [InlineData("blinded", Verdict.Trusted, "MEASUREMENT_MISSING")]
    [InlineData("gagged", Verdict.Denied, "MEASUREMENT_MISSING")]
    [InlineData("wrong-clock", Verdict.Trusted, "CLOCK_SKEW")]
    [InlineData("lying-patch", Verdict.Limited, "CONTRADICTION")]
    [InlineData("sideloaded", Verdict.Trusted, "INSTALLER_UNKNOWN")]
    [InlineData("hot", Verdict.Trusted, "BATTERY_HOT")]
    [InlineData("empty", Verdict.Trusted, "BATTERY_LOW")]
    [InlineData("no-nfc", Verdict.Trusted, "NO_CONTACTLESS")]
    public void Heartbeat_of_a_phone_ends_as_its_description_says(string name, Verdict verdict, string reason)
    {
        LabPhone phone = Phone(name);
        DeviceKeys keys = new LabDeviceKeyRing(phone).Create("k1", _nonce);
        Guid terminal = new("01890a5d-ac96-774b-bcce-b302099a8057");
        byte[] message = SignedMessage.Sign(keys.Signing, MessageType.Evidence, terminal.ToByteArray(bigEndian: true),
            Gather(phone, terminal, 7).Encode());
        (AppraisalResult result, _) = new HeartbeatAppraiser(Policy).Appraise(new HeartbeatEvidence
        {
            Evidence = EvidenceVerifier.Verify(message, keys.Signing.PublicKey, terminal),
            TerminalId = terminal,
            Nonce = _nonce,
            Seed = _seed,
            LastSequence = 6,
            Enrolled = new EnrolledFacts { IsBootVerified = phone.Description.Locked, OsPatch = 202610, Signers = [LabApp.SignerHex] },
            Time = _clock.GetUtcNow(),
        });
        Assert.True(
            result.Verdict == verdict,
                $"{result.Verdict}: {string.Join("; ", result.Findings.Select(finding => finding.Rule + " " + finding.Detail))}");
        Assert.Equal(reason.Length == 0, result.Findings.Count == 0);
        Assert.True(reason.Length == 0 || result.Findings.Any(finding => finding.Reason == reason));
    }

    [Fact]
    public void A_lab_chain_is_refused_in_production_without_the_lab_anchor()
    {
        LabPhone phone = Phone("good");
        DeviceKeys keys = new LabDeviceKeyRing(phone).Create("k1", _nonce);
        EnrolmentResult result = new EnrolmentAppraiser(Policy).Appraise(Evidence(keys) with { Anchors = TrustAnchors.Google });
        Assert.Equal(Verdict.Denied, result.Verdict);
        Assert.Contains(result.Findings, finding => finding.Reason == "CHAIN_UNTRUSTED_ROOT");
    }

    [Fact]
    public void A_lab_anchor_is_refused_in_the_production_ring()
    {
        LabPhone phone = Phone("good");
        DeviceKeys keys = new LabDeviceKeyRing(phone).Create("k1", _nonce);
        EnrolmentResult result = new EnrolmentAppraiser(Policy).Appraise(Evidence(keys) with { Ring = AppraisalContext.Production });
        Assert.Equal(Verdict.Denied, result.Verdict);
        Assert.Contains(result.Findings, finding => finding.Rule == "chain.sandbox");
    }

    [Fact]
    public void Chains_of_two_phones_do_not_make_one_enrolment()
    {
        DeviceKeys one = new LabDeviceKeyRing(Phone("good")).Create("k1", _nonce);
        DeviceKeys other = new LabDeviceKeyRing(Phone("strongbox")).Create("k1", _nonce);
        EnrolmentResult result = new EnrolmentAppraiser(Policy).Appraise(Evidence(one) with { AgreementChain = other.AgreementChain });
        Assert.Equal(Verdict.Denied, result.Verdict);
        Assert.Contains(result.Findings, finding => finding.Rule == "enrolment.pair");
    }

    [Fact]
    public void The_signing_key_cannot_stand_in_for_the_agreement_key()
    {
        DeviceKeys keys = new LabDeviceKeyRing(Phone("good")).Create("k1", _nonce);
        EnrolmentResult result = new EnrolmentAppraiser(Policy).Appraise(Evidence(keys) with { AgreementChain = keys.SigningChain });
        Assert.Equal(Verdict.Denied, result.Verdict);
        Assert.Contains(result.Findings, finding => finding.Rule == "enrolment.keys");
    }

    [Fact]
    public void Keys_in_a_folder_survive_the_process_and_are_gone_when_deleted()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            LabPhone phone = Phone("good");
            DeviceKeys made = new LabDeviceKeyRing(phone, folder).Create("k1", _nonce);
            LabDeviceKeyRing again = new(phone, folder);
            DeviceKeys? opened = again.Open("k1");
            Assert.Equal(made.Signing.PublicKey, opened!.Signing.PublicKey);
            Assert.Equal(made.AgreementChain, opened.AgreementChain);
            again.Delete("k1");
            Assert.Null(new LabDeviceKeyRing(phone, folder).Open("k1"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Both_sides_agree_on_the_same_secret()
    {
        DeviceKeys keys = new LabDeviceKeyRing(Phone("good")).Create("k1", _nonce);
        LabDeviceKey other = new(LabKeys.Generate(_randomness));
        byte[] one = new byte[32], two = new byte[32];
        Assert.True(keys.Agreement.TryAgree(other.PublicKey, one));
        Assert.True(other.TryAgree(keys.Agreement.PublicKey, two));
        Assert.Equal(one, two);
        Assert.False(keys.Agreement.TryAgree([1, 2, 3], one));
    }

    [Fact]
    public void The_lab_root_is_the_same_in_every_process()
    {
        Assert.Equal(Authority.Anchor.KeyHash, new LabAttestationAuthority().Anchor.KeyHash);
        Assert.NotEqual(Authority.Anchor.KeyHash, new LabAttestationAuthority("other"u8).Anchor.KeyHash);
        Assert.True(Authority.Anchor.IsSandbox);
    }

    [Fact]
    public void Every_phone_names_only_known_probes_and_health_figures()
    {
        Assert.All(LabPhoneDescription.All, phone =>
        {
            Assert.All(phone.Silent, probe => Assert.True(ProbeClaims.IsKnown(probe), probe));
            Assert.All(phone.Health.Keys, figure => Assert.NotNull(ClaimCatalogue.Find("health." + figure)));
        });
        Assert.Equal(LabPhoneDescription.All.Count, LabPhoneDescription.All.DistinctBy(phone => phone.Name).Count());
    }

    private LabPhone Phone(string name) => new(LabPhoneDescription.Find(name)!, Authority, _clock, _randomness);

    private EnrolmentResult Enrol(LabPhone phone) => new EnrolmentAppraiser(Policy).Appraise(
        Evidence(new LabDeviceKeyRing(phone).Create("k1", _nonce)));

    private EnrolmentEvidence Evidence(DeviceKeys keys) => new()
    {
        SigningChain = keys.SigningChain,
        AgreementChain = keys.AgreementChain,
        Nonce = _nonce,
        Anchors = TrustAnchors.Google.With(Authority.Anchor),
        Ring = AppraisalContext.Sandbox,
        Time = _clock.GetUtcNow(),
    };

    private EvidenceClaims Gather(LabPhone phone, Guid terminal, long sequence)
    {
        Dictionary<string, Measurement> measured = phone.Measurements.ToDictionary(measurement => measurement.Probe);
        Measurement[] ordered = [.. MeasurementOrder.Of(measured.Keys, _seed).Select(probe => measured[probe])];
        PhoneDescription said = phone.Describe();
        return new EvidenceClaims
        {
            Nonce = _nonce, TerminalId = terminal, DeviceTime = phone.Clock.GetUtcNow(), Purpose = ChallengePurpose.Heartbeat, Sequence = sequence,
            SdkVersion = "0.1.0", Package = said.Package, SignerDigest = said.SignerDigest, Installer = said.Installer, Model = said.Model,
            OsVersion = said.OsVersion, OsPatch = said.OsPatch, Measurements = ordered, MeasurementChain = MeasurementOrder.Chain(ordered, _seed),
            Health = phone.ReadHealth(),
        };
    }
}
