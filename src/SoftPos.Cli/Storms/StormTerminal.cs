using SoftPos.Lab.Phones;

namespace SoftPos.Cli.Storms;

/// <summary>What one terminal does.</summary>
internal enum StormDeed
{
    /// <summary>The shop opens: first evidence of the day.</summary>
    Open,

    /// <summary>It reports.</summary>
    Report,

    /// <summary>A tap.</summary>
    Tap,

    /// <summary>The shop closes.</summary>
    Close,
}

/// <summary>One terminal of a storm: its phone, its shop's day, and what befalls it.</summary>
internal sealed class StormTerminal
{
    /// <summary>Terminals of one merchant.</summary>
    public const int OfMerchant = 4;

    private const int MostTaps = 8;

    private static readonly (string Model, double Part)[] Models =
        [("Lab One", 0.45), (StormDay.PatchedModel, 0.25), (StormDay.AttackedModel, 0.2), ("Lab Four", 0.1)];

    private static readonly LabPhoneDescription Good = LabPhoneDescription.Find("good")!;

    private readonly StormDay _day;
    private readonly double _peak;

    public StormTerminal(int number, StormSeed seed, StormDay day, LabAttestationAuthority authority, VirtualClock clock,
        System.Security.Cryptography.RandomNumberGenerator randomness)
    {
        (Number, _day) = (number, day);
        Merchant = $"storm-{number / OfMerchant:D5}";
        string model = ModelOf(seed.Part("model", number));
        Reporter = new LabReporter(new LabPhone(Good with { Model = model }, authority, clock, randomness)) { SdkVersion = "1.0.0" };
        OpensAt = seed.Between(day.Opening, day.Opened, "opens", number);
        ClosesAt = seed.Between(day.Closing, day.Closed, "closes", number);
        EnrolsAt = seed.Between(day.Enrolment, day.Enrolled, "enrols", number);
        Taps = [.. Enumerable.Range(0, 1 + (int)(seed.Part("taps", number) * MostTaps))
            .Select(tap => seed.Between(OpensAt, ClosesAt, "tap", (number * MostTaps) + tap)).Order()];
        double sun = seed.Part("sun", number);
        _peak = sun < StormDay.Warm / 5 ? 52 : sun < StormDay.Warm ? 47.5 : 0;
        UpdatedAt = seed.Part("update", number) < StormDay.Updated ? seed.Between(day.Update, day.UpdateDone, "updated", number) : null;
        PatchedAt = model == StormDay.PatchedModel ? seed.Between(day.Patch, day.Patched, "patched", number) : null;

        // A module that works is passed on: slowly first, then to many.
        AttackedAt = model == StormDay.AttackedModel && seed.Part("attack", number) < StormDay.Attacked
            ? day.Attack + ((day.AttackDone - day.Attack) * Math.Sqrt(seed.Part("attacked", number)))
            : null;
        IsCutOff = seed.Part("network", number) < StormDay.CutOff;
    }

    public int Number { get; }

    public string Merchant { get; }

    public LabReporter Reporter { get; }

    public DateTimeOffset EnrolsAt { get; }

    public DateTimeOffset OpensAt { get; }

    public DateTimeOffset ClosesAt { get; }

    public IReadOnlyList<DateTimeOffset> Taps { get; }

    /// <summary>When its app is updated; null when it is not.</summary>
    public DateTimeOffset? UpdatedAt { get; }

    /// <summary>When its maker's patch breaks it.</summary>
    public DateTimeOffset? PatchedAt { get; }

    /// <summary>When it is rooted.</summary>
    public DateTimeOffset? AttackedAt { get; }

    /// <summary>Its network is the one that fails.</summary>
    public bool IsCutOff { get; }

    /// <summary>When its battery passes the bound of the policy; null when it stays below.</summary>
    public bool IsWarm => _peak > 0;

    /// <summary>It is hot enough for a notice at once.</summary>
    public bool IsHot => _peak > 50;

    /// <summary>The shop is open and the network there.</summary>
    public bool Hears(DateTimeOffset now) => !IsCutOff || now < _day.Outage || now >= _day.OutageOver;

    /// <summary>The phone as it is at that time.</summary>
    public void Age(DateTimeOffset now)
    {
        LabPhoneDescription phone = Reporter.Phone.Description;
        ForgedFacts system = Good.System with
        {
            Settings = PatchedAt <= now ? new Dictionary<string, long> { ["development_settings_enabled"] = 1 } : Good.System.Settings,
            HiddenFiles = AttackedAt <= now ? ["/data/adb/magisk"] : Good.System.HiddenFiles,
        };
        Reporter.SdkVersion = UpdatedAt <= now ? StormDay.NewSdk : "1.0.0";
        Reporter.Phone.Become(phone with
        {
            System = system,
            AppVersion = UpdatedAt <= now ? Good.AppVersion + 1 : Good.AppVersion,
            Health = IsWarm ? new Dictionary<string, double> { ["batteryTemperatureCelsius"] = _day.Temperature(now, _peak) } : Good.Health,
        });
    }

    private static string ModelOf(double part)
    {
        foreach ((string model, double share) in Models)
        {
            if (part < share)
            {
                return model;
            }

            part -= share;
        }

        return Models[0].Model;
    }
}
