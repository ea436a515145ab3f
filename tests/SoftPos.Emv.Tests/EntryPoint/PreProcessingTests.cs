using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Tests.EntryPoint;

/// <summary>Pre-processing (Book B, 3.1.1): each limit at one less, equal and one more.</summary>
public sealed class PreProcessingTests
{
    private static readonly Combination Plain = new()
    {
        Aid = Convert.FromHexString("A0000000031010"),
        KernelId = [3],
        Kinds = [TransactionKind.Purchase],
        Ttq = Convert.FromHexString("24C04000"),
    };

    [Theory]
    [InlineData(9_999, false)]
    [InlineData(10_000, true)]
    [InlineData(10_001, true)]
    public void From_the_transaction_limit_on_contactless_is_not_allowed(long amount, bool notAllowed) =>
        Assert.Equal(notAllowed, PreProcessing.Run(Plain with { TransactionLimit = 10_000 }, amount, 2).ContactlessNotAllowed);

    [Theory]
    [InlineData(9_999, false)]
    [InlineData(10_000, false)]
    [InlineData(10_001, true)]
    public void Above_the_floor_limit_an_online_cryptogram_is_required(long amount, bool online)
    {
        PreProcessingIndicators indicators = PreProcessing.Run(Plain with { FloorLimit = 10_000, TerminalFloorLimit = 1 }, amount, 2);

        Assert.Equal((online, online), (indicators.FloorLimitExceeded, (indicators.Ttq![1] & 0x80) != 0));
    }

    [Theory]
    [InlineData(9_999, false)]
    [InlineData(10_000, false)]
    [InlineData(10_001, true)]
    public void The_terminal_floor_limit_counts_where_the_reader_has_none(long amount, bool online) =>
        Assert.Equal(online, PreProcessing.Run(Plain with { TerminalFloorLimit = 10_000 }, amount, 2).FloorLimitExceeded);

    [Theory]
    [InlineData(9_999, false)]
    [InlineData(10_000, true)]
    [InlineData(10_001, true)]
    public void From_the_CVM_limit_on_a_verification_is_required(long amount, bool required)
    {
        PreProcessingIndicators indicators = PreProcessing.Run(Plain with { CvmLimit = 10_000 }, amount, 2);

        Assert.Equal((required, required), (indicators.CvmLimitExceeded, (indicators.Ttq![1] & 0x40) != 0));
    }

    [Fact]
    public void Absent_limits_limit_nothing()
    {
        PreProcessingIndicators indicators = PreProcessing.Run(Plain, 999_999_999_999, 2);

        Assert.Equal((false, false, false), (indicators.ContactlessNotAllowed, indicators.FloorLimitExceeded, indicators.CvmLimitExceeded));
        Assert.Equal("24004000", Convert.ToHexString(indicators.Ttq!));
    }

    [Theory]
    [InlineData(null, "24", false, true)]
    [InlineData(true, "24", false, true)]
    [InlineData(false, "24", true, false)]
    [InlineData(null, "2C", true, false)]
    public void A_zero_amount_goes_online_or_nowhere(bool? allowed, string ttq, bool notAllowed, bool online)
    {
        Combination combination = Plain with { ZeroAmountAllowed = allowed, Ttq = [Convert.ToByte(ttq, 16), 0, 0, 0] };

        PreProcessingIndicators indicators = PreProcessing.Run(combination, 0, 2);

        Assert.Equal((notAllowed, online), (indicators.ContactlessNotAllowed, (indicators.Ttq![1] & 0x80) != 0));
    }

    [Theory]
    [InlineData(99, 2, false)]
    [InlineData(100, 2, true)]
    [InlineData(101, 2, false)]
    [InlineData(1, 0, true)]
    public void A_status_check_is_one_unit_of_the_currency(long amount, int exponent, bool asked)
    {
        PreProcessingIndicators indicators = PreProcessing.Run(Plain with { StatusCheck = true }, amount, exponent);

        Assert.Equal((asked, asked), (indicators.StatusCheckRequested, (indicators.Ttq![1] & 0x80) != 0));
    }

    [Fact]
    public void The_qualifiers_are_made_anew_for_each_transaction()
    {
        Combination combination = Plain with { FloorLimit = 100, CvmLimit = 100 };

        Assert.Equal(0xC0, PreProcessing.Run(combination, 101, 2).Ttq![1]);
        Assert.Equal(0x00, PreProcessing.Run(combination, 99, 2).Ttq![1]);
        Assert.Equal("24C04000", Convert.ToHexString(combination.Ttq!));
    }
}
