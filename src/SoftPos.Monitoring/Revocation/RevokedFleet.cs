using System.Text.Json.Nodes;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Revocation;

/// <summary>
/// Holds a new status list against the terminals that are enrolled: whose chain is newly revoked is denied at its next request, without waiting
/// for its next evidence (which the appraisal then denies for the same reason).
/// </summary>
internal sealed class RevokedFleet(Database database)
{
    /// <summary>Times that a terminal is tried again because its record moved in between.</summary>
    private const int MaxTries = 5;

    public async Task HoldAgainstAsync(StatusList list, StatusList? before, CancellationToken cancellation)
    {
        HashSet<string> known = [.. before?.Serials ?? []];
        List<string> added = [.. list.Serials.Where(serial => !known.Contains(serial))];
        foreach (Guid terminalId in await database.AttestationCertificates.TerminalsWithAsync(added, cancellation))
        {
            for (int attempt = 0; attempt < MaxTries && !await DenyAsync(terminalId, list, cancellation); attempt++)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>True when nothing is left to do.</summary>
    private async Task<bool> DenyAsync(Guid terminalId, StatusList list, CancellationToken cancellation)
    {
        if (await database.Terminals.FindAsync(terminalId, cancellation) is not { State: TerminalState.Active } terminal
            || list.FindWorst(TerminalMemory.Of(terminal).Enrolled.CertificateSerials) is not { Status: CertificateStatus.Revoked } entry)
        {
            return true;
        }

        Finding finding = new()
        {
            Rule = "android.revocation.revoked",
            Reason = ReasonCodes.ChainRevoked,
            Claim = "android.revocation.revoked",
            Value = entry.Serial,
            EvidenceHash = list.Hash,
            Severity = Severity.Critical,
            Response = FindingResponse.Deny,
            Detail = $"listed as {entry.Serial} since the terminal was enrolled: revoked {entry.Reason}".TrimEnd(),
        };
        Change change = new Change()
            .RequireUnmoved(terminal)
            .Put(terminal with { Verdict = Verdict.Denied, Findings = [finding, .. terminal.Findings] })
            .Append("terminal.key-revoked", terminalId, new JsonObject
            {
                ["serial"] = entry.Serial, ["reason"] = entry.Reason, ["listHash"] = list.Hash, ["findings"] = new JsonArray(AppraisalEntry.Of(finding)),
            });
        return (await database.CommitAsync(change, cancellation)).Done;
    }
}
