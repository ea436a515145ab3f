using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Contract;
using SoftPos.Emv.Configuration;

namespace SoftPos.Terminal;

/// <summary>A phone of the tests: software keys, blobs in memory, a clock that stands still until told.</summary>
internal sealed class TestPlatform : TerminalPlatform
{
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public SoftwareKeyRing Ring { get; init; } = new();

    public MemoryStore Blobs { get; init; } = new();

    public List<IProbe> ProbeList { get; } = [new TestProbe("root.su-binary"), new TestProbe("hook.maps"), new TestProbe("debug.tracer")];

    internal override TimeProvider Clock => Time;

    internal override RandomNumberGenerator Randomness { get; } = RandomNumberGenerator.Create();

    internal override IDeviceKeyRing Keys => Ring;

    internal override IBlobStore Storage => Blobs;

    internal override IReadOnlyList<IProbe> Probes => ProbeList;

    public CardReader? OwnReader { get; init; }

    internal override CardReader Reader => OwnReader ?? throw new NotSupportedException("this phone has no reader");

    public ReaderConfiguration? OwnConfiguration { get; init; }

    internal override ReaderConfiguration ReaderConfiguration =>
        OwnConfiguration ?? throw new NotSupportedException("this phone has no reader");

    internal override PhoneDescription Describe() => new()
    {
        Model = "Test Phone 1",
        OsVersion = "16",
        OsPatch = 202611,
        Package = "org.example.stall",
        SignerDigest = SHA256.HashData("signer"u8),
        Installer = "com.android.vending",
    };

    internal override IReadOnlyDictionary<string, double> ReadHealth() => new Dictionary<string, double> { ["batteryLevelPercent"] = 76 };
}

/// <summary>A probe that says what it is told.</summary>
internal sealed class TestProbe(string id, MeasurementResult result = MeasurementResult.Clean) : IProbe
{
    public string Id => id;

    public Measurement Run() => new(id, result);
}

/// <summary>Blobs in memory that record each write.</summary>
internal sealed class MemoryStore : IBlobStore
{
    public Dictionary<string, byte[]> Blobs { get; init; } = [];

    /// <summary>Called before each write; may throw, as a full disk would.</summary>
    public Action<string>? OnWrite { get; set; }

    public byte[]? Read(string name) => Blobs.TryGetValue(name, out byte[]? bytes) ? [.. bytes] : null;

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        OnWrite?.Invoke(name);
        Blobs[name] = bytes.ToArray();
    }

    public void Delete(string name) => Blobs.Remove(name);
}
