using SoftPos.Contract;

namespace SoftPos.Backend.Console.Live;

/// <summary>A terminal as lists show it.</summary>
internal sealed record FleetRow
{
    public required Guid TerminalId { get; init; }

    public required string MerchantId { get; init; }

    public required string AcquirerTerminalId { get; init; }

    public required string Model { get; init; }

    public required string OsVersion { get; init; }

    public required Verdict Verdict { get; init; }

    public required TerminalState State { get; init; }

    /// <summary>Reason code of the gravest finding; null without findings.</summary>
    public required string? Reason { get; init; }

    public required DateTimeOffset? LastEvidenceAt { get; init; }

    public required double? BatteryPercent { get; init; }

    public required double? BatteryCelsius { get; init; }

    public static FleetRow Of(TerminalRecord terminal) => new()
    {
        TerminalId = terminal.TerminalId,
        MerchantId = terminal.MerchantId,
        AcquirerTerminalId = terminal.AcquirerTerminalId,
        Model = terminal.Model,
        OsVersion = terminal.OsVersion,
        Verdict = terminal.Verdict,
        State = terminal.State,
        Reason = terminal.Findings.OrderByDescending(static f => f.Response).ThenByDescending(static f => f.Severity).FirstOrDefault()?.Reason,
        LastEvidenceAt = terminal.LastEvidenceAt,
        BatteryPercent = terminal.Health.TryGetValue("batteryLevelPercent", out double percent) ? percent : null,
        BatteryCelsius = terminal.Health.TryGetValue("batteryTemperatureCelsius", out double celsius) ? celsius : null,
    };

    public bool Matches(string text) =>
        Model.Contains(text, StringComparison.OrdinalIgnoreCase)
        || MerchantId.Contains(text, StringComparison.OrdinalIgnoreCase)
        || AcquirerTerminalId.Contains(text, StringComparison.OrdinalIgnoreCase)
        || OsVersion.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Reason?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || TerminalId.ToString().Contains(text, StringComparison.OrdinalIgnoreCase);
}
