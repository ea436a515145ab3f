using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>What became of a nonce.</summary>
public enum Redemption
{
    /// <summary>It was ours, current, unused and of this purpose and terminal; it is used up now.</summary>
    Redeemed,

    /// <summary>It was never given, or so long ago that it is forgotten.</summary>
    Unknown,

    /// <summary>It was used before.</summary>
    Used,

    /// <summary>It was given for another purpose or to another terminal; it is used up now.</summary>
    OtherSession,

    /// <summary>It came too late.</summary>
    Expired,
}

/// <summary>
/// Nonces in memory: single use, bounded, gone with the process. After a restart every older nonce is unknown and so refused, which is why
/// they need no disk: nothing that a nonce protects can be replayed into a new process.
/// </summary>
public sealed class ChallengeStore
{
    /// <summary>Life of a challenge.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Remembered challenges: each for two lives of 60 s, so some 2,000 a second; about 200 bytes each.</summary>
    public const int MaxOpen = 250_000;

    private const int SeedLength = 16;

    private readonly TimeProvider _clock;
    private readonly RandomNumberGenerator _random;
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Open> _open = [];
    private readonly Queue<(Key Nonce, DateTimeOffset ForgetAt)> _order = new();

    /// <summary>Makes an empty store.</summary>
    public ChallengeStore(TimeProvider clock, RandomNumberGenerator random)
    {
        _clock = clock;
        _random = random;
    }

    /// <summary>Gives a challenge; null when too many are open.</summary>
    public Challenge? Issue(ChallengePurpose purpose, Guid? terminalId)
    {
        byte[] bytes = new byte[Challenge.NonceLength + SeedLength];
        lock (_gate)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            Forget(now);
            if (_order.Count >= MaxOpen)
            {
                return null;
            }

            _random.GetBytes(bytes);
            Challenge challenge = new()
            {
                Nonce = bytes[..Challenge.NonceLength], Seed = bytes[Challenge.NonceLength..], ServerTime = now, ExpiresAt = now + Lifetime,
            };
            Key key = new(challenge.Nonce);
            _open.Add(key, new Open(purpose, terminalId, challenge));

            // Remembered for one more life, so that a late or repeated answer is told that it is.
            _order.Enqueue((key, now + (2 * Lifetime)));
            return challenge;
        }
    }

    /// <summary>Uses a nonce up. Whatever the result, it cannot be used again.</summary>
    public Redemption Redeem(ReadOnlySpan<byte> nonce, ChallengePurpose purpose, Guid? terminalId, out Challenge? challenge)
    {
        challenge = null;
        if (nonce.Length != Challenge.NonceLength)
        {
            return Redemption.Unknown;
        }

        lock (_gate)
        {
            if (!_open.TryGetValue(new Key(nonce), out Open? open))
            {
                return Redemption.Unknown;
            }

            if (open.IsUsed)
            {
                return Redemption.Used;
            }

            open.IsUsed = true;
            if (open.Purpose != purpose || open.TerminalId != terminalId)
            {
                return Redemption.OtherSession;
            }

            if (open.Challenge.ExpiresAt <= _clock.GetUtcNow())
            {
                return Redemption.Expired;
            }

            challenge = open.Challenge;
            return Redemption.Redeemed;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (_order.TryPeek(out (Key Nonce, DateTimeOffset ForgetAt) oldest) && oldest.ForgetAt <= now)
        {
            _order.Dequeue();
            _open.Remove(oldest.Nonce);
        }
    }

    private sealed record Open(ChallengePurpose Purpose, Guid? TerminalId, Challenge Challenge)
    {
        public bool IsUsed { get; set; }
    }

    private readonly record struct Key(UInt128 High, UInt128 Low)
    {
        public Key(ReadOnlySpan<byte> nonce)
            : this(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(nonce), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(nonce[16..]))
        {
        }
    }
}
