namespace SoftPos.House;

/// <summary>What integrators build against is written down, and the build fails on what is not.</summary>
public class SurfaceTests
{
    [Theory]
    [Requirement("INT-01", Partly = true)]
    [InlineData("Terminal", "SoftPos.Terminal.SoftPosTerminal.PayAsync(")]
    [InlineData("Contract", "SoftPos.Contract.Integrators.SoftPosClient.PushAsync(")]
    public void The_surface_of_a_package_is_tracked_and_no_port_of_the_phone_is_in_it(string room, string known)
    {
        string[] surface = [.. new[] { "Shipped", "Unshipped" }.SelectMany(kind => Tree.Lines($"src/SoftPos.{room}/PublicAPI.{kind}.txt"))];
        Assert.Contains(surface, line => line.Contains(known, StringComparison.Ordinal));

        // Whoever supplies these sees cards, keys or PINs: only the platform layers of the SDK do.
        foreach (string port in (string[])["IDeviceKeyRing", "IPinScreen", "CardChannel", "IProbe", "PinPad", "IPhoneSystem"])
        {
            Assert.DoesNotContain(surface, line => line.Contains($"SoftPos.Terminal.{port}", StringComparison.Ordinal));
        }

        string[] waived = [.. Tree.Files(".csproj", ".props", ".editorconfig", ".cs")
            .Where(static path => !path.StartsWith("tests/", StringComparison.Ordinal) && !path.StartsWith("eng/", StringComparison.Ordinal))
            .Where(static path => Tree.Lines(path).Any(static line => line.Contains("RS0016", StringComparison.Ordinal) || line.Contains("RS0017", StringComparison.Ordinal)))];
        Assert.True(waived.Length == 0, $"tracking is lifted in {string.Join(", ", waived)}");
    }
}
