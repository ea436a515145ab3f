using System.Security.Cryptography;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;
using SoftPos.Lab.Phones;

namespace SoftPos.Monitoring.Tests.Fleet;

/// <summary>A lab phone with keys of its own and the state that the SDK would hold; a copy of it is a clone.</summary>
internal sealed class TestPhone : IDeviceKey
{
    private readonly LabPhone _phone;
    private readonly TimeProvider _clock;
    private readonly ECDsa _signing;
    private readonly ECDiffieHellman _agreement;

    private TestPhone(LabPhone phone, TimeProvider clock, ECDsa signing, ECDiffieHellman agreement)
    {
        _phone = phone;
        _clock = clock;
        _signing = signing;
        _agreement = agreement;
    }

    public TestPhone(LabPhoneDescription description, TimeProvider clock)
        : this(
            new LabPhone(description, new LabAttestationAuthority(), clock, RandomNumberGenerator.Create()),
            clock,
            ECDsa.Create(ECCurve.NamedCurves.nistP256),
            ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256))
    {
    }

    public Guid TerminalId { get; set; }

    public long Sequence { get; set; }

    public string Model { get; set; } = "Lab One";

    public string SdkVersion { get; set; } = "1.0.0";

    public int PatchAgeMonths { get; set; } = 1;

    public Dictionary<string, double> Health { get; } = [];

    public bool Closing { get; set; }

    public byte[] PublicKey => _signing.ExportSubjectPublicKeyInfo();

    public byte[] SignHash(ReadOnlySpan<byte> hash) => _signing.SignHash(hash);

    /// <summary>A phone with the same keys and the same counter, as a copied state gives.</summary>
    public TestPhone Clone() => new(_phone, _clock, _signing, _agreement) { TerminalId = TerminalId, Sequence = Sequence, Model = Model };

    public byte[] Activation(string code, Challenge challenge)
    {
        ActivationRequest request = new()
        {
            Code = code,
            Nonce = challenge.Nonce,
            SigningChain = _phone.Attest(PublicKey, challenge.Nonce, 2),
            AgreementChain = _phone.Attest(_agreement.ExportSubjectPublicKeyInfo(), challenge.Nonce, 6),
            Model = Model,
            OsVersion = _phone.Description.OsVersion,
            SdkVersion = SdkVersion,
        };
        return SignedMessage.Sign(this, MessageType.Activation, [], request.Encode());
    }

    public byte[] Poll(Challenge challenge, params CommandAcknowledgement[] done) => SignedMessage.Sign(
        this,
        MessageType.Commands,
        TerminalId.ToByteArray(bigEndian: true),
        new CommandPoll { Nonce = challenge.Nonce, Acknowledgements = done }.Encode());

    public byte[] Evidence(Challenge challenge, ChallengePurpose purpose = ChallengePurpose.Heartbeat)
    {
        Dictionary<string, Measurement> seen = _phone.Measurements.ToDictionary(measurement => measurement.Probe, StringComparer.Ordinal);
        Measurement[] measurements = [.. MeasurementOrder.Of(ProbeClaims.Probes, challenge.Seed).Select(probe => seen[probe])];
        DateTimeOffset now = _phone.Clock.GetUtcNow();
        EvidenceClaims claims = new()
        {
            Nonce = challenge.Nonce,
            TerminalId = TerminalId,
            DeviceTime = now,
            Purpose = purpose,
            Sequence = ++Sequence,
            SdkVersion = SdkVersion,
            Package = _phone.Description.Package,
            SignerDigest = LabApp.SignerDigest.ToArray(),
            Installer = _phone.Description.Installer,
            Model = Model,
            OsVersion = _phone.Description.OsVersion,
            OsPatch = PatchAgeMonths == 0 ? (now.Year * 100) + now.Month : (now.AddMonths(-1).Year * 100) + now.AddMonths(-1).Month,
            Measurements = measurements,
            MeasurementChain = MeasurementOrder.Chain(measurements, challenge.Seed),
            Closing = Closing,
            Health = Health.Concat(_phone.ReadHealth().Where(figure => !Health.ContainsKey(figure.Key))).ToDictionary(),
        };
        return SignedMessage.Sign(this, MessageType.Evidence, TerminalId.ToByteArray(bigEndian: true), claims.Encode());
    }
}
