using Microsoft.Extensions.Time.Testing;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

public sealed class RetentionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("MON-04")]
    public async Task Evidence_is_kept_for_more_than_a_year_and_the_journal_for_ever()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-retention-").FullName;
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        await using (Database database = await Database.OpenAsync(Path.Combine(folder, "softpos.db"), clock))
        {
            Retention retention = Retention.Create(database, new BackendOptions
            {
                DataFolder = folder, Acquirer = new System.Net.IPEndPoint(0, 1), AppPackages = [], AppSigners = [],
            }.EvidenceRetention, clock);
            Guid terminal = Guid.CreateVersion7(clock.GetUtcNow());
            await database.CommitAsync(new Change().AddEvidence(terminal, [1, 2, 3]).Append("evidence.appraised", terminal, []), Cancellation);

            clock.Advance(TimeSpan.FromDays(366));
            Assert.Equal(0, await retention.RoundAsync(Cancellation));
            Assert.Single(await database.Evidence.NewestAsync(terminal, 10, Cancellation));

            clock.Advance(TimeSpan.FromDays(60));
            Assert.Equal(1, await retention.RoundAsync(Cancellation));
            Assert.Empty(await database.Evidence.NewestAsync(terminal, 10, Cancellation));
            string[] kinds = [.. (await database.Journal.RangeAsync(0, 10, Cancellation)).Select(entry => entry.Kind)];
            Assert.Equal(["evidence.appraised", "retention.evidence-removed"], kinds);
            Assert.Equal(0, await retention.RoundAsync(Cancellation));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Requirement("MON-04")]
    public void A_shorter_time_is_refused_at_the_start() =>
        Assert.Throws<BackendStartException>(() => Retention.Create(null!, TimeSpan.FromDays(365), TimeProvider.System));
}
