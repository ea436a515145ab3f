using Microsoft.Playwright;

namespace SoftPos.Backend.Tests.Console;

/// <summary>A browser at the console.</summary>
internal static class ConsoleBrowsing
{
    /// <summary>A page that has signed in by a link and is connected.</summary>
    public static async Task<IPage> SignedInAsync(this Browser browser, ConsoleHost host, int width = 1280, int height = 800, bool dark = false)
    {
        IPage page = await browser.PageAsync(width, height, dark);
        await page.GotoAsync($"{host.Address}sign-in#{await host.TokenAsync()}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Now", Exact = true }).WaitForAsync();
        await page.Locator(".live-live").WaitForAsync();
        return page;
    }
}
