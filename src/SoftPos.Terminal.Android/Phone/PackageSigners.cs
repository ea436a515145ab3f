using Android.Content;

namespace SoftPos.Terminal.Android;

/// <summary>Who signed an app: for a host that lets other apps ask for payments.</summary>
public static class PackageSigners
{
    /// <summary>SHA-256 of the certificates that signed an app; none when it is not visible.</summary>
    public static IReadOnlyList<byte[]> Of(Context context, string? package)
    {
        ArgumentNullException.ThrowIfNull(context);
        return AppFiles.SignersOf(context, package);
    }
}
