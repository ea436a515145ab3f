namespace SoftPos.Terminal;

/// <summary>The SDK itself.</summary>
internal static class Sdk
{
    /// <summary>Version of the SDK, as it stands in every evidence.</summary>
    public static string Version { get; } = typeof(Sdk).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
