using System.Text.Json.Nodes;

namespace SoftPos.Scenarios;

/// <summary>An attestation key that its maker withdraws while the terminal is in use.</summary>
public sealed class RevocationScenarios
{
    private const int Refused = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    [Requirement("ATT-07", Partly = true)]
    public async Task A_key_that_is_listed_after_enrolment_sells_no_more_until_it_is_taken_off()
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, _, string output) = await stack.SaleAsync("12.50");
        Assert.True(code == 0, output);

        // The lab's provisioning certificate, above every virtual phone.
        await RevokeAsync(stack, """{"entries":{"3":{"status":"REVOKED","reason":"KEY_COMPROMISE"}}}""");
        await UntilAsync(stack, (code, sale) => code == Refused && sale["findings"]!.AsArray().Any(IsRevoked));
        int authorised = stack.Ledger().Count(IsAuthorisation);

        await RevokeAsync(stack, """{"entries":{"4":{"status":"REVOKED"}}}""");
        await UntilAsync(stack, (code, _) => code == 0);
        Assert.Equal(authorised, stack.Ledger().Count(IsAuthorisation) - 1);
    }

    private static bool IsAuthorisation(JsonObject entry) => entry["type"]!.GetValue<string>().StartsWith("01", StringComparison.Ordinal);

    private static Task RevokeAsync(Stack stack, string list) => File.WriteAllTextAsync(Path.Combine(stack.Data, "status-list.json"), list);

    private static bool IsRevoked(JsonNode? finding) => finding!["reason"]!.GetValue<string>() == "CHAIN_REVOKED";

    /// <summary>
    /// Sells until one ends so. The list may be read between a sale's attestation and its payment: that sale is refused by the payments,
    /// which know no finding.
    /// </summary>
    private static async Task UntilAsync(Stack stack, Func<int, JsonObject, bool> expected)
    {
        using CancellationTokenSource end = new(Patience);
        while (true)
        {
            (int code, JsonObject sale, string output) = await stack.SaleAsync("12.50");
            if (expected(code, sale))
            {
                return;
            }

            Assert.False(end.IsCancellationRequested, output);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
