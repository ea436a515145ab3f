using SoftPos.Storage;

namespace SoftPos.Keys.Tests;

public sealed class KeyLifeDeciderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The whole table: every action from every state, and where it leads; null is a refusal.</summary>
    [Theory]
    [InlineData(KeyState.Pending, KeyAction.Activate, KeyState.Active)]
    [InlineData(KeyState.Pending, KeyAction.Compromise, KeyState.Compromised)]
    [InlineData(KeyState.Pending, KeyAction.Destroy, KeyState.Destroyed)]
    [InlineData(KeyState.Active, KeyAction.Rotate, KeyState.Retired)]
    [InlineData(KeyState.Active, KeyAction.Suspend, KeyState.Suspended)]
    [InlineData(KeyState.Active, KeyAction.Compromise, KeyState.Compromised)]
    [InlineData(KeyState.Retired, KeyAction.Suspend, KeyState.Suspended)]
    [InlineData(KeyState.Retired, KeyAction.Compromise, KeyState.Compromised)]
    [InlineData(KeyState.Retired, KeyAction.Destroy, KeyState.Destroyed)]
    [InlineData(KeyState.Suspended, KeyAction.Activate, KeyState.Active)]
    [InlineData(KeyState.Suspended, KeyAction.Compromise, KeyState.Compromised)]
    [InlineData(KeyState.Suspended, KeyAction.Destroy, KeyState.Destroyed)]
    [InlineData(KeyState.Compromised, KeyAction.Destroy, KeyState.Destroyed)]
    public void A_step_that_is_allowed_leads_where_it_should(KeyState from, KeyAction action, KeyState to) =>
        Assert.Equal(new KeyLifeStep(to, KeyLifeRefusal.None), KeyLifeDecider.Decide(Key("bdk.data.1", from), action, Now));

    [Fact]
    [Requirement("KEY-08")]
    public void No_other_step_is_allowed()
    {
        int allowed = 0;
        foreach (KeyState from in Enum.GetValues<KeyState>())
        {
            foreach (KeyAction action in (KeyAction[])[KeyAction.Activate, KeyAction.Rotate, KeyAction.Suspend, KeyAction.Compromise, KeyAction.Destroy])
            {
                allowed += KeyLifeDecider.Decide(Key("bdk.data.1", from), action, Now).Next is null ? 0 : 1;
                Assert.Equal(KeyLifeRefusal.UnknownKey, KeyLifeDecider.Decide(null, action, Now).Refusal);
            }

            Assert.Equal(KeyLifeRefusal.NameTaken, KeyLifeDecider.Decide(Key("bdk.data.1", from), KeyAction.Generate, Now).Refusal);
            Assert.Equal(KeyLifeRefusal.NameTaken, KeyLifeDecider.Decide(Key("bdk.data.1", from), KeyAction.Import, Now).Refusal);
        }

        Assert.Equal(13, allowed);
        Assert.Equal(KeyState.Pending, KeyLifeDecider.Decide(null, KeyAction.Generate, Now).Next);
    }

    [Fact]
    public void Nothing_comes_back_from_compromised_or_destroyed()
    {
        foreach (KeyState dead in (KeyState[])[KeyState.Compromised, KeyState.Destroyed])
        {
            Assert.Equal(KeyLifeRefusal.State, KeyLifeDecider.Decide(Key("k", dead), KeyAction.Activate, Now).Refusal);
            Assert.False(KeyUse.May(Key("k", dead), KeyUsePurpose.Process, Now));
            Assert.False(KeyUse.May(Key("k", dead), KeyUsePurpose.Apply, Now));
        }
    }

    [Fact]
    public void A_key_past_its_period_is_not_activated()
    {
        KeyRecord over = Key("bdk.data.1", KeyState.Pending) with { ExpiresAt = Now };
        Assert.Equal(KeyLifeRefusal.Expired, KeyLifeDecider.Decide(over, KeyAction.Activate, Now).Refusal);
        Assert.Equal(KeyState.Active, KeyLifeDecider.Decide(over, KeyAction.Activate, Now - TimeSpan.FromSeconds(1)).Next);
    }

    [Fact]
    public void Only_base_derivation_keys_are_rotated() => Assert.Equal(
        KeyLifeRefusal.NotVersioned,
        KeyLifeDecider.Decide(Key("zpk.a", KeyState.Active) with { Purpose = KeyPurposes.ZonePinAes }, KeyAction.Rotate, Now).Refusal);

    [Fact]
    [Requirement("KEY-08")]
    public void A_compromise_takes_all_that_came_in_under_the_key_at_any_depth()
    {
        KeyRecord top = Key("kbpk.a", KeyState.Active);
        KeyRecord[] all =
        [
            top,
            Key("kbpk.b", KeyState.Active) with { Parent = "kbpk.a" },
            Key("zpk.b", KeyState.Suspended) with { Parent = "kbpk.b" },
            Key("zpk.dead", KeyState.Destroyed) with { Parent = "kbpk.b" },
            Key("zpk.other", KeyState.Active) with { Parent = "kbpk.other" },
            Key("zpk.loop", KeyState.Active) with { Parent = "zpk.loop" },
        ];
        Assert.Equal(["kbpk.a", "kbpk.b", "zpk.b"], KeyLifeDecider.Falling(top, all).Select(key => key.Name));
        Assert.Equal(["zpk.loop"], KeyLifeDecider.Falling(all[5], all).Select(key => key.Name));
    }

    [Fact]
    [Requirement("KEY-10")]
    public void Nobody_approves_alone_nor_after_a_week()
    {
        CeremonyRecord ceremony = new()
        {
            Number = 1, State = CeremonyState.Proposed, Action = 1, Subject = "k", Proposer = "anna", CreatedAt = Now, ChangedAt = Now, Detail = "{}",
        };
        Assert.Equal(KeyLifeRefusal.SamePerson, KeyLifeDecider.MayApprove(ceremony, "anna", Now));
        Assert.Equal(KeyLifeRefusal.SamePerson, KeyLifeDecider.MayApprove(ceremony, "Anna", Now));
        Assert.Equal(KeyLifeRefusal.None, KeyLifeDecider.MayApprove(ceremony, "ben", Now + TimeSpan.FromDays(7)));
        Assert.Equal(KeyLifeRefusal.Over, KeyLifeDecider.MayApprove(ceremony, "ben", Now + TimeSpan.FromDays(7.1)));
        Assert.Equal(KeyLifeRefusal.Over, KeyLifeDecider.MayApprove(ceremony with { State = CeremonyState.Done }, "ben", Now));
        Assert.Equal(KeyLifeRefusal.Over, KeyLifeDecider.MayApprove(ceremony with { State = CeremonyState.Closed }, "ben", Now));
    }

    [Theory]
    [InlineData("bdk.data.2", KeyPurposes.AccountData, true)]
    [InlineData("bdk.data.2", KeyPurposes.Pin, false)]
    [InlineData("bdk.pin.16777215", KeyPurposes.Pin, true)]
    [InlineData("bdk.pin.16777216", KeyPurposes.Pin, false)]
    [InlineData("bdk.data.0", KeyPurposes.AccountData, false)]
    [InlineData("bdk.data.01", KeyPurposes.AccountData, false)]
    [InlineData("bdk.data.", KeyPurposes.AccountData, false)]
    [InlineData("zpk.bank-1", KeyPurposes.ZonePinAes, true)]
    [InlineData("bdk.bank", KeyPurposes.ZonePinAes, false)]
    [InlineData("Zpk", KeyPurposes.ZonePinAes, false)]
    [InlineData("", KeyPurposes.ZonePinAes, false)]
    [InlineData("zpk", "anything", false)]
    public void Names_follow_the_purpose(string name, string purpose, bool expected) =>
        Assert.Equal(expected, KeyLifeDecider.IsNameFor(name, purpose));

    private static KeyRecord Key(string name, KeyState state) => new()
    {
        Name = name, Purpose = KeyPurposes.AccountData, State = state, SealedKey = state is KeyState.Destroyed ? null : [1], CheckValue = [1, 2, 3, 4, 5],
        CreatedAt = Now, ChangedAt = Now,
    };
}
