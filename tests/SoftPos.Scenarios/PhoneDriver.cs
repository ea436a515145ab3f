using System.Globalization;
using Microsoft.Playwright;
using SoftPos.Contract;
using SoftPos.Terminal;
using SoftPos.Terminal.Screens;

namespace SoftPos.Scenarios;

/// <summary>A person before the virtual phone: finds what is on the screen by its place in the model, and reads it in one language.</summary>
internal sealed class PhoneDriver(IPage page, string language)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("SOFTPOS_SCREENSHOTS");

    /// <summary>Words that the screens must have.</summary>
    public MerchantScreens Words { get; } = new(language);

    public IPage Page => page;

    public ILocator Title => page.Locator("#screen .title");

    /// <summary>Waits for a screen of a kind with the title of the language.</summary>
    public async Task SeeAsync(ScreenKind kind, string title)
    {
        await page.Locator($"#phone[data-kind={kind}]").WaitForAsync();
        await Title.Filter(new() { HasText = title }).WaitForAsync();
        Assert.Equal((language, language == "ar" ? "rtl" : "ltr"), (await Attribute("lang"), await Attribute("dir")));
    }

    public Task TouchAsync(string action) => page.Locator($"#screen [data-id='{action}']").ClickAsync();

    public async Task TypeAsync(string digits)
    {
        foreach (char digit in digits)
        {
            await TouchAsync($"digit:{digit}");
        }
    }

    /// <summary>Enters an amount, and waits until the phone wants the card.</summary>
    public async Task AskAsync(string digits, long amountMinor)
    {
        await TypeAsync(digits);
        await page.Locator("#screen .amount", new() { HasText = MoneyText.Of(amountMinor, "710") }).WaitForAsync();
        await TouchAsync(ScreenActions.Pay);
        await WantsCardAsync();
    }

    /// <summary>Waits for the place of the antenna.</summary>
    public async Task WantsCardAsync()
    {
        await page.Locator("#phone.wants-card").WaitForAsync();
        await SeeAsync(ScreenKind.Payment, Words.Payment(new PaymentScreen
        {
            Stage = PaymentStage.PresentCard, PaymentId = Guid.Empty, AmountMinor = 1, Currency = "710",
        }).Title);
        await page.Locator("#screen svg.antenna .card").WaitForAsync();
    }

    public async Task TapAsync(string card)
    {
        await page.Locator("#card").SelectOptionAsync(card);
        await page.Locator("#tap").ClickAsync();
    }

    /// <summary>Enters a PIN on the pad that is drawn; gives the order of its keys.</summary>
    public async Task<string> EnterPinAsync(string pin)
    {
        await page.Locator("#pin .pad").WaitForAsync();
        string layout = string.Concat(await page.Locator("#pin .cell:not(.word):not(.wide)").AllInnerTextsAsync());
        ILocator marks = page.Locator("#marks");
        for (int typed = 0; typed < pin.Length; typed++)
        {
            await page.Locator("#pin .cell").GetByText(pin[typed].ToString(), new() { Exact = true }).ClickAsync();
            await page.Locator($"#marks[aria-label='{(typed + 1).ToString(CultureInfo.InvariantCulture)}']").WaitForAsync();

            // The same sign for each digit; a digit itself stands nowhere but on its key.
            Assert.Equal(new string('●', typed + 1), await marks.InnerTextAsync());
        }

        await ShootAsync("pin");
        await page.Locator("#pin .cell.wide").ClickAsync();
        return layout;
    }

    /// <summary>The phone's lock.</summary>
    public Task ProveAsync(bool isProven) => page.Locator(isProven ? "#sheet [data-id=proof-yes]" : "#sheet [data-id=proof-no]").ClickAsync();

    public Task BecomeAsync(string phone) => page.Locator("#lab-phone").SelectOptionAsync(phone);

    /// <summary>Keeps a picture, where a folder for them is named; nothing may stand out of the phone sideways.</summary>
    public async Task ShootAsync(string name)
    {
        int over = await page.EvaluateAsync<int>("(() => { const s = document.getElementById('screen'); return s.scrollWidth - s.clientWidth; })()");
        Assert.True(over <= 0, $"{name} in {language} is {over} px too wide");
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, $"phone-{language}-{name}.png") });
        }
    }

    private Task<string?> Attribute(string name) => page.Locator("#screen").GetAttributeAsync(name);
}
