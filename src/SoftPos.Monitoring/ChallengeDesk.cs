using System.Collections.Concurrent;
using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What became of a redeemed nonce.</summary>
public enum Redemption
{
    /// <summary>It was ours, fresh and of this session; it is spent now.</summary>
    Good,

    /// <summary>Unknown, used before, or of another terminal or purpose. Spent in every case.</summary>
    Invalid,

    /// <summary>Older than its life.</summary>
    Expired,
}

/// <summary>
/// Issues single-use nonces and redeems them atomically. They live in memory only: a restart makes every outstanding nonce invalid, which is
/// safe, and the terminal asks again. Bounded: when too many are outstanding, the desk refuses instead of forgetting honest ones.
/// </summary>
public sealed class ChallengeDesk
{
    /// <summary>Life of a nonce: an attestation takes well under a second, a slow network some more.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Most nonces outstanding: one minute of 4,000 questions a second, about 50 MB.</summary>
    public const int MaxOutstanding = 240_000;

    private const int SeedLength = 16;

    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Ticket> _outstanding = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _byAge = new();

    public ChallengeDesk(TimeProvider clock) => _clock = clock;

    /// <summary>Nonces that were issued and neither redeemed nor expired.</summary>
    public int Outstanding => _outstanding.Count;

    /// <summary>Issues a challenge; null when too many are outstanding.</summary>
    public Challenge? Issue(ChallengeRequest request)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        ForgetExpired(now);
        if (_outstanding.Count >= MaxOutstanding)
        {
            return null;
        }

        Challenge challenge = new()
        {
            Nonce = RandomNumberGenerator.GetBytes(Challenge.NonceLength),
            Seed = RandomNumberGenerator.GetBytes(SeedLength),
            ServerTime = now,
            ExpiresAt = now + Lifetime,
        };
        string key = Convert.ToHexString(challenge.Nonce);
        _outstanding[key] = new Ticket(request.Purpose, request.TerminalId, challenge.Seed, challenge.ExpiresAt);
        _byAge.Enqueue(key);
        return challenge;
    }

    /// <summary>Redeems a nonce: whatever the answer, it is spent.</summary>
    /// <param name="nonce">Nonce that came back.</param>
    /// <param name="purpose">What the evidence says it is for.</param>
    /// <param name="terminalId">Who sent it; null for enrolment.</param>
    /// <param name="seed">Seed of the challenge, when good.</param>
    public Redemption Redeem(ReadOnlySpan<byte> nonce, ChallengePurpose purpose, Guid? terminalId, out byte[] seed)
    {
        seed = [];
        if (!_outstanding.TryRemove(Convert.ToHexString(nonce), out Ticket? ticket)
            || ticket.Purpose != purpose
            || ticket.TerminalId != terminalId)
        {
            return Redemption.Invalid;
        }

        if (_clock.GetUtcNow() >= ticket.ExpiresAt)
        {
            return Redemption.Expired;
        }

        seed = ticket.Seed;
        return Redemption.Good;
    }

    private void ForgetExpired(DateTimeOffset now)
    {
        while (_byAge.TryPeek(out string? oldest))
        {
            if (_outstanding.TryGetValue(oldest, out Ticket? ticket))
            {
                if (ticket.ExpiresAt + Lifetime > now)
                {
                    // Kept for one more life, so that a late answer is told "expired" and not "invalid".
                    return;
                }

                _outstanding.TryRemove(oldest, out _);
            }

            _byAge.TryDequeue(out _);
        }
    }

    private sealed record Ticket(ChallengePurpose Purpose, Guid? TerminalId, byte[] Seed, DateTimeOffset ExpiresAt);
}
