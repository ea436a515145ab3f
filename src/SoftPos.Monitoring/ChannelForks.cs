using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// Two envelopes under one number, both sealed with the terminal's secret: two phones hold one state, or its storage was set back. As
/// with a number of evidence that comes twice, nobody can say which is the merchant's, so the identity is suspended until a person looks.
/// </summary>
public sealed class ChannelForks(Database database)
{
    /// <summary>Rule in the finding.</summary>
    public const string Rule = "channel.forked";

    /// <summary>Times that the commit is tried again because the terminal's record moved under it.</summary>
    private const int MaxTries = 3;

    /// <summary>Suspends a terminal. One that is suspended already stays as it is.</summary>
    /// <param name="terminalId">Whose secret sealed both.</param>
    /// <param name="sequence">The number.</param>
    /// <param name="hash">SHA-256 of the second envelope.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task SuspendAsync(Guid terminalId, long sequence, byte[] hash, CancellationToken cancellation)
    {
        Finding forked = new()
        {
            Rule = Rule,
            Reason = ReasonCodes.Cloned,
            Claim = "channel.sequence",
            Value = sequence.ToString(CultureInfo.InvariantCulture),
            EvidenceHash = Convert.ToHexStringLower(hash),
            Severity = Severity.Critical,
            Response = FindingResponse.Suspend,
            Detail = "two envelopes came under one number: two hold this terminal's state",
        };
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await database.Terminals.FindAsync(terminalId, cancellation) is not { State: TerminalState.Active } terminal)
            {
                return;
            }

            Change change = new Change()
                .RequireUnmoved(terminal)
                .Put(terminal with { State = TerminalState.Suspended, Verdict = Verdict.Denied, Findings = [forked, .. terminal.Findings] })
                .Append("terminal.suspended", terminalId, new JsonObject { ["reason"] = ReasonCodes.Cloned, ["by"] = "channel", ["sequence"] = sequence });
            if ((await database.CommitAsync(change, CancellationToken.None)).Done)
            {
                return;
            }
        }
    }
}
