using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SoftPos.Backend.Tests.Console;
using SoftPos.Contract;
using SoftPos.Lab.Cards;
using SoftPos.Terminal;
using SoftPos.Terminal.Screens;

namespace SoftPos.Scenarios;

/// <summary>The virtual phone at <c>/phone</c>, in a real browser over real processes.</summary>
public sealed partial class PhoneScenarios : IAsyncLifetime
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Stack _stack = null!;
    private Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _browser = await Browser.StartAsync();
        _stack = await Stack.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }
    }

    [Fact]
    [Requirement("PIN-02", Partly = true)]
    [Requirement("PIN-04", Partly = true)]
    public async Task A_merchants_whole_day_in_english_isizulu_and_arabic()
    {
        IPage page = await SignedInAsync();
        List<string> faults = [];
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Add(message.Text);
            }
        };
        HashSet<string> layouts = [];
        foreach (string language in (string[])["en", "zu", "ar"])
        {
            await SetUpAsync(page, language);
            PhoneDriver phone = new(page, language);
            await SellAsync(phone);
            layouts.Add(await SellWithPinAsync(phone));
            await RefundAsync(phone);
            await BlockAndAppealAsync(phone);
            await LookAroundAsync(phone);
            await page.Locator("#another").ClickAsync();
            await page.Locator("#phone[data-kind=SetUp]").WaitForAsync();
        }

        // Ten digits in an order: three pads alike would be one in 10^13.
        Assert.Equal(3, layouts.Count);

        // A theme that cannot be read is refused once in each language, and the browser notes that; nothing else went wrong.
        Assert.Equal(3, faults.Count);
        Assert.All(faults, static fault => Assert.Contains("400 (Bad Request)", fault, StringComparison.Ordinal));
        Assert.Equal(3, JsonNode.Parse((await SoftPosProcess.RunAsync(
            "appeals", "list", "--json", "--port", $"{_stack.Port}", "--data", _stack.Data)).Output)!.AsArray().Count);
        Assert.Contains(_stack.Ledger(), entry => entry.ToJsonString().Contains("PIN right", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_and_another_page_of_the_browser_get_nothing()
    {
        using HttpClient stranger = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _stack.Address };
        foreach (string path in (string[])["phone/phone.js", "phone/catalogue", "phone/x/states"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(new Uri(path, UriKind.Relative), Cancel)).StatusCode);
        }

        using HttpRequestMessage visit = new(HttpMethod.Get, "phone");
        visit.Headers.Accept.ParseAdd("text/html");
        Assert.Equal("/sign-in?to=phone", (await stranger.SendAsync(visit, Cancel)).Headers.Location?.OriginalString);

        using HttpClient signedIn = await CookieAsync();
        Assert.Equal(HttpStatusCode.OK, (await signedIn.GetAsync(new Uri("phone", UriKind.Relative), Cancel)).StatusCode);
        foreach (string? site in (string?[])["same-site", "cross-site", "none", null])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(signedIn, "phone/open", new JsonObject(), site)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(signedIn, "phone/open", new JsonObject { ["more"] = 1 }, "same-origin")).StatusCode);
        HttpResponseMessage opened = await PostAsync(signedIn, "phone/open", new JsonObject(), "same-origin");
        string id = (await opened.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["id"]!.GetValue<string>();
        foreach (string what in (string[])["made-up", "tap", "digit", "theme"])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(signedIn, "phone/" + id, new JsonObject { ["what"] = what }, "same-origin")).StatusCode);
        }
    }

    [Fact]
    public async Task The_shelf_of_phones_is_bounded_and_one_that_nobody_watches_makes_room()
    {
        using HttpClient client = await CookieAsync();
        HashSet<string> opened = [];
        for (int i = 0; i < 10; i++)
        {
            HttpResponseMessage answer = await PostAsync(client, "phone/open", new JsonObject(), "same-origin");
            opened.Add((await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["id"]!.GetValue<string>());
        }

        HttpStatusCode[] alive = await Task.WhenAll(opened.Select(async id =>
            (await PostAsync(client, "phone/" + id, new JsonObject { ["what"] = "dismiss" }, "same-origin")).StatusCode));
        Assert.Equal((10, 8), (opened.Count, alive.Count(static status => status == HttpStatusCode.NoContent)));
    }

    private static async Task SetUpAsync(IPage page, string language)
    {
        // The first thing that a merchant of another language does. The page says that nobody has read it.
        await page.Locator("#phone[data-kind=SetUp]").WaitForAsync();
        await page.Locator("#offer").ClickAsync();
        await page.Locator("#offered svg.dots").WaitForAsync();
        string code = await page.Locator("#offered-code").InnerTextAsync();
        await page.Locator("#scan").ClickAsync();
        await Assertions.Expect(page.Locator("#field")).ToHaveValueAsync(code);
        PhoneDriver english = new(page, "en");
        await english.ShootAsync("set-up");
        await english.TouchAsync(ScreenActions.SetUp);
        await english.SeeAsync(ScreenKind.Education, english.Words.Education(1).Title);
        for (int lesson = 1; lesson < MerchantScreens.LastLesson; lesson++)
        {
            await english.TouchAsync(ScreenActions.Next);
        }

        await english.TouchAsync(ScreenActions.Done);
        await english.SeeAsync(ScreenKind.Keypad, english.Words.Keypad(AmountEntry.Empty("710")).Title);
        if (language != "en")
        {
            await english.TouchAsync(ScreenActions.Settings);
            await english.ShootAsync("settings");
            await english.TouchAsync($"{ScreenActions.Language}:{language}");
            PhoneDriver chosen = new(page, language);
            await chosen.SeeAsync(ScreenKind.Settings, chosen.Words.Settings().Title);
            await Assertions.Expect(page.Locator("#draft")).ToBeVisibleAsync();
            await chosen.TouchAsync(ScreenActions.Back);
        }
        else
        {
            await Assertions.Expect(page.Locator("#draft")).ToBeHiddenAsync();
        }
    }

    private static async Task SellAsync(PhoneDriver phone)
    {
        await phone.SeeAsync(ScreenKind.Keypad, phone.Words.Keypad(AmountEntry.Empty("710")).Title);
        await phone.ShootAsync("keypad");
        await phone.AskAsync("1250", 1250);
        await phone.ShootAsync("tap");
        await phone.TapAsync("visa");
        await ResultAsync(phone, PaymentOutcome.Approved);
        await phone.ShootAsync("approved");
        await phone.TouchAsync(ScreenActions.Receipt);
        await phone.Page.Locator("#screen svg.dots").WaitForAsync();
        string receipt = string.Join('\n', await phone.Page.Locator("#screen .receipt").AllInnerTextsAsync());
        Assert.Contains("12.50", receipt, StringComparison.Ordinal);
        Assert.DoesNotContain(LabCardCatalogue.Find("visa")!.Pan[6..^4], receipt, StringComparison.Ordinal);
        await phone.ShootAsync("receipt");
        await phone.TouchAsync(ScreenActions.Done);
    }

    private static async Task<string> SellWithPinAsync(PhoneDriver phone)
    {
        await phone.AskAsync("12000", 12_000);
        await phone.TapAsync("mastercard");
        string layout = await phone.EnterPinAsync("1234");
        Assert.Equal("0123456789", string.Concat(layout.Order()));
        await ResultAsync(phone, PaymentOutcome.Approved);
        await phone.TouchAsync(ScreenActions.Done);
        return layout;
    }

    private static async Task RefundAsync(PhoneDriver phone)
    {
        await phone.TouchAsync(ScreenActions.History);
        await phone.SeeAsync(ScreenKind.History, phone.Words.History([]).Title);
        await phone.ShootAsync("history");
        await phone.Page.Locator("#screen [data-id^='open:']", new() { HasText = "12.50" }).ClickAsync();
        await phone.TouchAsync(ScreenActions.Receipt);
        await phone.TouchAsync(ScreenActions.Refund);
        await phone.TouchAsync(ScreenActions.RefundNow);
        await phone.ShootAsync("step-up");
        await phone.ProveAsync(false);
        await phone.Page.Locator("#sheet .sheet").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Assertions.Expect(phone.Page.Locator("#phone")).ToHaveAttributeAsync("data-kind", nameof(ScreenKind.Refund));
        await phone.TouchAsync(ScreenActions.RefundNow);
        await phone.ProveAsync(true);
        await phone.WantsCardAsync();
        await phone.TapAsync("visa");
        await ResultAsync(phone, PaymentOutcome.Approved);
        await phone.TouchAsync(ScreenActions.Done);
    }

    private static async Task BlockAndAppealAsync(PhoneDriver phone)
    {
        await phone.BecomeAsync("debugged");
        await phone.TypeAsync("500");
        await phone.TouchAsync(ScreenActions.Pay);
        await ResultAsync(phone, PaymentOutcome.Refused);
        await phone.TouchAsync(ScreenActions.Blocked);
        string title = phone.Words.Blocked(new TrustResult { Verdict = Verdict.Denied }).Title;
        await phone.SeeAsync(ScreenKind.Blocked, title);
        await phone.Page.Locator("#screen .detail", new() { HasText = "DEBUGGER_DETECTED" }).WaitForAsync();
        await phone.ShootAsync("blocked");
        await phone.TouchAsync(ScreenActions.Appeal);
        await phone.Page.Locator("#field").FillAsync("The repair shop had this phone yesterday. <b>Thandi</b>");
        await phone.ShootAsync("appeal");
        await phone.TouchAsync(ScreenActions.AppealNow);
        await phone.Page.Locator("#screen .sign-good").WaitForAsync();
        await phone.SeeAsync(ScreenKind.Appeal, phone.Words.Appealed(new AppealResult(1, null)).Title);
        await phone.ShootAsync("appealed");
        await phone.TouchAsync(ScreenActions.Done);

        // What the merchant puts right counts at once; nobody has to answer the appeal for that.
        await phone.BecomeAsync("good");
        await phone.TouchAsync(ScreenActions.Blocked);
        await phone.SeeAsync(ScreenKind.Blocked, title);
        await phone.Page.Locator("#screen .sign-good").WaitForAsync();
        await phone.TouchAsync(ScreenActions.Back);
        await phone.AskAsync("500", 500);
        await phone.TapAsync("visa");
        await ResultAsync(phone, PaymentOutcome.Approved);
        await phone.TouchAsync(ScreenActions.Done);
    }

    private static async Task LookAroundAsync(PhoneDriver phone)
    {
        await phone.TouchAsync(ScreenActions.Settings);
        await phone.TouchAsync(ScreenActions.Diagnostics);
        await phone.SeeAsync(ScreenKind.Diagnostics, phone.Words.Diagnostics(new Dictionary<string, string>()).Title);
        await phone.TouchAsync(ScreenActions.Share);
        await phone.Page.Locator("#sheet .shared", new() { HasText = "open payments: 0" }).WaitForAsync();
        await phone.Page.Locator("#sheet [data-id=dismiss]").ClickAsync();
        await phone.Page.Locator("#large").CheckAsync();
        await phone.Page.Locator("#contrast").CheckAsync();
        await phone.TouchAsync(ScreenActions.Back);
        Assert.Equal("rgb(0, 0, 0)", await phone.Page.EvaluateAsync<string>("getComputedStyle(document.getElementById('phone')).backgroundColor"));
        await phone.ShootAsync("large-contrast");
        await phone.Page.Locator("#large").UncheckAsync();
        await phone.Page.Locator("#contrast").UncheckAsync();
        await phone.Page.Locator("#theme").SelectOptionAsync("stall");
        await phone.Page.Locator("#brand-name", new() { HasText = "Thandi's Market Stall" }).WaitForAsync();
        await phone.Page.Locator("#logo[src$='stall.png']").WaitForAsync();
        Assert.Equal("#8a2b0e", await phone.Page.EvaluateAsync<string>("document.getElementById('phone').style.getPropertyValue('--main')"));
        await phone.ShootAsync("theme");
        await phone.Page.Locator("#side summary").ClickAsync();
        await phone.Page.Locator("#theme-text").FillAsync("""{ "name": "Pale", "colours": { "background": "#ffffff", "text": "#cccccc" } }""");
        await phone.Page.Locator("#theme-use").ClickAsync();
        await phone.Page.Locator("#theme-fault", new() { HasText = "colours.main: expected #rrggbb" }).WaitForAsync();
        await phone.Page.Locator("#side summary").ClickAsync();
    }

    private static async Task ResultAsync(PhoneDriver phone, PaymentOutcome outcome) => await phone.SeeAsync(ScreenKind.Result, phone.Words.Result(
        new PaymentResult { PaymentId = Guid.Empty, Outcome = outcome, Reason = new TerminalReason { Code = "X", Text = "", Fix = "", Owner = Owner.Us } },
        1,
        "710").Title);

    private async Task<IPage> SignedInAsync()
    {
        IPage page = await _browser.PageAsync(900, 900);
        await page.GotoAsync($"{_stack.Address}sign-in?to=phone#{Token()}");
        await page.Locator("#phone[data-kind=SetUp]").WaitForAsync();
        return page;
    }

    private async Task<HttpClient> CookieAsync()
    {
        HttpClient client = new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = _stack.Address };
        (await client.PostAsJsonAsync(new Uri("sign-in", UriKind.Relative), new { token = Token() })).EnsureSuccessStatusCode();
        return client;
    }

    private string Token() => SignInLink().Match(_stack.Server.Output).Groups[1].Value;

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, JsonObject body, string? site)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        await request.Content.LoadIntoBufferAsync();
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return await client.SendAsync(request);
    }

    [GeneratedRegex(@"sign-in#(\S+)")]
    private static partial Regex SignInLink();
}
