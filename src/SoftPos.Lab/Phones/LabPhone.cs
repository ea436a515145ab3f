using System.Security.Cryptography;
using SoftPos.Attestation.Android;
using SoftPos.Contract;
using SoftPos.Terminal;

namespace SoftPos.Lab.Phones;

/// <summary>A virtual phone: what it says, measures and attests, by its description. </summary>
public sealed class LabPhone
{
    private static readonly Dictionary<string, double> GoodHealth = new(StringComparer.Ordinal)
    {
        ["batteryLevelPercent"] = 82,
        ["batteryTemperatureCelsius"] = 29.5,
        ["batteryCharging"] = 0,
        ["batteryCycles"] = 210,
        ["thermalStatus"] = 0,
        ["storageFreeMegabytes"] = 41_000,
        ["memoryFreeMegabytes"] = 2_900,
        ["networkRoundTripMilliseconds"] = 38,
        ["tapsSinceLast"] = 0,
        ["failedTapsSinceLast"] = 0,
        ["crashesSinceLast"] = 0,
        ["queuedItems"] = 0,
        ["batteryHealth"] = 2,
        ["networkKind"] = 1,
    };

    /// <summary>A phone has run for a while when its lab begins.</summary>
    private const double UptimeAtStart = 7200;

    private readonly DateTimeOffset _started;
    private readonly LabAttestationAuthority _authority;
    private readonly TimeProvider _clock;
    private readonly RandomNumberGenerator _randomness;

    /// <summary>Makes a phone.</summary>
    /// <param name="description">What it is like.</param>
    /// <param name="authority">Who attests its keys.</param>
    /// <param name="clock">Time of the lab; the phone's own clock may differ.</param>
    /// <param name="randomness">Source of keys and serial numbers.</param>
    public LabPhone(LabPhoneDescription description, LabAttestationAuthority authority, TimeProvider clock, RandomNumberGenerator randomness)
    {
        ArgumentNullException.ThrowIfNull(description);
        Description = description;
        _authority = description.LookAlikeRoot ? new LabAttestationAuthority("a root of the same name"u8) : authority;
        _clock = description.ClockSkewSeconds == 0 ? clock : new SkewedClock(clock, TimeSpan.FromSeconds(description.ClockSkewSeconds));
        _randomness = randomness;
        LabTime = clock;
        _started = clock.GetUtcNow();
    }

    /// <summary>What it is like.</summary>
    public LabPhoneDescription Description { get; private set; }

    /// <summary>The phone turns into another: somebody roots it, covers it, hooks it while the app runs. Its keys and its clock stay.</summary>
    public void Become(LabPhoneDescription other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Description = other;
    }

    /// <summary>The phone's own clock.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>Source of unpredictable bytes.</summary>
    public RandomNumberGenerator Randomness => _randomness;

    private TimeProvider LabTime { get; }

    /// <summary>What the SDK's probes measure on this phone's forged system.</summary>
    public IReadOnlyList<Measurement> Measurements => [.. Probes.Select(static probe => probe.Run())];

    /// <summary>Health figures now.</summary>
    public IReadOnlyDictionary<string, double> ReadHealth()
    {
        Dictionary<string, double> health = new(GoodHealth, StringComparer.Ordinal)
        {
            ["nfcState"] = Description.System.Reader switch { true => 2, false => 1, _ => 0 },
            ["appVersion"] = Description.AppVersion,
            ["bootCount"] = Description.System.Boots,
            ["uptimeSeconds"] = Math.Round((LabTime.GetUtcNow() - _started).TotalSeconds + UptimeAtStart),
        };
        foreach ((string figure, double value) in Description.Health)
        {
            health[figure] = value;
        }

        return health;
    }

    /// <summary>Attests a key of this phone: DER certificates, leaf first.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo of a P-256 key.</param>
    /// <param name="challenge">Attestation challenge.</param>
    /// <param name="purpose">2 sign, 6 agree.</param>
    public IReadOnlyList<byte[]> Attest(byte[] publicKey, ReadOnlySpan<byte> challenge, int purpose)
    {
        DateTimeOffset time = LabTime.GetUtcNow();
        int patch = PatchMonth(time, Description.PatchAgeMonths);
        return _authority.Attest(
            new LabAttestationRequest
            {
                PublicKey = publicKey,
                Challenge = challenge.ToArray(),
                Purpose = purpose,
                Package = Description.Package,
                AppVersion = Description.AppVersion,
                SignerDigest = SignerOf(Description.Signer),
                Level = Description.Level switch { "software" => SecurityLevel.Software, "strongbox" => SecurityLevel.StrongBox, _ =>
                    SecurityLevel.TrustedEnvironment },
                DeviceLocked = Description.Locked,
                BootState = Enum.Parse<VerifiedBootState>(Description.Boot, ignoreCase: true),
                BootKey = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("boot key of " + Description.Model)),
                BootHash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"system of {Description.Model} {patch}")),
                OsVersion = Description.AttestedOsVersion,
                OsPatch = patch,
                VendorPatch = Description.HasNoVendorPatch ? 0 : (patch * 100) + 5,
                BootPatch = (patch * 100) + 5,
                Origin = Description.Imported ? KeyOrigin.Imported : KeyOrigin.Generated,
                Time = time,
            },
            _randomness);
    }

    /// <summary>What the phone says of itself and the app.</summary>
    internal PhoneDescription Describe() => new()
    {
        Model = Description.Model,
        OsVersion = Description.OsVersion,
        OsPatch = PatchMonth(LabTime.GetUtcNow(), Description.StatedPatchAgeMonths ?? Description.PatchAgeMonths),
        Package = Description.Package,
        SignerDigest = SignerOf(Description.StatedSigner ?? Description.Signer) ?? LabApp.SignerDigest.ToArray(),
        Installer = Description.Installer,
    };

    /// <summary>The SDK's probes over this phone's system, but for those that somebody cut out.</summary>
    internal IReadOnlyList<IProbe> Probes
    {
        get
        {
            byte[] signer = SignerOf(Description.StatedSigner ?? Description.Signer) ?? LabApp.SignerDigest.ToArray();
            ForgedSystem system = new(Description.System, signer);
            return [.. PhoneProbes.Of(system, ForgedSystem.Release).Where(probe => !Description.Silent.Contains(probe.Id))];
        }
    }

    private static byte[]? SignerOf(string signer) => signer switch
    {
        "none" => null,
        "foreign" => LabApp.ForeignSigner,
        _ => LabApp.SignerDigest.ToArray(),
    };

    private static int PatchMonth(DateTimeOffset time, int monthsAgo)
    {
        DateTimeOffset month = time.AddMonths(-monthsAgo);
        return (month.Year * 100) + month.Month;
    }

    private sealed class SkewedClock(TimeProvider clock, TimeSpan skew) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + skew;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }
}
