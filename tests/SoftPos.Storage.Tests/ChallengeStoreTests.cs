using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Contract;

namespace SoftPos.Storage.Tests;

public sealed class ChallengeStoreTests
{
    private static readonly Guid Terminal = new("0193a000-0000-7000-8000-000000000001");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private readonly ChallengeStore _store;

    public ChallengeStoreTests() => _store = new ChallengeStore(_clock, RandomNumberGenerator.Create());

    [Fact]
    [Requirement("ATT-05")]
    public void A_nonce_is_redeemed_once()
    {
        Challenge challenge = _store.Issue(ChallengePurpose.Tap, Terminal)!;
        Assert.Equal(Redemption.Redeemed, _store.Redeem(challenge.Nonce, ChallengePurpose.Tap, Terminal, out Challenge? redeemed));
        Assert.Equal(challenge.Seed, redeemed!.Seed);
        Assert.Equal(Redemption.Used, _store.Redeem(challenge.Nonce, ChallengePurpose.Tap, Terminal, out _));
    }

    [Fact]
    [Requirement("ATT-05")]
    public void A_nonce_of_another_terminal_or_purpose_is_used_up_and_refused()
    {
        Challenge challenge = _store.Issue(ChallengePurpose.Tap, Terminal)!;
        Assert.Equal(Redemption.OtherSession, _store.Redeem(challenge.Nonce, ChallengePurpose.Pin, Terminal, out _));
        Assert.Equal(Redemption.Used, _store.Redeem(challenge.Nonce, ChallengePurpose.Tap, Terminal, out _));
        Challenge second = _store.Issue(ChallengePurpose.Tap, Terminal)!;
        Assert.Equal(Redemption.OtherSession, _store.Redeem(second.Nonce, ChallengePurpose.Tap, null, out _));
    }

    [Fact]
    [Requirement("ATT-05")]
    public void A_late_nonce_is_expired_and_a_very_late_one_unknown()
    {
        Challenge late = _store.Issue(ChallengePurpose.Tap, Terminal)!;
        Challenge veryLate = _store.Issue(ChallengePurpose.Tap, Terminal)!;
        _clock.Advance(ChallengeStore.Lifetime);
        Assert.Equal(Redemption.Expired, _store.Redeem(late.Nonce, ChallengePurpose.Tap, Terminal, out _));
        _clock.Advance(ChallengeStore.Lifetime);
        _store.Issue(ChallengePurpose.Tap, Terminal);
        Assert.Equal(Redemption.Unknown, _store.Redeem(veryLate.Nonce, ChallengePurpose.Tap, Terminal, out _));
    }

    [Fact]
    [Requirement("MON-06", Partly = true)]
    public void The_store_is_bounded_and_recovers_when_time_passes()
    {
        for (int i = 0; i < ChallengeStore.MaxOpen; i++)
        {
            Assert.NotNull(_store.Issue(ChallengePurpose.Heartbeat, null));
        }

        Assert.Null(_store.Issue(ChallengePurpose.Heartbeat, null));
        _clock.Advance(2 * ChallengeStore.Lifetime);
        Assert.NotNull(_store.Issue(ChallengePurpose.Heartbeat, null));
    }
}
