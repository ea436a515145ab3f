using System.Globalization;
using Microsoft.Playwright;

namespace SoftPos.Backend.Tests.Console;

/// <summary>
/// Every page at both widths, light and dark: it must not scroll sideways. With <c>SOFTPOS_SCREENSHOTS</c> set to a folder the pictures are kept there.
/// </summary>
[Trait("Pace", "slow")]
public sealed class Screenshots
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("now", ""), ("fleet", "fleet"), ("terminal", $"terminals/{SeededFleet.Steady}"), ("refused-terminal", $"terminals/{SeededFleet.Rooted}"),
        ("payments", "payments"), ("payment", $"payments/{SeededFleet.Identity(700)}"), ("reversed-payment", $"payments/{SeededFleet.Reversed}"),
        ("settlement", "settlement"), ("links", "links"), ("merchants", "merchants"), ("alarms", "alarms"), ("alarm", $"alarms/{SeededFleet.RaisedAlarm}"),
        ("baseline", "baseline"), ("log", "log"), ("entry", "log/3"),
    ];

    [Theory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(400, false)]
    [InlineData(400, true)]
    public async Task Pages_fit_the_screen(int width, bool dark)
    {
        await using Browser browser = await Browser.StartAsync();
        await using ConsoleHost host = await ConsoleHost.StartAsync(SeededFleet.FillAsync);
        await using ConsoleHost empty = await ConsoleHost.StartAsync();
        string? folder = Environment.GetEnvironmentVariable("SOFTPOS_SCREENSHOTS");
        string suffix = string.Create(CultureInfo.InvariantCulture, $"{width}-{(dark ? "dark" : "light")}.png");
        List<string> wide = [];
        foreach ((ConsoleHost of, string prefix) in new[] { (host, string.Empty), (empty, "empty-") })
        {
            IPage page = await browser.SignedInAsync(of, width, width == 400 ? 860 : 800, dark);
            foreach ((string name, string path) in of == host
                ? Pages : Pages.Where(static p => p.Name is "now" or "fleet" or "payments" or "alarms"))
            {
                await page.GotoAsync(new Uri(of.Address, path).ToString());
                await page.Locator("main h1, main h2").First.WaitForAsync();
                await page.Locator(".live-live").WaitForAsync();
                int over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                if (over > 0)
                {
                    wide.Add($"{prefix}{name} by {over} px");
                }

                if (folder is not null)
                {
                    await page.ScreenshotAsync(new PageScreenshotOptions { Path = System.IO.Path.Combine(folder, $"{prefix}{name}-{suffix}") });
                }
            }
        }

        Assert.True(wide.Count == 0, $"wider than {width} px: {string.Join(", ", wide)}");
    }
}
