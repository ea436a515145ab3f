using System.Security.Cryptography;
using System.Text;
using SoftPos.Attestation.Android;
using SoftPos.Attestation.Apple;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Play;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Fuzz;

/// <summary>Everything that a phone, a store or an operator hands to the attestation room.</summary>
internal static class AttestationTargets
{
    private static readonly PlayTokenKeys Keys = MakeKeys();

    private static readonly byte[] PublicKey = MakePublicKey();

    private static readonly AndroidAttestationVerifier Android = new(new VerifiedIssuers());

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("certificate", [Certificate()], static input => _ = AttestationCertificate.TryParse(input, out _, out _)),
        new("certificate-text", [Text("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")], static input =>
            _ = CertificateText.TryRead(Encoding.Latin1.GetString(input), out _, out _)),
        new("key-description", [KeyDescription()], static input => _ = AndroidKeyDescription.TryParse(input, out _, out _)),
        new("android-chain", [Certificate()], VerifyChain),
        new("status-list", [Text("""{"entries":{"1f":{"status":"REVOKED","reason":"KEY_COMPROMISE"}}}""")], static input =>
            _ = StatusList.TryParse(input, null, out _, out _)),
        new("trust-anchors", [Text("""[{"label":"a","kinds":["factory"],"subject":"MAA=","publicKey":"MAA="}]""")], static input =>
            _ = TrustAnchors.TryLoad(input, out _, out _)),
        new("play-token", [Text("eyJhbGciOiJBMjU2S1ciLCJlbmMiOiJBMjU2R0NNIn0.AAAA.AAAA.AAAA.AAAA")], static input =>
            _ = PlayToken.TryOpen(Encoding.Latin1.GetString(input), Keys, out _, out _)),
        new("play-verdict", [Text("""{"requestDetails":{"timestampMillis":"1"},"deviceIntegrity":{"deviceRecognitionVerdict":["A"]}}""")], JudgePlay),
        new("play-server", [Text("""{"tokenPayloadExternal":{"requestDetails":{}}}""")], static input => _ = PlayServerAnswer.Read(200, input)),
        new("app-attestation", [Hex("A363666D746F6170706C652D617070617474657374676174745374" + "6D74A2637835638141006772656365697074410068617574684461746141" + "00")],
            static input => _ = AppAttestationVerifier.Verify(new AppAttestationEvidence
                { Attestation = input, ClientDataHash = new byte[32], AppId = "team.app", Time = DateTimeOffset.UnixEpoch })),
        new("app-assertion", [Hex("A2697369676E617475726541007161757468656E74696361746F724461746141" + "00")], static input =>
            _ = AppAssertion.Verify(new AppAssertionEvidence
                { Assertion = input, ClientDataHash = new byte[32], PublicKey = PublicKey, AppId = "team.app", LastCounter = 0 })),
        new("app-receipt", [Hex("308006092A864886F70D010702A0803080020101310F300D06096086480165030402010500")], static input =>
            _ = AppReceipt.Verify(input, "team.app", PublicKey, TrustAnchors.AppAttestReceipt, DateTimeOffset.UnixEpoch)),
        new("signed-message", [SignedEvidence()], static input =>
            _ = SignedMessage.TryDecode((ReadOnlyMemory<byte>)input, out DecodedMessage decoded) && decoded.Verify(PublicKey)),
        new("command-poll", [new CommandPoll { Nonce = new byte[32] }.Encode()], static input => _ = CommandPoll.TryDecode(input, out _)),
        new("key-replacement", [new KeyReplacementRequest { Nonce = new byte[32] }.Encode()], static input =>
            _ = KeyReplacementRequest.TryDecode(input, out _)),
        new("evidence", [Evidence().Encode()], static input => _ = EvidenceClaims.TryDecode(input, out _)),
        new("policy", [Text(Policy)], static input => _ = CompiledPolicy.TryCompile(input, null, out _, out _)),
        new("policy-cases", [Text("time: 2026-01-01\ncases: [{ name: a, stage: play, claims: { play.firstUse: true }, expect: denied }]")], static input =>
            _ = PolicyCases.TryRead(input, out _, out _)),
    ];

    private const string Policy = """
        policy: p
        version: 1
        values: { hot: 50 }
        rules:
          - id: a
            stages: [evidence]
            if: { any: [{ claim: sdk.package, oneOf: [a, b] }] }
            require: { not: { claim: sdk.sequenceStep, atMost: $hot } }
            reason: BATTERY_HOT
            severity: info
            response: deny
            grace: P1D
        """;

    /// <summary>The input is the leaf, and once more the certificate above it.</summary>
    private static void VerifyChain(byte[] input)
    {
        AndroidAttestation attestation = Android.Verify(new AndroidEvidence
            { Chain = [input, input, Certificate()], Challenge = new byte[32], Time = DateTimeOffset.UnixEpoch });
        _ = AttestationClaims.Of(attestation, SoftPos.Attestation.Appraisal.TerminalHistory.None);
    }

    private static void JudgePlay(byte[] input)
    {
        if (PlayVerdict.TryParse(input, out PlayVerdict? verdict, out _))
        {
            _ = AttestationClaims.Of(verdict!, new PlayExpectation { Packages = ["a"], RequestHash = "h", Time = DateTimeOffset.UnixEpoch });
        }
    }

    private static byte[] Certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        System.Security.Cryptography.X509Certificates.CertificateRequest request = new("CN=seed, O=TEE", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new System.Security.Cryptography.X509Certificates.X509Extension("1.3.6.1.4.1.11129.2.1.17", KeyDescription(), false));
        request.CertificateExtensions.Add(new System.Security.Cryptography.X509Certificates.X509Extension("1.3.6.1.4.1.11129.2.1.30", Hex("A1010A"), false));
        using System.Security.Cryptography.X509Certificates.X509Certificate2 certificate =
            request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(10));
        return certificate.RawData;
    }

    /// <summary>Version 300 with purpose, algorithm, size, digest, curve, origin, root of trust, version, patch level and application.</summary>
    private static byte[] KeyDescription() => Hex(
        "3081ED0202012C0A01010202012C0A01010408444444444444444404003047BF853D03020101BF85453C043A303831123010040B6F72672E"
        + "6578616D706C65020107312204203333333333333333333333333333333333333333333333333333333333333333308187A1053103020102"
        + "A203020103A30402020100A5053103020104AA03020101BF853E03020100BF85404C304A0420111111111111111111111111111111111111"
        + "11111111111111111111111111110101FF0A010004202222222222222222222222222222222222222222222222222222222222222222BF85"
        + "41050203027100BF8542050203031772");

    private static EvidenceClaims Evidence()
    {
        Measurement[] measurements = [new("root.mount", MeasurementResult.Clean), new("hook.frida", MeasurementResult.Found, "x")];
        return new EvidenceClaims
        {
            Nonce = new byte[32], TerminalId = new Guid("0193a5b0-0000-7000-8000-000000000001"), DeviceTime = DateTimeOffset.UnixEpoch,
            Purpose = ChallengePurpose.Tap, Sequence = 1, SdkVersion = "1.0.0", Package = "a", SignerDigest = new byte[32], Model = "m", OsVersion = "16",
            Measurements = measurements, MeasurementChain = MeasurementOrder.Chain(measurements, new byte[16]),
            Health = new Dictionary<string, double> { ["batteryLevelPercent"] = 1 },
        };
    }

    private static byte[] SignedEvidence()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SignedMessage.Sign(new SeedKey(key), MessageType.Evidence, new byte[16], Evidence().Encode());
    }

    private static PlayTokenKeys MakeKeys() =>
        PlayTokenKeys.TryCreate(new byte[32], MakePublicKey(), out PlayTokenKeys? keys) ? keys! : throw new InvalidOperationException("no keys");

    private static byte[] MakePublicKey()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
