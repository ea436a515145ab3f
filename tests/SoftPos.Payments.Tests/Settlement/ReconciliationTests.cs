using System.Globalization;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

public sealed class ReconciliationTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Journal_and_file_that_agree_have_no_difference()
    {
        PaymentRecord[] here =
        [
            Record(1), Record(2, PaymentState.Completed, PaymentOperation.PreAuthorisation) with { FinalMinor = 900 }, Record(3, operation: PaymentOperation.Refund),
            Record(4, PaymentState.Voided), Record(5, PaymentState.Reversed), Record(6, PaymentState.Declined), Record(7, PaymentState.Abandoned),
            Record(8, operation: PaymentOperation.PreAuthorisation), Record(9) with { ApprovedMinor = 400 },
        ];
        AcquirerFile file = FileOf(
            Row(1), Row(2, minor: 900), Row(3, refund: true), Row(4, AcquirerState.Reversed), Row(8, AcquirerState.Held), Row(9, minor: 400));
        ReconciliationReport report = Reconciliation.Compare(here, file);
        Assert.Empty(report.Differences);
        Assert.Equal((6, 6, 1_300L, 1_300L), (report.Rows, report.Agreed, report.HereNetMinor, report.ThereNetMinor));
    }

    [Fact]
    public void Every_planted_difference_is_found_and_explained()
    {
        PaymentRecord[] here =
        [
            Record(1), Record(2), Record(3), Record(4, PaymentState.Voided), Record(5, PaymentState.Declined), Record(6, PaymentState.Unknown),
            Record(7, PaymentState.Completed, PaymentOperation.PreAuthorisation) with { FinalMinor = 1_000 }, Record(8), Record(9), Record(10),
            Record(11, operation: PaymentOperation.PreAuthorisation), Record(12),
        ];
        AcquirerFile file = FileOf(
            Row(2, minor: 1_001),
            Row(3) with { Currency = "840" },
            Row(4),
            Row(5),
            Row(6),
            Row(7, AcquirerState.Held),
            Row(8, AcquirerState.Reversed),
            Row(9),
            Row(9) with { Line = 99 },
            Row(10, refund: true),
            Row(12),
            Row(77));
        ReconciliationReport report = Reconciliation.Compare(here, file);
        (int, DifferenceKind)[] found = [.. report.Differences.Select(d => (int.Parse(d.Reference[6..], CultureInfo.InvariantCulture), d.Kind)).Order()];
        Assert.Equal(
            [
                (1, DifferenceKind.MissingThere), (2, DifferenceKind.AmountDiffers), (3, DifferenceKind.AmountDiffers), (4, DifferenceKind.StateDiffers),
                (5, DifferenceKind.StateDiffers), (6, DifferenceKind.StateDiffers), (7, DifferenceKind.StateDiffers), (8, DifferenceKind.StateDiffers),
                (9, DifferenceKind.Doubled), (10, DifferenceKind.AmountDiffers), (11, DifferenceKind.MissingThere), (77, DifferenceKind.MissingHere),
            ],
            found);
        Assert.Equal(2, report.Agreed);
        Assert.All(report.Differences, d => Assert.True(d.Explanation.Length > 40, d.Explanation));
        Assert.Contains("still owed", report.Differences.Single(d => d.Reference.EndsWith("06", StringComparison.Ordinal)).Explanation, StringComparison.Ordinal);
        Assert.Contains("Line 99", report.Differences.Single(d => d.Kind == DifferenceKind.Doubled).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void At_the_ends_of_the_period_a_payment_is_matched_and_never_missing()
    {
        PaymentRecord before = Record(1) with { CreatedAt = Day.AddSeconds(-1) }, after = Record(2) with { CreatedAt = Day.AddDays(1) };
        Assert.Empty(Reconciliation.Compare([before, after], FileOf()).Differences);
        Assert.Empty(Reconciliation.Compare([before, after], FileOf(Row(1), Row(2))).Differences);
    }

    [Fact]
    public void What_is_owed_explains_both_amounts()
    {
        PaymentRecord adjusting = Record(1, PaymentState.Adjusting) with { PendingMinor = 1_200 };
        Assert.Empty(Reconciliation.Compare([adjusting], FileOf(Row(1))).Differences);
        Assert.Empty(Reconciliation.Compare([adjusting], FileOf(Row(1, minor: 1_200))).Differences);
        Assert.Single(Reconciliation.Compare([adjusting], FileOf(Row(1, minor: 1_100))).Differences);
    }

    [Fact]
    public async Task The_journal_is_read_for_the_period_of_the_file()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentAnswer sale = await shop.SaleAsync(shop.Request(1_250));
        AcquirerRow row = Row(0, minor: 1_250) with { Reference = sale.RetrievalReference!, Terminal = "SP000001" };
        Assert.Empty((await Reconciliation.RunAsync(shop.Database, FileOf(row))).Differences);
        Assert.Equal(DifferenceKind.MissingThere, Assert.Single((await Reconciliation.RunAsync(shop.Database, FileOf())).Differences).Kind);
        Assert.Empty((await Reconciliation.RunAsync(shop.Database, FileOf() with { From = Day.AddDays(-9), To = Day.AddDays(-8) })).Differences);
    }

    [Theory]
    [InlineData("", "the trailer T is missing")]
    [InlineData("D,a", "line 1: expected one header")]
    [InlineData("H,2,1,2026-11-24T00:00:00.000Z,2026-11-25T00:00:00.000Z", "line 1: a header is H,1")]
    [InlineData("H,1,1,2026-11-25T00:00:00.000Z,2026-11-24T00:00:00.000Z", "line 1: from and to")]
    [InlineData("{H}\nD,r,1,t,m,sale,12,978,charged,a", "line 2: a payment has 11 cells")]
    [InlineData("{H}\nD,r,1,t,m,gift,12,978,charged,a,2026-11-24T08:00:00.000Z", "line 2: kind")]
    [InlineData("{H}\nD,r,1,t,m,sale,-12,978,charged,a,2026-11-24T08:00:00.000Z", "line 2: the amount")]
    [InlineData("{H}\nD,r,1,t,m,sale,12,978,lost,a,2026-11-24T08:00:00.000Z", "line 2: state")]
    [InlineData("{H}\nD,r,1,t,m,sale,12,978,charged,a,2026-11-24T08:00:00.000Z", "the trailer T is missing")]
    [InlineData("{H}\nD,r,1,t,m,sale,12,978,charged,a,2026-11-24T08:00:00.000Z\nT,1,13,0", "line 3: the trailer does not fit")]
    [InlineData("{H}\nT,0,0,0\nT,0,0,0", "line 3: nothing stands after")]
    public void A_file_at_fault_is_refused_with_its_line(string text, string fault)
    {
        using StringReader reader = new(text.Replace("{H}", "H,1,1,2026-11-24T00:00:00.000Z,2026-11-25T00:00:00.000Z", StringComparison.Ordinal));
        Assert.False(AcquirerFile.TryRead(reader, out _, out string said));
        Assert.StartsWith(fault, said, StringComparison.Ordinal);
    }

    private static AcquirerFile FileOf(params AcquirerRow[] rows) => new("12345", Day, Day.AddDays(1), rows);

    private static AcquirerRow Row(int number, AcquirerState state = AcquirerState.Charged, long minor = 1_000, bool refund = false) =>
        new(number + 1, $"632808{number:D6}", $"{number:D6}", "SP000001", "M", refund, minor, "978", state, "A1", Day.AddHours(8));

    private static PaymentRecord Record(
        int number, PaymentState state = PaymentState.Approved, PaymentOperation operation = PaymentOperation.Sale) => new()
    {
        PaymentId = new Guid(number, 0, 0, new byte[8]), TerminalId = Guid.Empty, MerchantId = "m1", State = state, Reason = ReasonCodes.Approved, RequestHash = [1],
        AmountMinor = 1_000, Currency = "978", Operation = operation, MaskedPan = "476173******0119", AcquirerTerminalId = "SP000001", Stan = $"{number:D6}",
        RetrievalReference = $"632808{number:D6}", CreatedAt = Day.AddHours(8), ChangedAt = Day.AddHours(8),
    };
}
