using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Mastercard;

/// <summary>The four limits of kernel 2 at one less, equal and one more.</summary>
public sealed class Kernel2LimitTests
{
    [Theory]
    [InlineData(19_999, OutcomeKind.Approved)]
    [InlineData(20_000, OutcomeKind.Approved)]
    [InlineData(20_001, OutcomeKind.EndApplication)]
    public void More_than_the_transaction_limit_selects_the_next_application(long amount, OutcomeKind kind)
    {
        ScriptedMastercard card = new();
        card.Kernel = card.Kernel with { TransactionLimit = 20_000, TransactionLimitOnDevice = 90_000 };
        card.Request = card.Request with { AmountMinor = amount };

        Outcome outcome = card.Run();

        Assert.Equal(kind, outcome.Kind);
        Assert.Equal(kind is OutcomeKind.EndApplication, outcome.Reason is OutcomeReason.NoApplication);
        Assert.Equal(kind is OutcomeKind.Approved, card.Commands.Exists(command => command[1] == 0xAE));
    }

    [Theory]
    [InlineData(89_999, true)]
    [InlineData(90_000, true)]
    [InlineData(90_001, false)]
    public void A_device_that_verifies_its_holder_has_its_own_transaction_limit(long amount, bool allowed)
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("1A80");
        card.Kernel = card.Kernel with { TransactionLimit = 20_000, TransactionLimitOnDevice = 90_000 };
        card.Request = card.Request with { AmountMinor = amount };

        card.Run();

        Assert.Equal(allowed, card.Commands.Exists(command => command[1] == 0xAE));
    }

    [Fact]
    public void Without_the_kernel_configuration_for_devices_their_limit_does_not_count()
    {
        ScriptedMastercard card = new();
        card.Options[EmvTag.Aip] = ScriptedMastercard.Hex("1A80");
        card.Kernel = card.Kernel with { TransactionLimit = 20_000, TransactionLimitOnDevice = 90_000, OnDeviceVerification = false };
        card.Request = card.Request with { AmountMinor = 20_001 };

        card.Run();

        Assert.DoesNotContain(card.Commands, command => command[1] == 0xAE);
    }

    [Theory]
    [InlineData(4_999, "000808", "1F0302", CvmKind.NoCvm)]
    [InlineData(5_000, "000808", "1F0302", CvmKind.NoCvm)]
    [InlineData(5_001, "006808", "420300", CvmKind.OnlinePin)]
    public void More_than_the_CVM_limit_needs_a_verification(long amount, string capabilities, string results, CvmKind cvm)
    {
        ScriptedMastercard card = new();
        card.Request = card.Request with { AmountMinor = amount };

        Outcome outcome = card.Run();

        Assert.Equal(capabilities, card.Sent(EmvTag.TerminalCapabilities));
        Assert.Equal(results, card.Sent(EmvTag.CvmResults));
        Assert.Equal((cvm, amount > 5_000), (outcome.Cvm, outcome.Receipt));
        Assert.Equal(cvm is CvmKind.OnlinePin, outcome.Tvr.Has(Tvr.OnlinePinEntered));
    }

    [Theory]
    [InlineData(49_999, false)]
    [InlineData(50_000, false)]
    [InlineData(50_001, true)]
    public void More_than_the_floor_limit_sets_its_bit(long amount, bool above)
    {
        ScriptedMastercard card = new();
        card.Kernel = card.Kernel with { CvmLimit = 90_000 };
        card.Record[EmvTag.IacOnline] = ScriptedMastercard.Hex("0000008000");
        card.Request = card.Request with { AmountMinor = amount };

        Outcome outcome = card.Run();

        Assert.Equal(above, outcome.Tvr.Has(Tvr.FloorLimitExceeded));
        Assert.Equal(above ? 0x80 : 0x40, card.Control);
        Assert.Equal(above ? OutcomeKind.OnlineRequest : OutcomeKind.Approved, outcome.Kind);
    }

    [Theory]
    [InlineData(99_999, OutcomeKind.Approved)]
    [InlineData(100_000, OutcomeKind.TryAnotherInterface)]
    [InlineData(100_001, OutcomeKind.TryAnotherInterface)]
    public void The_entry_point_refuses_from_its_own_limit_on_before_the_field_is_on(long amount, OutcomeKind kind)
    {
        ScriptedMastercard card = new();
        card.Request = card.Request with { AmountMinor = amount };

        Outcome outcome = card.Run();

        Assert.Equal(kind, outcome.Kind);
        Assert.Equal(kind is OutcomeKind.TryAnotherInterface, card.Commands.Count == 0);
    }

    [Fact]
    public void Without_any_limit_the_default_of_the_book_is_zero()
    {
        ScriptedMastercard card = new();
        card.Combination = card.Combination with { TransactionLimit = null };
        card.Run();
        Assert.DoesNotContain(card.Commands, command => command[1] == 0xAE);

        ScriptedMastercard bare = new();
        bare.Combination = bare.Combination with { FloorLimit = null, CvmLimit = null };
        Outcome outcome = bare.Run();
        Assert.True(outcome.Tvr.Has(Tvr.FloorLimitExceeded));
        Assert.Equal(CvmKind.OnlinePin, outcome.Cvm);
    }
}
