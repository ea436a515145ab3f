using System.Security.Cryptography;
using System.Text;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Lab.Phones;

namespace SoftPos.Bench;

/// <summary>
/// Appraisals on one core, against raw P-256 verifications of the same run. Every call sees another message or another leaf, each with its
/// own nonce; no verdict is ever kept.
/// </summary>
internal sealed class AttestationBench : IBench
{
    /// <summary>Different evidence in turn; more than any cache of ours could hide.</summary>
    private const int Pool = 512;

    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly Guid _terminal = new("0193a5b0-0000-7000-8000-000000000001");
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(16);
    private readonly CompiledPolicy _policy = DefaultPolicy.For([LabApp.Package], [LabApp.SignerHex]);
    private int _turn;

    public string Name => "attestation";

    public IEnumerable<BenchLine> Run()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] hash = SHA256.HashData("floor"u8), signature = key.SignHash(hash);
        double before = Floor();
        BenchLine[] lines = [.. Heartbeats(key), .. Envelopes(key), .. FirstContact(), .. Rules()];

        // The machine may be busier at one end than at the other; the faster floor is the fair one.
        double floor = Math.Max(before, Floor());
        yield return new BenchLine("floor: raw P-256 verification", floor);
        foreach (BenchLine line in lines)
        {
            yield return line.What.StartsWith("policy", StringComparison.Ordinal) ? line : line with { FloorPerSecond = floor, Floor = "raw verify" };
        }

        double Floor() => Harness.Measure(() => Demand(key.VerifyHash(hash, signature))).PerSecond;
    }

    private IEnumerable<BenchLine> Heartbeats(ECDsa key)
    {
        byte[] spki = key.ExportSubjectPublicKeyInfo();
        (byte[] Message, byte[] Nonce)[] pool = [.. Enumerable.Range(0, Pool).Select(number => Sign(key, number))];
        HeartbeatAppraiser appraiser = new(_policy);
        yield return Harness.Line("heartbeat appraised, key at hand", () => Appraise(appraiser, pool, message => EvidenceVerifier.Verify(message, key, _terminal)));
        EnrolledKeys kept = new();
        yield return Harness.Line("heartbeat appraised, key kept as the back end keeps it", () => Appraise(appraiser, pool, message => kept.Verify(message, spki, _terminal)));
        yield return Harness.Line("heartbeat appraised, key imported each time", () => Appraise(appraiser, pool, message => EvidenceVerifier.Verify(message, spki, _terminal)));
    }

    /// <summary>
    /// What the envelope adds to a heartbeat at the back end: opened, its sender proven, its answer sealed. The answer is as long as a
    /// usual one.
    /// </summary>
    private IEnumerable<BenchLine> Envelopes(ECDsa key)
    {
        const string Path = "/terminal/v1/attestation";
        const int UsualAnswer = 700;
        using ECDiffieHellman fixedKey = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using EnvelopeKey envelopeKey = new(fixedKey);
        byte[] secret = RandomNumberGenerator.GetBytes(EnvelopeSender.SecretLength);
        EnvelopeAnswer answer = new() { Status = 200, MediaType = "application/json", Body = new byte[UsualAnswer] };
        byte[][] pool =
        [
            .. Enumerable.Range(1, Pool).Select(number =>
            {
                EnvelopeRequest request = new() { Method = "POST", Path = Path, MediaType = "application/cose", Body = Sign(key, number).Message };
                using SealedRequest envelope = SealedRequest.Seal(envelopeKey.PublicKey, request, new EnvelopeSender(_terminal, secret, number));
                return envelope.Bytes.ToArray();
            }),
        ];
        yield return Harness.Line("envelope of a heartbeat: opened, proven, answered", () =>
        {
            Demand(OpenedRequest.TryOpen(pool[_turn++ % Pool], envelopeKey, "POST", Path, out OpenedRequest opened) && opened.IsFrom(secret));
            _ = opened.Seal(answer);
            opened.Dispose();
        });
    }

    private void Appraise(HeartbeatAppraiser appraiser, (byte[] Message, byte[] Nonce)[] pool, Func<byte[], VerifiedEvidence> verify)
    {
        int number = _turn++ % Pool;
        (byte[] message, byte[] nonce) = pool[number];
        VerifiedEvidence evidence = verify(message);
        (AppraisalResult result, _) = appraiser.Appraise(new HeartbeatEvidence
        {
            Evidence = evidence,
            TerminalId = _terminal,
            Nonce = nonce,
            Seed = _seed,
            LastSequence = number - 1,
            Time = Now,
        });
        Demand(result.Verdict is Verdict.Trusted);
    }

    private (byte[] Message, byte[] Nonce) Sign(ECDsa key, int number)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(32);
        Measurement[] measurements = [.. MeasurementOrder.Of(_policy.RequiredProbes, _seed).Select(probe =>
            new Measurement(probe, MeasurementResult.Clean))];
        EvidenceClaims claims = new()
        {
            Nonce = nonce,
            TerminalId = _terminal,
            DeviceTime = Now,
            Purpose = ChallengePurpose.Heartbeat,
            Sequence = number,
            SdkVersion = "1.0.0",
            Package = LabApp.Package,
            SignerDigest = LabApp.SignerDigest.ToArray(),
            Installer = "com.android.vending",
            Model = "maker model",
            OsVersion = "16",
            OsPatch = 202610,
            Measurements = measurements,
            MeasurementChain = MeasurementOrder.Chain(measurements, _seed),
            Health = new Dictionary<string, double> { ["batteryLevelPercent"] = 80, ["batteryTemperatureCelsius"] = 31, ["storageFreeMegabytes"] = 9000 },
        };
        return (SignedMessage.Sign(new Key(key), MessageType.Evidence, _terminal.ToByteArray(bigEndian: true), claims.Encode()), nonce);
    }

    private IEnumerable<BenchLine> FirstContact()
    {
        LabAttestationAuthority authority = new();
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        TrustAnchors anchors = TrustAnchors.Google.With(authority.Anchor);
        EnrolmentEvidence[] pool = [.. Enumerable.Range(0, Pool).Select(_ => Enrol(authority, anchors, random))];
        EnrolmentAppraiser known = new(_policy, new VerifiedIssuers());
        EnrolmentAppraiser unknown = new(_policy);
        yield return Harness.Line("first contact, both chains, known issuers", () => Enrol(known, pool));
        yield return Harness.Line("first contact, both chains, issuers not kept", () => Enrol(unknown, pool));
    }

    private void Enrol(EnrolmentAppraiser appraiser, EnrolmentEvidence[] pool) =>
        Demand(appraiser.Appraise(pool[_turn++ % Pool]).Verdict is Verdict.Trusted);

    private static EnrolmentEvidence Enrol(LabAttestationAuthority authority, TrustAnchors anchors, RandomNumberGenerator random)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(32), boot = RandomNumberGenerator.GetBytes(32);
        Demand(StatusList.TryParse("{\"entries\":{}}"u8.ToArray(), Now, out StatusList? list, out _));
        return new EnrolmentEvidence
        {
            SigningChain = Chain(2),
            AgreementChain = Chain(6),
            Nonce = nonce,
            Anchors = anchors,
            StatusList = list,
            Ring = AppraisalContext.Sandbox,
            Time = Now,
        };

        IReadOnlyList<byte[]> Chain(int purpose)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return authority.Attest(new LabAttestationRequest
            {
                PublicKey = key.ExportSubjectPublicKeyInfo(),
                Challenge = nonce,
                Purpose = purpose,
                Package = LabApp.Package,
                AppVersion = LabApp.Version,
                SignerDigest = LabApp.SignerDigest.ToArray(),
                BootKey = boot,
                BootHash = boot,
                OsPatch = 202610,
                VendorPatch = 20261005,
                BootPatch = 20261005,
                Time = Now,
            }, random);
        }
    }

    private static IEnumerable<BenchLine> Rules()
    {
        const int Count = 200;
        StringBuilder text = new("policy: bench\nversion: 1\nvalues: { hot: 50 }\nrules:\n");
        for (int i = 0; i < Count; i++)
        {
            string probe = ProbeClaims.Probes[i % ProbeClaims.Probes.Count];
            text.Append("  - { id: r").Append(i).Append(", stages: [evidence], if: { claim: sdk.package, oneOf: [a, b] }, require: { all: [")
                .Append("{ claim: measure.").Append(probe).Append(", notEquals: found, missing: pass }, ")
                .Append("{ claim: health.batteryTemperatureCelsius, atMost: $hot }] }, reason: BATTERY_HOT, severity: warning, response: deny }\n");
        }

        Demand(CompiledPolicy.TryCompile(Encoding.UTF8.GetBytes(text.ToString()), null, out CompiledPolicy? policy, out _));
        ClaimSet claims = new();
        Demand(claims.TrySet("sdk.package", ClaimValue.Of("b")) && claims.TrySet("health.batteryTemperatureCelsius", ClaimValue.Of(30.0)));
        foreach (string probe in ProbeClaims.Probes)
        {
            Demand(claims.TrySet("measure." + probe, ClaimValue.Of("clean")));
        }

        Appraiser appraiser = new(policy!);
        AppraisalContext context = new() { Time = Now, EvidenceHash = new string('0', 64) };
        (double perSecond, double bytes) = Harness.Measure(() => Demand(appraiser.Appraise(PolicyStage.Evidence, claims, [], context).Findings.Count == 0));
        yield return new BenchLine($"policy of {Count} rules, {1e6 / perSecond:N1} microseconds", perSecond, AllocatedBytes: bytes);
    }


    private static void Demand(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("not the verdict that the bench counts on");
        }
    }

    private sealed class Key(ECDsa key) : IDeviceKey
    {
        public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

        public byte[] SignHash(ReadOnlySpan<byte> hash) => key.SignHash(hash.ToArray());
    }
}
