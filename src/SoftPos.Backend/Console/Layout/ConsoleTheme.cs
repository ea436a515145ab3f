using MudBlazor;

namespace SoftPos.Backend.Console.Layout;

/// <summary>Colours of the component library, the same as those in <c>console.css</c>.</summary>
internal static class ConsoleTheme
{
    private static readonly string[] Font = ["Inter", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"];

    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b5c7a", Background = "#f4f6f8", Surface = "#ffffff", TextPrimary = "#16202b", TextSecondary = "#546170",
            LinesDefault = "#d8dee5", LinesInputs = "#b4bfca", TableLines = "#e4e9ee", ActionDefault = "#546170", Divider = "#d8dee5",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#5cbbe0", PrimaryContrastText = "#06202b", Background = "#0f151c", Surface = "#18212b", TextPrimary = "#e8edf2",
            TextSecondary = "#a3afbc", LinesDefault = "#2c3945", LinesInputs = "#495a6a", TableLines = "#253039", ActionDefault = "#a3afbc",
            Divider = "#2c3945",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
        Typography = new Typography { Default = new DefaultTypography { FontFamily = Font, FontSize = "0.9375rem", LineHeight = "1.5" } },
    };
}
