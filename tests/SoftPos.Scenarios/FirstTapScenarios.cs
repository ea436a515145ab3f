using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace SoftPos.Scenarios;

/// <summary>The first tap, with real processes: back end, acquirer and phone each on their own.</summary>
public sealed class FirstTapScenarios
{
    /// <summary>PAN of the lab's plain Visa card, as text and packed; it must be nowhere in clear.</summary>
    private static readonly string Pan = Lab.Cards.LabIssuer.Cards.First(card => card.Name == "visa").Pan;

    [Fact]
    public async Task A_sale_goes_all_the_way_through_and_leaves_its_journal_entries()
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, JsonObject sale, string output) = await stack.SaleAsync("12.50");
        Assert.True(code == 0, output);
        Assert.Equal("Approved", Text(sale, "outcome"));
        Assert.Equal("A0000000031010", Text(sale, "card", "aid"));
        Assert.Equal(Masked(Pan), Text(sale, "card", "maskedPan"));
        Assert.NotEmpty(Text(sale, "card", "applicationLabel"));
        Assert.Equal("3", sale["card"]!["kernelId"]!.ToJsonString());
        Assert.Matches("^[0-9A-Z]{6}$", Text(sale, "answer", "authorisationCode"));
        Assert.Equal(["payment.received", "payment.sent", "payment.approved"], Kinds(sale));
        Assert.Single(stack.Ledger(), IsAuthorisation);
    }

    [Fact]
    public async Task The_issuer_declines_by_the_cents_of_the_amount()
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, JsonObject sale, _) = await stack.SaleAsync("12.05");
        Assert.Equal(3, code);
        Assert.Equal("Declined", Text(sale, "outcome"));
        Assert.Equal("05", Text(sale, "answer", "responseCode"));
    }

    [Fact]
    [Requirement("ATT-01", Partly = true)]
    [Requirement("ATT-11", Partly = true)]
    public async Task A_rooted_phone_is_refused_with_the_named_finding_before_any_key_is_touched()
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, JsonObject sale, _) = await stack.SaleAsync("12.50", "--phone", "rooted");
        Assert.Equal(4, code);
        Assert.Equal("Refused", Text(sale, "outcome"));
        Assert.Contains(sale["findings"]!.AsArray(), finding => Text(finding!.AsObject(), "reason") == "BOOT_UNLOCKED");
        Assert.DoesNotContain(stack.Ledger(), IsAuthorisation);
    }

    [Theory]
    [Requirement("ATT-08")]
    [Requirement("SWP-07", Partly = true)]
    [InlineData("wrong-package", "PACKAGE_MISMATCH")]
    [InlineData("wrong-signer", "SIGNER_MISMATCH")]
    public async Task A_changed_app_is_refused(string phone, string reason)
    {
        await using Stack stack = await Stack.StartAsync();
        (int code, JsonObject sale, _) = await stack.SaleAsync("12.50", "--phone", phone);
        Assert.Equal(4, code);
        Assert.Contains(sale["findings"]!.AsArray(), finding => Text(finding!.AsObject(), "reason") == reason);
    }

    [Fact]
    public async Task A_silent_acquirer_leaves_the_payment_unknown_and_then_reversed()
    {
        await using Stack stack = await Stack.StartAsync("--acquirer-timeout", "1");
        (int code, JsonObject sale, string output) = await stack.SaleAsync(SilentAmount);
        Assert.True(code == 5, output);
        Assert.Equal("UNKNOWN_BEING_REVERSED", Text(sale, "reason", "code"));
        JsonObject settled = await UntilReversedAsync(stack, Text(sale, "paymentId"));
        Assert.Equal("REVERSED", Text(settled, "reason", "code"));
        Assert.Single(stack.Ledger().Where(IsReversal).Select(entry => Text(entry, "stan")).Distinct());
    }

    [Fact]
    public async Task A_server_killed_between_send_and_answer_reverses_exactly_once_after_its_restart()
    {
        await using Stack stack = await Stack.StartAsync("--acquirer-timeout", "60");

        // The first sale enrols the phone, so that the second is at the acquirer at once.
        (int first, _, string output) = await stack.SaleAsync("1.00");
        Assert.True(first == 0, output);
        await using SoftPosProcess sale = SoftPosProcess.Start(
            "sale", SilentAmount, "--port", stack.Port.ToString(CultureInfo.InvariantCulture), "--data", stack.Data, "--json");
        await UntilAsync(() => stack.Ledger().Count(IsAuthorisation) == 2, "the acquirer has the request");
        await stack.Server.KillAsync();
        await stack.StartServerAsync("--acquirer-timeout", "5");
        await UntilAsync(() => stack.Ledger().Any(IsReversal), "the reversal arrived");

        // Once more, and still one: a second restart must find nothing left to do.
        await stack.Server.KillAsync();
        await stack.StartServerAsync();
        (int again, _, string said) = await stack.SaleAsync("2.00");
        Assert.True(again == 0, said);

        // A repeat is a 0401 with the STAN of what it repeats: one STAN is one reversal, and the acquirer has carried out one.
        Assert.Single(stack.Ledger().Where(IsReversal).Select(entry => Text(entry, "stan")).Distinct());
        Assert.Single(stack.Ledger(), entry => IsReversal(entry) && Text(entry, "note") == "reversed");
    }

    [Fact]
    public async Task A_second_start_finds_its_data_again_and_ctrl_c_stops_cleanly()
    {
        await using Stack stack = await Stack.StartAsync();
        (_, JsonObject before, _) = await stack.SaleAsync("3.00");
        Assert.Equal(0, await stack.Server.InterruptAsync());
        await stack.StartServerAsync();
        (_, JsonObject after, string output) = await stack.SaleAsync("4.00");
        Assert.True(Text(after, "outcome") == "Approved", output);
        Assert.True(LastIndex(after) > LastIndex(before));
    }

    [Fact]
    public async Task A_taken_port_and_a_missing_stack_are_told_in_words()
    {
        await using Stack stack = await Stack.StartAsync();
        string port = stack.Port.ToString(CultureInfo.InvariantCulture);
        (int taken, string said) = await SoftPosProcess.RunAsync("up", "--port", port, "--data", Path.Combine(stack.Folder, "other"), "--fleet", "0");
        Assert.Equal(1, taken);
        Assert.Contains($"port {port}", said, StringComparison.Ordinal);
        Assert.Contains("--port", said, StringComparison.Ordinal);

        (int inUse, string folder) = await SoftPosProcess.RunAsync("up", "--port", "0", "--data", stack.Data, "--fleet", "0");
        Assert.Equal(1, inUse);
        Assert.Contains("another process", folder, StringComparison.Ordinal);

        await stack.Server.InterruptAsync();
        (int none, string how) = await SoftPosProcess.RunAsync("sale", "1.00", "--port", port, "--data", stack.Data);
        Assert.NotEqual(0, none);
        Assert.Contains("./softpos up", how, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("MON-05")]
    [Requirement("ACC-01")]
    public async Task No_card_number_and_no_key_is_in_any_output_or_file()
    {
        await using Stack stack = await Stack.StartAsync("--acquirer-timeout", "1", "--verbose");
        string outputs = (await stack.SaleAsync("12.50")).Output + (await stack.SaleAsync("12.05")).Output + (await stack.SaleAsync(SilentAmount)).Output;
        await stack.Server.InterruptAsync();
        outputs += stack.Server.Output + stack.Acquirer.Output;
        Assert.DoesNotContain(Pan, outputs, StringComparison.Ordinal);
        byte[][] canaries = [Encoding.ASCII.GetBytes(Pan), Convert.FromHexString(Pan)];
        foreach (string file in Directory.EnumerateFiles(stack.Data, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            Assert.All(canaries, canary => Assert.True(bytes.AsSpan().IndexOf(canary) < 0, $"a card number in clear in {file}"));
        }
    }

    [Fact]
    public async Task The_console_is_closed_without_signing_in()
    {
        await using Stack stack = await Stack.StartAsync();
        using HttpClientHandler handler = new() { AllowAutoRedirect = false };
        using HttpClient http = new(handler) { BaseAddress = stack.Address };
        using HttpResponseMessage page = await http.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(page.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.Unauthorized, page.StatusCode.ToString());
        Assert.Contains("/sign-in#", stack.Server.Output, StringComparison.Ordinal);
        (int code, string link) = await SoftPosProcess.RunAsync(
            "sign-in", "--port", stack.Port.ToString(CultureInfo.InvariantCulture), "--data", stack.Data);
        Assert.Equal(0, code);
        Assert.Contains("/sign-in#", link, StringComparison.Ordinal);
    }

    /// <summary>The lab acquirer takes it and never answers, see docs/reference/sandbox-amounts.md.</summary>
    private const string SilentAmount = "12.69";

    private static bool IsAuthorisation(JsonObject entry) => Text(entry, "type").StartsWith("01", StringComparison.Ordinal);

    private static bool IsReversal(JsonObject entry) => Text(entry, "type").StartsWith("04", StringComparison.Ordinal);

    private static async Task<JsonObject> UntilReversedAsync(Stack stack, string paymentId)
    {
        JsonObject? last = null;
        await UntilAsync(
            async () =>
            {
                (_, string output) = await SoftPosProcess.RunAsync(
                    "status", paymentId, "--port", stack.Port.ToString(CultureInfo.InvariantCulture), "--data", stack.Data, "--json");
                last = JsonNode.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..])!.AsObject();
                return Text(last, "outcome") == "Reversed";
            },
            "the payment is reversed");
        return last!;
    }

    private static Task UntilAsync(Func<bool> holds, string what) => UntilAsync(() => Task.FromResult(holds()), what);

    /// <summary>Polls another process; there is nothing to be told by.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        while (!await holds())
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"waited in vain until {what}");
            }
        }
    }

    private static string[] Kinds(JsonObject sale) =>
        [.. sale["answer"]!["journal"]!.AsArray().Select(trace => Text(trace!.AsObject(), "kind"))];

    private static long LastIndex(JsonObject sale) => sale["answer"]!["journal"]!.AsArray()[^1]!["index"]!.GetValue<long>();

    private static string Masked(string pan) => pan[..6] + new string('*', pan.Length - 10) + pan[^4..];

    private static string Text(JsonObject json, params string[] path)
    {
        JsonNode? at = json;
        foreach (string name in path)
        {
            at = at?[name];
        }

        Assert.True(at is not null, $"no {string.Join('.', path)} in {json.ToJsonString()}");
        return at!.GetValue<string>();
    }
}
