using System.Security.Cryptography;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Simulation.Schedule;
using SoftPos.Terminal;

namespace SoftPos.Simulation.Phones;

/// <summary>A phone as it was before a run: enrolled, with what rests on it.</summary>
internal sealed record EnrolledPhone(MemoryBlobs Blobs, LabDeviceKeyRing Keys);

/// <summary>One phone with the SDK. Its process can die at any time; storage and hardware keys stay.</summary>
internal sealed class SimulatedPhone
{
    private static readonly ReaderConfiguration Reader = LabReader.AtTheMarketStall();

    private readonly Wires _wires;
    private readonly byte[] _channelKey;
    private readonly VirtualCardReader _reader;
    private readonly VirtualPinScreen _pinScreen;

    public SimulatedPhone(string name, SimulatedPhoneParts parts, EnrolledPhone? before)
    {
        Name = name;
        Clock = new SkewedClock(parts.Clock);
        Lab = new LabPhone(LabPhoneDescription.Find("good")!, parts.Authority, Clock, parts.Randomness);
        Blobs = before?.Blobs.Copy() ?? new MemoryBlobs();
        Hardware = new LabDeviceKeyRing(Lab);
        Keys = new CopiedKeyRing(Hardware, before?.Keys);
        _wires = parts.Wires;
        _channelKey = parts.ChannelKey;
        _reader = parts.Cards.Reader("any");
        _pinScreen = new VirtualPinScreen(LabIssuer.Pin, isGuided: false, Clock, parts.Randomness);
    }

    public string Name { get; }

    public SkewedClock Clock { get; }

    public LabPhone Lab { get; }

    public MemoryBlobs Blobs { get; }

    public LabDeviceKeyRing Hardware { get; }

    public CopiedKeyRing Keys { get; }

    public SoftPosTerminal Terminal { get; private set; } = null!;

    /// <summary>What it does now; null when nothing.</summary>
    public Operation? Busy { get; set; }

    /// <summary>Cut off from the back end.</summary>
    public bool IsCutOff { get; set; }

    public Guid TerminalId => Terminal.TerminalId ?? Guid.Empty;

    public bool IsIdle => Busy is null or { Standing: Standing.Ended or Standing.Dead };

    /// <summary>Starts the app, the first time or after its process died.</summary>
    public void Start() => Terminal = SoftPosTerminal.CreateAsync(new TerminalOptions
    {
        Backend = new Uri("http://127.0.0.1:1"), ChannelKey = _channelKey, Platform = new Platform(this),
    }).GetAwaiter().GetResult();

    public void Place(VirtualCard card) => _reader.Place(card);

    private sealed class Platform(SimulatedPhone phone) : TerminalPlatform
    {
        internal override TimeProvider Clock => phone.Lab.Clock;

        internal override RandomNumberGenerator Randomness => phone.Lab.Randomness;

        internal override IDeviceKeyRing Keys => phone.Keys;

        internal override IBlobStore Storage => phone.Blobs;

        internal override IReadOnlyList<IProbe> Probes => phone.Lab.Probes;

        internal override CardReader Reader => phone._reader;

        internal override IPinScreen PinScreen => phone._pinScreen;

        internal override ReaderConfiguration ReaderConfiguration => SimulatedPhone.Reader;

        internal override HttpMessageHandler Wire => new PhoneWire(phone, phone._wires);

        internal override PhoneDescription Describe() => phone.Lab.Describe();

        internal override IReadOnlyDictionary<string, double> ReadHealth() => phone.Lab.ReadHealth();
    }
}

/// <summary>What phones of one run share.</summary>
internal sealed record SimulatedPhoneParts(
    VirtualClock Clock, LabAttestationAuthority Authority, RandomNumberGenerator Randomness, Wires Wires, ShopCards Cards, byte[] ChannelKey);
