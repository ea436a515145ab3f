using System.Text;

namespace SoftPos.Terminal.Screens;

/// <summary>A theme that cannot be read is refused, with everything that is wrong.</summary>
public sealed class ThemeTests
{
    private const string Good = """
        {
          "name": "Stall",
          "colours": { "background": "#ffffff", "text": "#111827", "main": "#0b3d91", "onMain": "#ffffff", "good": "#14693a", "bad": "#a61b1b", "detail": "#4b5563" },
          "logo": "logo.png",
          "welcome": { "en": "Hello", "zu": "Sawubona" },
          "contact": { "phone": "+27 21 000 0000" }
        }
        """;

    [Fact]
    public void A_good_theme_is_taken()
    {
        Assert.Empty(Theme.Read(Encoding.UTF8.GetBytes(Good), out Theme? theme));
        Assert.Equal(("Stall", "Sawubona", "Hello"), (theme!.Name, theme.WelcomeIn("zu"), theme.WelcomeIn("ar")));
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#ff0000", "#ffffff", 4.0)]
    [InlineData("#ffffff", "#ffffff", 1)]
    public void Contrast_is_that_of_the_published_examples(string one, string other, double ratio)
    {
        Assert.Equal(ratio, Theme.Contrast(one, other), 0.01);
        Assert.Equal(ratio, Theme.Contrast(other, one), 0.01);
    }

    [Theory]
    [InlineData("\"text\": \"#111827\"", "\"text\": \"#666666\"", "colours.text: contrast 5.7, at least 7.0 is needed")]
    [InlineData("\"onMain\": \"#ffffff\"", "\"onMain\": \"#0b3d91\"", "colours.onMain: contrast 1.0, at least 4.5 is needed")]
    [InlineData("\"good\": \"#14693a\"", "\"good\": \"#7fff7f\"", "colours.good")]
    [InlineData("\"bad\": \"#a61b1b\"", "\"bad\": \"red\"", "colours.bad: expected #rrggbb")]
    [InlineData("logo.png", "../logo.png", "logo: expected a file name")]
    [InlineData("logo.png", "logo.svg", "logo: expected a file name")]
    [InlineData("\"name\": \"Stall\"", "\"name\": \"\"", "name: expected")]
    [InlineData("\"en\": \"Hello\",", "", "welcome.en: needed")]
    [InlineData("\"zu\"", "\"tlh\"", "welcome.tlh: not a shipped language")]
    [InlineData("\"phone\": \"+27 21 000 0000\"", "\"web\": \"http://example.com\"", "contact.web: expected an address with https")]
    [InlineData("\"phone\": \"+27 21 000 0000\"", "", "contact: at least one")]
    [InlineData("\"logo\"", "\"script\"", "no theme")]
    public void Whatever_is_wrong_is_named(string part, string instead, string fault)
    {
        IReadOnlyList<string> faults = Theme.Read(Encoding.UTF8.GetBytes(Good.Replace(part, instead, StringComparison.Ordinal)), out Theme? theme);
        Assert.Null(theme);
        Assert.Contains(faults, text => text.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_too_large_or_none_is_refused()
    {
        Assert.Single(Theme.Read(new byte[Theme.MaxFile + 1], out _));
        Assert.Single(Theme.Read("[]"u8, out _));
        Assert.Single(Theme.Read("null"u8, out _));
    }
}
