using SoftPos.Contract;
using SoftPos.Terminal;

namespace SoftPos.Lab.Phones;

/// <summary>
/// The messages of a lab phone without a network between: what the SDK's own probes measure, signed by the phone's own keys. For fleets
/// that are simulated in one process.
/// </summary>
/// <param name="phone">The phone.</param>
public sealed class LabReporter(LabPhone phone)
{
    private const string Alias = "terminal";

    private readonly LabDeviceKeyRing _keys = new(phone);
    private long _sequence;

    /// <summary>The phone.</summary>
    public LabPhone Phone => phone;

    /// <summary>Identity after its enrolment.</summary>
    public Guid TerminalId { get; set; }

    /// <summary>Version of the SDK in its app.</summary>
    public string SdkVersion { get; set; } = Sdk.Version;

    /// <summary>A request to be enrolled: two keys made in the phone's hardware, attested over the challenge.</summary>
    public byte[] Activation(string code, Challenge challenge)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        DeviceKeys keys = _keys.Create(Alias, challenge.Nonce);
        PhoneDescription said = phone.Describe();
        ActivationRequest request = new()
        {
            Code = code,
            Nonce = challenge.Nonce,
            SigningChain = keys.SigningChain,
            AgreementChain = keys.AgreementChain,
            Model = said.Model,
            OsVersion = said.OsVersion,
            SdkVersion = SdkVersion,
        };
        return SignedMessage.Sign(keys.Signing, MessageType.Activation, [], request.Encode());
    }

    /// <summary>Evidence of now.</summary>
    /// <param name="challenge">The challenge that it answers.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="taps">Taps since the last evidence.</param>
    /// <param name="isClosing">The app says that it closes.</param>
    public byte[] Evidence(Challenge challenge, ChallengePurpose purpose, int taps = 0, bool isClosing = false)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        PhoneDescription said = phone.Describe();
        List<Measurement> measurements = EvidenceGatherer.Measure(phone.Probes, challenge.Seed);
        EvidenceClaims claims = new()
        {
            Nonce = challenge.Nonce,
            TerminalId = TerminalId,
            DeviceTime = phone.Clock.GetUtcNow(),
            Purpose = purpose,
            Sequence = ++_sequence,
            SdkVersion = SdkVersion,
            Package = said.Package,
            SignerDigest = said.SignerDigest,
            Installer = said.Installer,
            Model = said.Model,
            OsVersion = said.OsVersion,
            OsPatch = said.OsPatch,
            Measurements = measurements,
            MeasurementChain = MeasurementOrder.Chain(measurements, challenge.Seed),
            Health = new Dictionary<string, double>(phone.ReadHealth()) { ["tapsSinceLast"] = taps },
            Closing = isClosing,
        };
        return SignedMessage.Sign(
            _keys.Open(Alias)!.Signing, MessageType.Evidence, TerminalId.ToByteArray(bigEndian: true), claims.Encode());
    }
}
