using SoftPos.Contract;

namespace SoftPos.Backend.Console.Text;

/// <summary>Reason codes for people. A code that the catalogue does not know is shown as it is.</summary>
internal static class ReasonWords
{
    public static string Text(string code) => ReasonCatalogue.Contains(code) ? ReasonCatalogue.Get(code).TextIn("en") : code;

    public static string Fix(string code) => ReasonCatalogue.Contains(code) ? ReasonCatalogue.Get(code).FixIn("en") : string.Empty;

    public static string Owner(string code) => ReasonCatalogue.Contains(code)
        ? ReasonCatalogue.Get(code).Owner switch { Contract.Owner.DeviceMaker => "device maker", var owner => owner.ToString().ToLowerInvariant() }
        : string.Empty;
}
