using System.IO.Compression;
using System.Security.Cryptography;
using Android.Content;
using Android.Content.PM;

namespace SoftPos.Terminal.Android;

/// <summary>
/// This app as the system and its own files say. Digests of code take a second or so on a slow phone, so they are computed once, beside; until
/// then the files are as if the system did not say.
/// </summary>
internal sealed class AppFiles
{
    /// <summary>Splits of a store: language, density, architecture.</summary>
    private const int MaxParts = 32, MaxEntries = 4096;

    private readonly Context _context;
    private readonly Task<IReadOnlyDictionary<string, string>?> _digests;

    public AppFiles(Context context)
    {
        _context = context;
        _digests = Task.Run(Digests);
    }

    /// <summary>SHA-256 of the certificates that signed this app; one, unless somebody did something odd.</summary>
    public IReadOnlyList<byte[]> Signers => SignersOf(_context, _context.PackageName);

    /// <summary>Package that installed this app; empty when unknown.</summary>
    public string Installer =>
        _context.PackageManager is { } manager && _context.PackageName is { } package ? Neighbours.InstallerOf(manager, package) : string.Empty;

    /// <summary>This app; null while its files are being read.</summary>
    public OwnApp? Own => _context.ApplicationInfo is { DataDir: { } folder } app && _digests is { IsCompletedSuccessfully: true, Result: { } digests }
        ? new OwnApp(
            Signers is [var only] ? only : [],
            (app.Flags & (ApplicationInfoFlags.Debuggable | ApplicationInfoFlags.TestOnly)) != 0,
            folder,
            digests,
            Splits(app))
        : null;

    /// <summary>SHA-256 of the certificates that signed an app; none when it is not visible.</summary>
    public static IReadOnlyList<byte[]> SignersOf(Context context, string? package)
    {
        if (context.PackageManager is not { } manager || package is null)
        {
            return [];
        }

        try
        {
            PackageInfo? info = OperatingSystem.IsAndroidVersionAtLeast(33)
                ? manager.GetPackageInfo(package, PackageManager.PackageInfoFlags.Of((long)PackageInfoFlags.SigningCertificates))
                : manager.GetPackageInfo(package, PackageInfoFlags.SigningCertificates);
            return [.. (info?.SigningInfo?.GetApkContentsSigners() ?? []).Select(static signer => signer.ToByteArray()).OfType<byte[]>().Select(SHA256.HashData)];
        }
        catch (PackageManager.NameNotFoundException)
        {
            return [];
        }
    }

    private static List<string> Splits(ApplicationInfo app) =>
        [.. (app.SplitSourceDirs ?? []).Take(MaxParts).Select(static path => Path.GetFileNameWithoutExtension(path))];

    /// <summary>SHA-256 of every part of the app that is code, by its name inside the package.</summary>
    private IReadOnlyDictionary<string, string>? Digests()
    {
        try
        {
            Dictionary<string, string> digests = new(StringComparer.Ordinal);
            ApplicationInfo? app = _context.ApplicationInfo;
            foreach (string path in ((string?[])[app?.SourceDir, .. (app?.SplitSourceDirs ?? []).Take(MaxParts)]).OfType<string>())
            {
                using ZipArchive package = ZipFile.OpenRead(path);
                foreach (ZipArchiveEntry entry in package.Entries.Take(MaxEntries).Where(static entry => IsCode(entry.FullName)))
                {
                    using System.IO.Stream bytes = entry.Open();
                    digests[entry.FullName] = Convert.ToHexStringLower(SHA256.HashData(bytes));
                }
            }

            return digests;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsCode(string name) => name.EndsWith(".dex", StringComparison.Ordinal) || name.EndsWith(".so", StringComparison.Ordinal);
}
