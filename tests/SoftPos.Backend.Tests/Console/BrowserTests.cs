using System.Text.Json.Nodes;
using Microsoft.Playwright;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests.Console;

/// <summary>The main ways through the console, in a real browser over the real host.</summary>
[Trait("Pace", "slow")]
public sealed class BrowserTests : IAsyncLifetime
{
    private ConsoleHost _host = null!;
    private Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _browser = await Browser.StartAsync();
        _host = await ConsoleHost.StartAsync(SeededFleet.FillAsync);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_link_signs_in_and_the_token_leaves_the_address()
    {
        IPage page = await _browser.PageAsync();
        List<string> faults = [];
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Add(message.Text);
            }
        };
        string token = await _host.TokenAsync();
        await page.GotoAsync($"{_host.Address}sign-in#{token}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Now", Exact = true }).WaitForAsync();
        await page.GetByText("Live", new() { Exact = true }).WaitForAsync();
        Assert.DoesNotContain(token, page.Url, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Settlement_and_links_have_their_pages()
    {
        IPage page = await _browser.PageAsync();
        await page.GotoAsync($"{_host.Address}sign-in#{await _host.TokenAsync()}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Settlement", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "No batch yet" }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Links", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "No link here" }).WaitForAsync();
    }

    [Fact]
    public async Task A_used_link_says_how_to_get_a_new_one()
    {
        string token = await _host.TokenAsync();
        Assert.NotNull(await _host.Database.ConsoleUsers.SignInAsync(token, TestContext.Current.CancellationToken));
        IPage page = await _browser.PageAsync();
        await page.GotoAsync($"{_host.Address}sign-in#{token}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "This link does not work any more" }).WaitForAsync();
        Assert.True(await page.GetByText("./softpos sign-in").IsVisibleAsync());
    }

    [Fact]
    public async Task The_fleet_shows_a_blocked_terminal_first_with_its_reason()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GetByRole(AriaRole.Link, new() { Name = "Fleet", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Fleet" }).WaitForAsync();
        string first = await page.Locator("tbody tr").First.InnerTextAsync();
        Assert.Contains("Denied", first, StringComparison.Ordinal);
        Assert.Contains("OnePlus 7T", first, StringComparison.Ordinal);
        Assert.Contains(ReasonCatalogue.Get(SeededFleet.UnlockedReason).TextIn("en"), first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fleet_is_narrowed_by_text()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GetByRole(AriaRole.Link, new() { Name = "Fleet", Exact = true }).ClickAsync();
        await page.GetByLabel("Search the fleet").FillAsync("fairphone");
        await page.WaitForURLAsync("**/fleet?q=fairphone");
        await page.GetByText("1–8 of 8").WaitForAsync();
        Assert.Equal(8, await page.Locator("tbody tr").CountAsync());
    }

    [Fact]
    public async Task A_new_terminal_and_a_new_payment_appear_without_a_reload()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GetByRole(AriaRole.Link, new() { Name = "Fleet", Exact = true }).ClickAsync();
        await page.GetByText("of 41").WaitForAsync();
        TerminalRecord terminal = SeededFleet.Terminal(901, Verdict.Denied, TimeProvider.System.GetUtcNow(), [SeededFleet.Unlocked()]) with { Model = "Newcomer X1" };
        (await _host.Database.CommitAsync(
            new Change().Put(terminal).Append("terminal.refused", terminal.TerminalId, new JsonObject { ["verdict"] = "Denied" }),
            TestContext.Current.CancellationToken)).Require();
        await page.GetByText("Newcomer X1").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Payments", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Payments" }).WaitForAsync();
        PaymentRecord payment = SeededFleet.Payment(790, PaymentState.Approved, ReasonCodes.Approved, TimeProvider.System.GetUtcNow(), 123_456);
        (await _host.Database.CommitAsync(
            new Change().Add(payment).Append("payment.approved", payment.PaymentId, []), TestContext.Current.CancellationToken)).Require();
        await page.GetByText("1\u202f234.56 EUR").WaitForAsync();
    }

    [Fact]
    public async Task A_terminal_shows_what_was_found_and_what_it_led_to()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GotoAsync($"{_host.Address}terminals/{SeededFleet.Steady}");
        await page.GetByText("18 appraisals, all trusted").WaitForAsync();
        await page.Locator(".live-live").WaitForAsync();
        string finding = await page.Locator(".finding").First.InnerTextAsync();
        Assert.Contains("android.rootOfTrust.deviceLocked", finding, StringComparison.Ordinal);
        Assert.Contains("boot.locked", finding, StringComparison.Ordinal);
        Assert.Contains("Deny", finding, StringComparison.Ordinal);
        Assert.True(await page.GetByRole(AriaRole.Img, new() { NameString = "Battery" }).First.IsVisibleAsync());
        await page.Locator(".step", new() { Has = page.Locator(".finding") }).GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByText("Policy hash").WaitForAsync();
    }

    [Fact]
    public async Task An_alarm_is_taken_up_with_a_reason_and_a_second_one_appears_by_itself()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GetByRole(AriaRole.Link, new() { Name = "Alarms", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Alarms" }).WaitForAsync();
        Assert.Contains("Critical", await page.Locator("tbody tr").First.InnerTextAsync(), StringComparison.Ordinal);
        AlarmBook book = new(_host.Database, [], TimeProvider.System);
        await book.ApplyAsync(
            [new AlarmSignal("key:zone-tdes", AlarmKinds.KeyDue) { Reason = ReasonCodes.KeysExpired, Summary = "ends tomorrow" }], null,
            force: false, TestContext.Current.CancellationToken);
        await page.GetByText("ends tomorrow").WaitForAsync();

        await page.GotoAsync($"{_host.Address}alarms/{SeededFleet.RaisedAlarm}");
        await page.Locator(".live-live").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.GetByText("Say why").WaitForAsync();
        await page.GetByLabel("Why, or what was found").FillAsync("I call the shop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.GetByText("I call the shop (looked after by Operator)").WaitForAsync();
        AlarmRecord taken = (await _host.Database.Alarms.FindAsync(SeededFleet.RaisedAlarm, TestContext.Current.CancellationToken))!;
        Assert.Equal((AlarmState.Acknowledged, "Operator", "I call the shop"), (taken.State, taken.By, taken.Note));
    }

    [Fact]
    public async Task A_reversed_payment_shows_its_steps_in_order()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GotoAsync($"{_host.Address}payments/{SeededFleet.Reversed}");
        await page.Locator(".step").First.WaitForAsync();
        IReadOnlyList<string> steps = await page.Locator(".step-head strong").AllInnerTextsAsync();
        Assert.Equal(["Payment received", "Sent to the acquirer", "No definite answer", "Reversal sent", "Reversed"], steps);
        Assert.True(await page.GetByText("the cardholder is not charged").First.IsVisibleAsync());
    }

    [Fact]
    [Requirement("MON-03", Partly = true)]
    public async Task An_entry_of_the_log_carries_a_proof_that_holds()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GotoAsync($"{_host.Address}log/3");
        await page.GetByText("Proof verified").WaitForAsync();
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        IPage page = await _browser.SignedInAsync(_host);
        await page.GetByText("Live", new() { Exact = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "You are signed out" }).WaitForAsync();
        await page.GotoAsync(new Uri(_host.Address, "fleet").ToString());
        await page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
    }
}
