using System.Net;
using System.Text.Json.Nodes;
using SoftPos.Backend.Integrators;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

/// <summary>
/// Terms for sales while the back end is away, surcharge and currency of merchants, and reconciliation reports, through the API.
/// </summary>
public sealed class OfflineApiTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private IntegratorStand _stand = null!;

    public async ValueTask InitializeAsync() => _stand = await IntegratorStand.StartAsync();

    public ValueTask DisposeAsync() => _stand.DisposeAsync();

    [Fact]
    [Requirement("OFF-01", Partly = true)]
    public async Task Offline_sales_are_off_until_a_provider_switches_them_on_and_that_is_journalled()
    {
        Assert.Null((await _stand.Database.Merchants.FindAsync(IntegratorStand.MerchantA, None))!.Offline);
        using SoftPosClient client = _stand.Client(_stand.KeyA);
        OfflineTerms terms = new() { MaxCount = 3, MaxTotalMinor = 6_000, MaxAmountMinor = 2_000, Kernels = [3] };
        MerchantRecord on = await client.PutOfflineAsync(IntegratorStand.MerchantA, terms, None);
        Assert.Equal((3, 6_000L, 2_000L), (on.Offline!.MaxCount, on.Offline.MaxTotalMinor, on.Offline.MaxAmountMinor));

        // A change of the merchant itself leaves the terms.
        MerchantInput input = new()
        {
            Name = on.Name, City = on.City, Country = on.Country, CardAcceptorId = on.CardAcceptorId, CategoryCode = on.CategoryCode,
                Currency = on.Currency,
        };
        Assert.Equal([3], (await client.PutMerchantAsync(IntegratorStand.MerchantA, input, None)).Offline!.Kernels);
        Assert.Null((await client.PutOfflineAsync(IntegratorStand.MerchantA, null, None)).Offline);
        JournalEntry[] entries = [.. (await _stand.Database.Journal.OfSubjectAsync(IntegratorStand.MerchantA, cancellation: None))
            .Where(e => e.Kind == "merchant.offline-set")];
        Assert.Equal([true, false], entries.Select(e => JsonNode.Parse(e.Content!)!["on"]!.GetValue<bool>()));
        Assert.Empty((await client.OfflineAsync(IntegratorStand.MerchantA, None)).Payments);
    }

    [Theory]
    [InlineData("""{"terms":{"maxCount":51}}""", "$.terms.maxCount")]
    [InlineData("""{"terms":{"maxCount":0}}""", "$.terms.maxCount")]
    [InlineData("""{"terms":{"maxAmountMinor":0}}""", "$.terms.maxAmountMinor")]
    [InlineData("""{"terms":{"maxAmountMinor":500,"maxTotalMinor":499}}""", "$.terms.maxTotalMinor")]
    [InlineData("""{"terms":{"maxRecordAgeMinutes":4321}}""", "$.terms.maxRecordAgeMinutes")]
    [InlineData("""{"terms":{"maxAttestationAgeMinutes":1441}}""", "$.terms.maxAttestationAgeMinutes")]
    [InlineData("""{"terms":{"kernels":[]}}""", "$.terms.kernels")]
    [InlineData("""{"on":true}""", "$.on")]
    public async Task Terms_out_of_their_bounds_are_refused_with_the_field(string body, string field)
    {
        (HttpStatusCode status, string answer) = await _stand.SendAsync("PUT", $"/v1/merchants/{IntegratorStand.MerchantA}/offline",
            _stand.KeyA, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(field, JsonNode.Parse(answer)!["errors"]![0]!["pointer"]!.GetValue<string>());
        Assert.Null((await _stand.Database.Merchants.FindAsync(IntegratorStand.MerchantA, None))!.Offline);
    }

    [Fact]
    public async Task A_merchants_own_key_does_not_change_its_terms()
    {
        string own = await _stand.MakeKeyAsync("tenant-a", IntegratorStand.MerchantA);
        (HttpStatusCode status, string answer) = await _stand.SendAsync("PUT", $"/v1/merchants/{IntegratorStand.MerchantA}/offline", own, """{"terms":{}}""");
        Assert.Equal((HttpStatusCode.Forbidden, ReasonCodes.ScopeMissing), (status, IntegratorStand.CodeOf(answer)));
    }

    [Fact]
    public async Task A_surcharge_gets_the_installations_cap_and_one_above_it_is_refused()
    {
        using SoftPosClient client = _stand.Client(_stand.KeyA);
        MerchantInput input = new()
        {
            Name = "Café", City = "Riga", Country = "LV", CardAcceptorId = "SOFTPOS00000009", CategoryCode = "5814", Currency = "978",
            Surcharge = new SurchargeTerms { PercentHundredths = 150, FixedMinor = 10, CapHundredths = 9_999 },
        };
        Assert.Equal(new SurchargeTerms { PercentHundredths = 150, FixedMinor = 10, CapHundredths = 500 },
            (await client.PutMerchantAsync("cafe-2", input, None)).Surcharge);
        input.Surcharge.PercentHundredths = 501;
        SoftPosApiException refused = await Assert.ThrowsAsync<SoftPosApiException>(() => client.PutMerchantAsync("cafe-2", input, None));
        Assert.Equal("$.surcharge.percentHundredths", refused.Field);
    }

    [Fact]
    public async Task A_reconciliation_report_shows_each_tenant_its_own_differences_and_no_number_of_others()
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        PaymentRecord[] payments =
        [
            (await _stand.Database.Payments.FindAsync(IntegratorStand.PaymentA, None))!.Record,
            (await _stand.Database.Payments.FindAsync(IntegratorStand.PaymentB, None))!.Record with { RetrievalReference = "000000000002" },
        ];
        AcquirerRow[] rows =
        [
            Row(3, "000000000001", 1_000), Row(4, "000000000002", 1_250),
        ];
        AcquirerFile file = new("12345", now.AddHours(-1), now.AddHours(1), rows);
        ReconciliationReport report = Reconciliation.Compare(payments, file);
        Assert.Equal(DifferenceKind.AmountDiffers, Assert.Single(report.Differences).Kind);
        StoredReconciliation kept = await ReconciliationApi.KeepAsync(report, file, _stand.Database, now, None);
        (await _stand.Database.CommitAsync(new Change().Add(kept), None)).Require();
        using SoftPosClient a = _stand.Client(_stand.KeyA), b = _stand.Client(_stand.KeyB);
        ReconciliationView ofA = await a.ReconciliationAsync(kept.ReportId, None), ofB = await b.ReconciliationAsync(kept.ReportId, None);
        Assert.Equal((IntegratorStand.MerchantA, IntegratorStand.PaymentA),
            (Assert.Single(ofA.Differences!).MerchantId, ofA.Differences![0].PaymentId!.Value));
        Assert.Equal((0, 0), (ofB.Differences!.Count, ofB.DifferenceCount));
        Assert.Null(Assert.Single((await b.ReconciliationsAsync(null, None)).Data).Differences);
        await Assert.ThrowsAsync<SoftPosApiException>(() => a.ReconciliationAsync("rec-none", None));
    }

    private static AcquirerRow Row(int line, string reference, long amountMinor) => new(
        line, reference, "000001", "SP000001", "SOFTPOS00000001", false, amountMinor, "978", AcquirerState.Charged, "A1B2C3",
            TimeProvider.System.GetUtcNow());
}
