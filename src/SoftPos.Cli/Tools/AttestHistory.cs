using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;

namespace SoftPos.Cli.Tools;

/// <summary>High-water marks of a request.</summary>
internal static class AttestHistory
{
    public static TerminalHistory Read(ToolRequest request)
    {
        if (!request.Has("history"))
        {
            return TerminalHistory.None;
        }

        JsonObject marks = request.Json("history") as JsonObject ?? throw new ToolException("history", "expected an object");
        TerminalHistory history = new() { IsKnown = true };
        foreach ((string key, JsonNode? value) in marks)
        {
            history = key switch
            {
                "osVersion" => history with { OsVersion = Number(key, value) },
                "osPatch" => history with { OsPatch = Number(key, value) },
                "vendorPatch" => history with { VendorPatch = Number(key, value) },
                "bootPatch" => history with { BootPatch = Number(key, value) },
                "appVersion" => history with { AppVersion = Number(key, value) },
                "bootKey" => history with { BootKey = value?.ToString().ToLowerInvariant() },
                "model" => history with { Model = value?.ToString() },
                "terminalsOnAttestationKey" => history with { TerminalsOnAttestationKey = Number(key, value) },
                "brandsOnAttestationKey" => history with { BrandsOnAttestationKey = Number(key, value) },
                "modelIsRemotelyProvisioned" => history with { IsModelRemotelyProvisioned = value?.GetValueKind() is JsonValueKind.True },
                _ => throw new ToolException("history." + key, "unknown mark"),
            };
        }

        return history;
    }

    private static double Number(string key, JsonNode? value) =>
        value?.GetValueKind() is JsonValueKind.Number ? value.GetValue<double>() : throw new ToolException("history." + key, "expected a number");
}
