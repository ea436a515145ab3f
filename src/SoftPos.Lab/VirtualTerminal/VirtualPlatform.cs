using System.Security.Cryptography;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>A lab phone as the SDK sees a phone.</summary>
internal sealed class VirtualPlatform(LabPhone phone, CardReader reader, IPinScreen pinScreen, string folder) : TerminalPlatform
{
    private readonly LabDeviceKeyRing _keys = new(phone, Path.Combine(folder, "hardware"));
    private readonly FolderStore _storage = new(Path.Combine(folder, "storage"));

    internal override TimeProvider Clock => phone.Clock;

    internal override RandomNumberGenerator Randomness => phone.Randomness;

    internal override IDeviceKeyRing Keys => _keys;

    internal override IBlobStore Storage => _storage;

    internal override IReadOnlyList<IProbe> Probes => phone.Probes;

    internal override CardReader Reader => reader;

    internal override IPinScreen PinScreen => pinScreen;

    /// <summary>The lab's reader at the sandbox's merchant: South Africa, rand.</summary>
    internal override ReaderConfiguration ReaderConfiguration { get; } = LabReader.AtTheMarketStall();

    internal override PhoneDescription Describe() => phone.Describe();

    internal override IReadOnlyDictionary<string, double> ReadHealth() => phone.ReadHealth();
}
