using Android.Content;
using Android.Content.PM;

namespace SoftPos.Terminal.Android;

/// <summary>Other apps, as far as the manifest's queries make them visible.</summary>
internal static class Neighbours
{
    private const string Prefix = "android.permission.";

    /// <summary>Permissions that count as risky; each is reported by its last word and only when granted.</summary>
    private static readonly string[] Risky =
    [
        "SYSTEM_ALERT_WINDOW", "REQUEST_INSTALL_PACKAGES", "READ_SMS", "RECEIVE_SMS", "PACKAGE_USAGE_STATS", "WRITE_SECURE_SETTINGS", "READ_LOGS",
        "MANAGE_EXTERNAL_STORAGE",
    ];

    /// <summary>An app by its package name; null when it is not installed or not visible.</summary>
    public static InstalledApp? Find(Context context, string package)
    {
        if (context.PackageManager is not { } manager)
        {
            return null;
        }

        try
        {
            return OperatingSystem.IsAndroidVersionAtLeast(33)
                ? Of(manager, manager.GetPackageInfo(package, PackageManager.PackageInfoFlags.Of((long)Asked)))
                : Of(manager, manager.GetPackageInfo(package, Asked));
        }
        catch (PackageManager.NameNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Every app that is visible.</summary>
    public static IReadOnlyList<InstalledApp>? All(Context context)
    {
        if (context.PackageManager is not { } manager)
        {
            return null;
        }

        IList<PackageInfo> apps = OperatingSystem.IsAndroidVersionAtLeast(33)
            ? manager.GetInstalledPackages(PackageManager.PackageInfoFlags.Of((long)Asked))
            : manager.GetInstalledPackages(Asked);
        return [.. apps.Select(app => Of(manager, app)).OfType<InstalledApp>()];
    }

    /// <summary>Part of the system image, updated or not.</summary>
    public static bool IsSystem(ApplicationInfo app) => (app.Flags & (ApplicationInfoFlags.System | ApplicationInfoFlags.UpdatedSystemApp)) != 0;

    private static PackageInfoFlags Asked => PackageInfoFlags.Permissions | PackageInfoFlags.Services;

    private static InstalledApp? Of(PackageManager manager, PackageInfo? info) => info is { PackageName: { } package, ApplicationInfo: { } app }
        ? new InstalledApp(package, InstallerOf(manager, package), IsSystem(app), [.. Granted(manager, info, package), .. Bound(info)])
        : null;

    /// <summary>Who installed an app; empty when the system does not say.</summary>
    public static string InstallerOf(PackageManager manager, string package)
    {
        try
        {
            return manager.GetInstallSourceInfo(package) is { } source ? source.InstallingPackageName ?? source.InitiatingPackageName ?? string.Empty : string.Empty;
        }
        catch (PackageManager.NameNotFoundException)
        {
            return string.Empty;
        }
    }

    private static IEnumerable<string> Granted(PackageManager manager, PackageInfo info, string package) => (info.RequestedPermissions ?? [])
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal) && Risky.Contains(name[Prefix.Length..]))
        .Where(name => manager.CheckPermission(name, package) is Permission.Granted)
        .Select(static name => name[Prefix.Length..]);

    /// <summary>Services that only the system may bind say what the app can become: an accessibility service, a projection.</summary>
    private static IEnumerable<string> Bound(PackageInfo info)
    {
        foreach (ServiceInfo service in info.Services ?? [])
        {
            if (service.Permission == Prefix + "BIND_ACCESSIBILITY_SERVICE")
            {
                yield return "BIND_ACCESSIBILITY_SERVICE";
            }

            if (OperatingSystem.IsAndroidVersionAtLeast(29) && (service.ForegroundServiceType & ForegroundService.TypeMediaProjection) != 0)
            {
                yield return "PROJECT_MEDIA";
            }
        }
    }
}
