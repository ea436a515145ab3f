using Microsoft.Extensions.Time.Testing;
using SoftPos.Contract;

namespace SoftPos.Monitoring.Tests;

public class ChallengeDeskTests
{
    private static readonly Guid Terminal = Guid.Parse("0193a5b0-0000-7000-8000-000000000001");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_nonce_is_redeemed_once()
    {
        ChallengeDesk desk = new(_clock);
        Challenge challenge = Issue(desk);
        Assert.Equal(Redemption.Good, desk.Redeem(challenge.Nonce, ChallengePurpose.Tap, Terminal, out byte[] seed));
        Assert.Equal(challenge.Seed, seed);
        Assert.Equal(Redemption.Invalid, desk.Redeem(challenge.Nonce, ChallengePurpose.Tap, Terminal, out _));
    }

    [Fact]
    public void A_nonce_of_another_terminal_or_purpose_is_refused_and_spent()
    {
        ChallengeDesk desk = new(_clock);
        Challenge challenge = Issue(desk);
        Assert.Equal(Redemption.Invalid, desk.Redeem(challenge.Nonce, ChallengePurpose.Tap, Guid.Empty, out _));
        Assert.Equal(Redemption.Invalid, desk.Redeem(challenge.Nonce, ChallengePurpose.Tap, Terminal, out _));

        challenge = Issue(desk);
        Assert.Equal(Redemption.Invalid, desk.Redeem(challenge.Nonce, ChallengePurpose.Heartbeat, Terminal, out _));
    }

    [Fact]
    public void A_nonce_ends_with_its_life_and_says_so()
    {
        ChallengeDesk desk = new(_clock);
        Challenge late = Issue(desk);
        _clock.Advance(ChallengeDesk.Lifetime);
        Assert.Equal(Redemption.Expired, desk.Redeem(late.Nonce, ChallengePurpose.Tap, Terminal, out _));

        Challenge justInTime = Issue(desk);
        _clock.Advance(ChallengeDesk.Lifetime - TimeSpan.FromMilliseconds(1));
        Assert.Equal(Redemption.Good, desk.Redeem(justInTime.Nonce, ChallengePurpose.Tap, Terminal, out _));
    }

    [Fact]
    public void Expired_nonces_are_forgotten()
    {
        ChallengeDesk desk = new(_clock);
        for (int i = 0; i < 100; i++)
        {
            Issue(desk);
        }

        _clock.Advance(2 * ChallengeDesk.Lifetime);
        Issue(desk);
        Assert.Equal(1, desk.Outstanding);
    }

    [Fact]
    public void Nonces_are_unpredictable()
    {
        ChallengeDesk desk = new(_clock);
        HashSet<string> nonces = [.. Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(Issue(desk).Nonce))];
        Assert.Equal(1000, nonces.Count);
    }

    [Fact]
    public void One_nonce_goes_to_one_of_many_that_redeem_it_at_once()
    {
        ChallengeDesk desk = new(_clock);
        Challenge challenge = Issue(desk);
        int good = 0;
        Parallel.For(0, 64, _ =>
        {
            if (desk.Redeem(challenge.Nonce, ChallengePurpose.Tap, Terminal, out byte[] _) is Redemption.Good)
            {
                Interlocked.Increment(ref good);
            }
        });
        Assert.Equal(1, good);
    }

    private static Challenge Issue(ChallengeDesk desk) =>
        desk.Issue(new ChallengeRequest { Purpose = ChallengePurpose.Tap, TerminalId = Terminal })!;
}
