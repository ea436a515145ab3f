using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.Tests.Phones;

/// <summary>Every check switched off in turn: another one, or the server, still refuses.</summary>
public sealed class LayerTests : IDisposable
{
    private static readonly CompiledPolicy Policy = DefaultPolicy.For([LabApp.Package], [LabApp.SignerHex], LabApp.Version);
    private static readonly Guid Terminal = new("01890a5d-ac96-774b-bcce-b302099a8057");

    private static readonly Dictionary<string, ForgedFacts> Attacks = new(StringComparer.Ordinal)
    {
        ["root kit"] = new ForgedFacts
        {
            Files = ["/system/xbin/su"], HiddenFiles = ["/data/adb/magisk"], Apps = [new ForgedApp { Package = "com.topjohnwu.magisk" }],
            Properties = new Dictionary<string, string> { ["ro.secure"] = "0", ["ro.boot.selinux"] = "permissive" },
            Lines = new Dictionary<string, string> { ["/proc/self/mountinfo"] = "52 21 0:55 / /system/bin ro - tmpfs magisk ro" },
        },
        ["instrumentation"] = new ForgedFacts
        {
            Threads = ["gum-js-loop"], Ports = [27042], PatchedFunctions = ["open", "softpos_root_ok"],
            Lines = new Dictionary<string, string> { ["/proc/self/maps"] = "74000000-74100000 r-xp 00000000 00:00 0" },
        },
        ["repackaging with a debugger"] = new ForgedFacts
        {
            ChangedFiles = ["classes.dex"], ExtraParts = ["split_gadget"], Debuggable = true, Debugger = true, Tracer = 12,
        },
    };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly RandomNumberGenerator _randomness = RandomNumberGenerator.Create();
    private readonly byte[] _nonce = SHA256.HashData("nonce"u8);
    private readonly byte[] _seed = SHA256.HashData("seed"u8)[..16];

    [Theory]
    [InlineData("root kit")]
    [InlineData("instrumentation")]
    [InlineData("repackaging with a debugger")]
    [Requirement("SWP-03")]
    public void With_any_one_check_bent_or_cut_out_the_phone_is_still_refused(string attack)
    {
        LabPhone phone = Phone(Attacks[attack]);
        string[] seeing = [.. phone.Measurements.Where(static measurement => measurement.Result == MeasurementResult.Found).Select(static m => m.Probe)];
        Assert.True(seeing.Length >= 3, "an attack that one check alone sees has no layers to test");
        foreach (string probe in seeing)
        {
            Measurement[] bent = [.. phone.Measurements.Select(measurement => measurement.Probe == probe ? new Measurement(probe, MeasurementResult.Clean) : measurement)];
            Assert.False(CanPay(Appraise(phone, bent)), $"{probe} was bent and nothing else refused");
            Assert.False(CanPay(Appraise(phone, [.. bent.Where(measurement => measurement.Probe != probe)])), $"{probe} was cut out and nothing else refused");
        }
    }

    [Fact]
    [Requirement("SWP-03", Partly = true)]
    [Requirement("ATT-18")]
    public void With_every_check_of_the_phone_cut_out_the_server_refuses()
    {
        LabPhone phone = Phone(Attacks["instrumentation"]);
        Assert.False(CanPay(Appraise(phone, [])));
    }

    [Fact]
    [Requirement("ATT-18")]
    public void A_result_that_was_changed_after_it_was_measured_shows()
    {
        LabPhone phone = Phone(Attacks["instrumentation"]);
        Measurement[] clean = [.. phone.Measurements.Select(static measurement => new Measurement(measurement.Probe, MeasurementResult.Clean))];
        AppraisalResult patched = Appraise(phone, clean, chainOver: phone.Measurements);
        Assert.False(CanPay(patched));
        Assert.Contains(patched.Findings, static finding => finding.Reason == "EVIDENCE_INVALID");
        AppraisalResult canned = Appraise(phone, clean, seed: SHA256.HashData("another challenge"u8)[..16]);
        Assert.Contains(canned.Findings, static finding => finding.Reason == "EVIDENCE_INVALID");
    }

    [Fact]
    public void A_phone_in_good_order_pays() => Assert.True(CanPay(Appraise(Phone(new ForgedFacts()), null)));

    public void Dispose() => _randomness.Dispose();

    private static bool CanPay(AppraisalResult result) => result.Verdict is Verdict.Trusted or Verdict.Limited;

    private LabPhone Phone(ForgedFacts facts) =>
        new(new LabPhoneDescription { Name = "attacked", Text = "For this test.", System = facts }, new LabAttestationAuthority(), _clock, _randomness);

    private AppraisalResult Appraise(
        LabPhone phone, IReadOnlyList<Measurement>? measurements, IReadOnlyList<Measurement>? chainOver = null, byte[]? seed = null)
    {
        Measurement[] ordered = Order(measurements ?? phone.Measurements, seed ?? _seed);
        Measurement[] chained = chainOver is null ? ordered : Order(chainOver, _seed);
        PhoneDescription said = phone.Describe();
        DeviceKeys keys = new LabDeviceKeyRing(phone).Create("k1", _nonce);
        EvidenceClaims claims = new()
        {
            Nonce = _nonce, TerminalId = Terminal, DeviceTime = phone.Clock.GetUtcNow(), Purpose = ChallengePurpose.Heartbeat, Sequence = 7,
            SdkVersion = "0.1.0", Package = said.Package, SignerDigest = said.SignerDigest, Installer = said.Installer, Model = said.Model,
            OsVersion = said.OsVersion, OsPatch = said.OsPatch, Measurements = ordered, MeasurementChain = MeasurementOrder.Chain(chained, seed ?? _seed),
            Health = phone.ReadHealth(),
        };
        byte[] message = SignedMessage.Sign(keys.Signing, MessageType.Evidence, Terminal.ToByteArray(bigEndian: true), claims.Encode());
        return new HeartbeatAppraiser(Policy).Appraise(new HeartbeatEvidence
        {
            Evidence = EvidenceVerifier.Verify(message, keys.Signing.PublicKey, Terminal),
            TerminalId = Terminal,
            Nonce = _nonce,
            Seed = _seed,
            LastSequence = 6,
            Enrolled = new EnrolledFacts { IsBootVerified = true, OsPatch = 202610, Signers = [LabApp.SignerHex] },
            Time = _clock.GetUtcNow(),
        }).Result;
    }

    private static Measurement[] Order(IReadOnlyList<Measurement> measurements, byte[] seed)
    {
        Dictionary<string, Measurement> byProbe = measurements.ToDictionary(static measurement => measurement.Probe, StringComparer.Ordinal);
        return [.. MeasurementOrder.Of(byProbe.Keys, seed).Select(probe => byProbe[probe])];
    }
}
