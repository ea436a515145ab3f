namespace SoftPos.Attestation.Baseline;

/// <summary>A system or a model, and how long it may be used.</summary>
public sealed record BaselineEntry
{
    /// <summary>Version of a system, or names of a model as phones say them; the case does not count.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>When it came out; null when not stated.</summary>
    public DateOnly? Released { get; init; }

    /// <summary>Last day of the maker's security updates; null while no end is known.</summary>
    public DateOnly? SupportEnds { get; init; }

    /// <summary>Day from which on it is denied; null for <see cref="SupportEnds"/> and the baseline's pause.</summary>
    public DateOnly? DeniedFrom { get; init; }

    /// <summary>Months that a patch level may be old on this model; null for what the policy says of all.</summary>
    public int? PatchMonths { get; init; }

    /// <summary>Where the dates are from.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>Not a fact: made up to show the form, or for the lab.</summary>
    public bool IsExample { get; init; }

    /// <summary>
    /// Days until support ends, or until the day of denial where no end is known; negative afterwards; null without either.
    /// </summary>
    public double? DaysOfSupport(DateTimeOffset time) => (SupportEnds ?? DeniedFrom) is { } end ? end.DayNumber - Day(time) : null;

    /// <summary>Day of denial, null without one.</summary>
    /// <param name="denyAfterDays">Pause between the end of support and denial, for an entry that names no day.</param>
    public DateOnly? DenialDay(int denyAfterDays) => DeniedFrom ?? SupportEnds?.AddDays(denyAfterDays);

    /// <summary>Days until denial; 0 and less from that day on.</summary>
    public double? DaysToDenial(DateTimeOffset time, int denyAfterDays) =>
        DenialDay(denyAfterDays) is { } day ? day.DayNumber - Day(time) : null;

    private static int Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime).DayNumber;
}
