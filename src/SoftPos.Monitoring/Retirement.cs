using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>End of a terminal: it is unknown to every request from the commit on, and names no key any more.</summary>
internal static class Retirement
{
    public static void Add(Change change, TerminalRecord terminal, string reason, string by, Guid? successor = null)
    {
        JsonObject entry = new() { ["reason"] = reason, ["by"] = by };
        if (successor is { } next)
        {
            entry["successor"] = next.ToString();
        }

        change
            .Put(terminal with { State = TerminalState.Retired, Verdict = Verdict.Denied, DataKeyId = null, PinKeyId = null })
            .Append("terminal.retired", terminal.TerminalId, entry);
    }
}
