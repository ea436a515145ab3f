using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What the SDK may tell of itself to the operator: states and figures, by their names; no key, no card, no detail of a probe.</summary>
internal static class DiagnosticsBundle
{
    public static string Of(TerminalPlatform platform, Enrolment enrolment)
    {
        PhoneDescription phone = platform.Describe();
        JsonObject probes = [];
        foreach (IProbe probe in platform.Probes)
        {
            probes[probe.Id] = ResultOf(probe);
        }

        JsonObject health = [];
        foreach ((string figure, double value) in platform.ReadHealth().Take(EvidenceClaims.MaxHealth))
        {
            if (double.IsFinite(value))
            {
                health[figure] = value;
            }
        }

        string text = new JsonObject
        {
            ["sdkVersion"] = Sdk.Version,
            ["model"] = phone.Model,
            ["osVersion"] = phone.OsVersion,
            ["osPatch"] = phone.OsPatch,
            ["deviceTime"] = platform.Clock.GetUtcNow(),
            ["openPayments"] = enrolment.OpenPayments.Count,
            ["reader"] = platform.Reader.Name,
            ["health"] = health,
            ["probes"] = probes,
        }.ToJsonString();
        return text.Length <= CommandPoll.MaxDetail ? text : text[..CommandPoll.MaxDetail];
    }

    private static string ResultOf(IProbe probe)
    {
        try
        {
            return probe.Run().Result.ToString();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return nameof(MeasurementResult.Unavailable);
        }
    }
}
