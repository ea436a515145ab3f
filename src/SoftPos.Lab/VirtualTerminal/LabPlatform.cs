using System.Security.Cryptography;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>A lab phone as the SDK sees a platform. Keys and state rest in a folder, so that a phone survives its process.</summary>
internal sealed class LabPlatform(LabPhone phone, CardReader reader, ReaderConfiguration configuration, string folder) : TerminalPlatform
{
    internal override TimeProvider Clock => phone.Clock;

    internal override RandomNumberGenerator Randomness => phone.Randomness;

    internal override IDeviceKeyRing Keys { get; } = new LabDeviceKeyRing(phone, Path.Combine(folder, "keys"));

    internal override IBlobStore Storage { get; } = new FolderStore(Path.Combine(folder, "state"));

    internal override IReadOnlyList<IProbe> Probes => phone.Probes;

    internal override CardReader Reader => reader;

    internal override ReaderConfiguration ReaderConfiguration => configuration;

    internal override PhoneDescription Describe() => phone.Describe();

    internal override IReadOnlyDictionary<string, double> ReadHealth() => phone.ReadHealth();
}
