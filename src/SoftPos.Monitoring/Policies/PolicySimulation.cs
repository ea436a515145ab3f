using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// Appraises recorded evidence again, by the engine that enforces, under another policy. Each terminal's grace runs as it would have: a rule
/// that found something then keeps its first time; a rule that is new starts at the first evidence in which it finds something.
/// </summary>
public sealed class PolicySimulation(Database database, TimeProvider clock)
{
    /// <summary>Terminals named in a report; the counts are of all.</summary>
    public const int MaxNamed = 1000;

    /// <summary>Replays what came since then.</summary>
    public async Task<SimulationReport> RunAsync(CompiledPolicy draft, DateTimeOffset since, CancellationToken cancellation)
    {
        Run run = new(new HeartbeatAppraiser(draft));
        List<ReplayableEvidence> page;
        long after = 0;
        do
        {
            page = await database.EvidenceContexts.SinceAsync(since, after, cancellation);
            foreach (ReplayableEvidence one in page)
            {
                after = one.Position;
                if (await database.TrustStatus.ReadRecordAsync(one.Evidence.TerminalId!.Value, cancellation) is { } terminal)
                {
                    run.Take(one, terminal);
                }
            }
        }
        while (page.Count == EvidenceContextStore.MaxPage);

        List<Takings> takings = await new TakingsStore(database).SinceAsync(since, cancellation);
        double days = Math.Max(1, (clock.GetUtcNow() - since).TotalDays);
        return run.Report(draft.HashHex, since, takings, days);
    }

    private sealed class Run(HeartbeatAppraiser appraiser)
    {
        private readonly Dictionary<Guid, SimulatedTerminal> _last = [];
        private readonly Dictionary<Guid, Dictionary<string, DateTimeOffset>> _firstSeen = [];
        private readonly Dictionary<Guid, (TerminalMemory Memory, DateTimeOffset? Heard)> _failing = [];
        private readonly Dictionary<string, int> _changed = new(StringComparer.Ordinal);
        private int _evaluated;
        private int _skipped;

        public void Take(ReplayableEvidence one, TerminalRecord terminal)
        {
            AppraisalMemo memo = AppraisalMemo.Of(one.Context);
            VerifiedEvidence evidence = EvidenceVerifier.Verify(one.Evidence.Bytes, terminal.DeviceKey, terminal.TerminalId);
            if (evidence.Claims is not { } claims)
            {
                _skipped++;
                return;
            }

            AppraisalResult result = Appraise(memo, evidence, terminal.TerminalId);
            _evaluated++;
            if (result.Verdict != memo.Verdict)
            {
                string step = $"{memo.Verdict} > {result.Verdict}";
                _changed[step] = _changed.GetValueOrDefault(step) + 1;
            }

            string[] rules = [.. result.Findings.Where(static finding => finding.Response >= FindingResponse.Deny).Select(static finding => finding.Rule)];
            _last[terminal.TerminalId] = new SimulatedTerminal(
                terminal.TerminalId, terminal.MerchantId, claims.Model, claims.OsPatch, memo.Verdict, result.Verdict, rules);
        }

        public SimulationReport Report(string hash, DateTimeOffset since, List<Takings> takings, double days)
        {
            SimulatedTerminal[] refused = [.. _last.Values.Where(static one => IsGood(one.Was) && !IsGood(one.Would))];
            Dictionary<Guid, SimulatedTerminal> byId = refused.ToDictionary(static one => one.TerminalId);
            return new SimulationReport
            {
                PolicyHash = hash,
                Since = since,
                Evaluated = _evaluated,
                Skipped = _skipped,
                Changed = _changed,
                NewlyRefused = [.. refused.Take(MaxNamed)],
                NewlyAdmitted = [.. _last.Values.Where(static one => !IsGood(one.Was) && IsGood(one.Would)).Take(MaxNamed)],
                Rules = refused.SelectMany(static one => one.Rules).CountBy(static rule => rule).ToDictionary(),
                Models = refused.CountBy(static one => one.Model).ToDictionary(),
                DailyTakingsMinor = takings.Where(one => byId.ContainsKey(one.TerminalId))
                    .GroupBy(one => $"{byId[one.TerminalId].MerchantId} {one.Currency}")
                    .ToDictionary(static group => group.Key, group => (long)Math.Round(group.Sum(static one => one.AmountMinor) / days)),
            };
        }

        private AppraisalResult Appraise(AppraisalMemo memo, VerifiedEvidence evidence, Guid terminalId)
        {
            TerminalMemory memory = TerminalMemory.Of(memo.Memory);
            Dictionary<string, DateTimeOffset> before = _firstSeen.GetValueOrDefault(terminalId) ?? [];
            Dictionary<string, DateTimeOffset> firstSeen = new(before, StringComparer.Ordinal);
            foreach ((string rule, DateTimeOffset first) in memory.FirstSeen)
            {
                firstSeen[rule] = first;
            }

            (TerminalMemory last, DateTimeOffset? heard) = _failing.GetValueOrDefault(terminalId, (memory, memo.Time));
            TerminalMemory failing = last.Heard(heard, memo.Time);
            (AppraisalResult result, _) = appraiser.Appraise(new HeartbeatEvidence
            {
                Evidence = evidence,
                TerminalId = terminalId,
                Nonce = evidence.Claims!.Nonce,
                Seed = memo.Seed,
                LastSequence = memo.LastSequence,
                Enrolled = memory.Enrolled,
                History = memory.History,
                FirstSeen = firstSeen,
                Trend = memory.Trend,
                FailingSince = failing.FailingSince,
                Exceptions = memo.Exceptions ?? [],
                Ring = memo.Ring,
                Time = memo.Time,
            });
            result = CloneDetection.Judge(result, new SequenceWindow(memo.LastSequence, memo.Window), evidence);
            _failing[terminalId] = (failing.After(result.Failing, memo.Time), memo.Time);
            _firstSeen[terminalId] = (memory with { FirstSeen = firstSeen }).After(result.Findings, memo.Time).FirstSeen;
            return result;
        }

        private static bool IsGood(Verdict verdict) => verdict is Verdict.Trusted or Verdict.Limited;
    }
}
