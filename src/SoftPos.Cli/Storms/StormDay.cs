namespace SoftPos.Cli.Storms;

/// <summary>What happens when on the day. Instants are of the fleet's own time.</summary>
/// <param name="midnight">Its beginning.</param>
internal sealed class StormDay(DateTimeOffset midnight)
{
    /// <summary>Model whose maker's patch leaves the developer options on.</summary>
    public const string PatchedModel = "Lab Two";

    /// <summary>Model that the new attack spreads on.</summary>
    public const string AttackedModel = "Lab Three";

    /// <summary>Version of the SDK that the update of the app brings.</summary>
    public const string NewSdk = "1.1.0";

    /// <summary>Part of the phones that stand in the sun.</summary>
    public const double Warm = 0.08;

    /// <summary>Part of the phones of the attacked model that the attack reaches.</summary>
    public const double Attacked = 0.4;

    /// <summary>Part of the fleet that has its network from the one that fails.</summary>
    public const double CutOff = 0.4;

    /// <summary>Part of the terminals whose app is updated that day.</summary>
    public const double Updated = 0.6;

    /// <summary>Terminals are enrolled before the shops open.</summary>
    public DateTimeOffset Enrolment => At(4);

    /// <summary>All are enrolled.</summary>
    public DateTimeOffset Enrolled => At(5.5);

    /// <summary>A new policy version starts with the first ring.</summary>
    public DateTimeOffset Rollout => At(6);

    /// <summary>First shop opens.</summary>
    public DateTimeOffset Opening => At(7);

    /// <summary>Last shop opens.</summary>
    public DateTimeOffset Opened => At(9);

    /// <summary>First phone gets its maker's patch.</summary>
    public DateTimeOffset Patch => At(9.5);

    /// <summary>Last one does.</summary>
    public DateTimeOffset Patched => At(11.5);

    /// <summary>First app is updated.</summary>
    public DateTimeOffset Update => At(10);

    /// <summary>Last one is.</summary>
    public DateTimeOffset UpdateDone => At(12);

    /// <summary>Hottest hour.</summary>
    public DateTimeOffset Noon => At(12.75);

    /// <summary>First phone is rooted.</summary>
    public DateTimeOffset Attack => At(13);

    /// <summary>Last one is.</summary>
    public DateTimeOffset AttackDone => At(15);

    /// <summary>A network fails.</summary>
    public DateTimeOffset Outage => At(15.5);

    /// <summary>It is back.</summary>
    public DateTimeOffset OutageOver => At(16);

    /// <summary>First shop closes.</summary>
    public DateTimeOffset Closing => At(17);

    /// <summary>Last one does.</summary>
    public DateTimeOffset Closed => At(19.5);

    /// <summary>Nothing is left to happen.</summary>
    public DateTimeOffset End => At(20);

    /// <summary>Battery temperature of a phone in the sun, in degrees Celsius.</summary>
    /// <param name="time">When.</param>
    /// <param name="peak">At the hottest.</param>
    public double Temperature(DateTimeOffset time, double peak)
    {
        double off = (time - Noon).TotalHours / 2.5;
        return Math.Round(29.5 + ((peak - 29.5) * Math.Max(0, 1 - (off * off))), 1);
    }

    private DateTimeOffset At(double hour) => midnight + TimeSpan.FromHours(hour);
}
