using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Challenge, evidence, answer. The terminal learns the verdict and cannot make it.</summary>
internal sealed class AttestationClient(BackendLink link, TerminalPlatform platform, HealthCounters counters)
{
    /// <summary>A nonce can run out on a slow network; asked again this often before the terminal gives up.</summary>
    private const int MaxAttempts = 2;

    private readonly EvidenceGatherer _gatherer = new(platform);
    private TimeSpan _ahead;

    /// <summary>The back end's time, as far as this terminal was told: the phone's own clock may be wrong by hours.</summary>
    public DateTimeOffset BackendTime => platform.Clock.GetUtcNow() + _ahead;

    /// <summary>The last evidence said that the app closes: nothing is sent by itself until somebody asks for something.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Asks for the back end's time; a question for a challenge brings it along.</summary>
    public async Task LearnTimeAsync(Enrolment enrolment, CancellationToken cancellation)
    {
        LinkAnswer<Challenge> answer = await AskAsync(link, ChallengePurpose.Heartbeat, enrolment.TerminalId, cancellation).ConfigureAwait(false);
        if (answer.Value is { } challenge)
        {
            _ahead = challenge.ServerTime - platform.Clock.GetUtcNow();
        }
    }

    public async Task<LinkAnswer<AttestationAnswer>> AttestAsync(
        Enrolment enrolment, ChallengePurpose purpose, CancellationToken cancellation, bool isClosing = false)
    {
        for (int attempt = 1; ; attempt++)
        {
            LinkAnswer<AttestationAnswer> answer = await AttestOnceAsync(enrolment, purpose, isClosing, cancellation).ConfigureAwait(false);
            bool stale = answer.Problem?.Code is ReasonCodes.NonceExpired or ReasonCodes.NonceInvalid;
            if (!stale || attempt == MaxAttempts)
            {
                return answer;
            }
        }
    }

    private async Task<LinkAnswer<AttestationAnswer>> AttestOnceAsync(
        Enrolment enrolment, ChallengePurpose purpose, bool isClosing, CancellationToken cancellation)
    {
        DateTimeOffset asked = platform.Clock.GetUtcNow();
        LinkAnswer<Challenge> question = await AskAsync(link, purpose, enrolment.TerminalId, cancellation).ConfigureAwait(false);
        if (question.Value is not { } challenge)
        {
            return new LinkAnswer<AttestationAnswer>(question.End, null, question.Problem);
        }

        _ahead = challenge.ServerTime - platform.Clock.GetUtcNow();
        long sequence = enrolment.NextEvidenceSequence();
        HealthCounts counts = counters.Counts;
        EvidenceClaims claims = _gatherer.Gather(challenge, purpose, enrolment, sequence, counts) with { Closing = isClosing };
        byte[] message = enrolment.Sign(MessageType.Evidence, claims.Encode());
        LinkAnswer<AttestationAnswer> answer = await link
            .SendAsync(Paths.Attestation, message, ContractJson.Default.AttestationAnswer, Paths.Patience, cancellation).ConfigureAwait(false);

        TakeNews(enrolment, answer);
        if (answer.Value is not null)
        {
            counters.Settle(counts);
            IsClosed = isClosing;
        }

        // A phone's clock may be wrong by hours; a life of a minute is counted from when the back end was asked, on the phone's own clock.
        return answer.Value is { ExpiresAt: { } expires } value
            ? answer with { Value = value with { ExpiresAt = asked + (expires - challenge.ServerTime) } }
            : answer;
    }

    /// <summary>
    /// What comes with a verdict: surcharge, and the permission for sales without the back end. Anything but a good verdict closes that;
    /// while sales wait the back end gives no new one, and the former goes on to its end.
    /// </summary>
    private void TakeNews(Enrolment enrolment, LinkAnswer<AttestationAnswer> answer)
    {
        if (answer.Value is { } value)
        {
            if (value.Verdict is not Verdict.Trusted || value.OfflinePermission is not null || enrolment.Offline.Waiting.Count == 0)
            {
                byte[]? permission = value.Verdict is Verdict.Trusted ? value.OfflinePermission : null;
                enrolment.Offline.Take(permission, enrolment.DeviceKeyHash, enrolment.Merchant, BackendTime);
            }

            if (value.Surcharge != enrolment.Merchant.Surcharge)
            {
                enrolment.SetMerchant(enrolment.Merchant with { Surcharge = value.Surcharge });
            }
        }
        else if (answer.Problem is { } problem && problem.Code is not (ReasonCodes.Internal or ReasonCodes.RateLimited or ReasonCodes.NonceExpired
            or ReasonCodes.NonceInvalid))
        {
            enrolment.Offline.Close();
        }
    }

    /// <summary>Asks for a challenge and checks its form: a short nonce or seed would weaken what is built on it.</summary>
    public static async Task<LinkAnswer<Challenge>> AskAsync(
        BackendLink link, ChallengePurpose purpose, Guid? terminalId, CancellationToken cancellation)
    {
        ChallengeRequest question = new() { Purpose = purpose, TerminalId = terminalId };
        LinkAnswer<Challenge> answer =
            await link.AskAsync(Paths.Challenge, question, ContractJson.Default.Challenge, Paths.Patience, cancellation).ConfigureAwait(false);
        return answer.Value is { } challenge && (challenge.Nonce is not { Length: Challenge.NonceLength } || challenge.Seed is not { Length: SeedLength })
            ? LinkAnswer<Challenge>.Failed(LinkEnd.Uncertain)
            : answer;
    }

    private const int SeedLength = 16;
}
