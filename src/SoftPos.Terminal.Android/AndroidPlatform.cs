using System.Security.Cryptography;
using Android.Content;
using Android.Nfc;
using Android.OS;
using SoftPos.Emv.Configuration;

namespace SoftPos.Terminal.Android;

/// <summary>An Android phone as the SDK sees a phone. Lives in the SDK's own process.</summary>
internal sealed class AndroidPlatform : TerminalPlatform, IDisposable
{
    private const string Folder = "softpos";

    private readonly Context _context;
    private readonly CardReader _reader;
    private readonly AndroidSystem _system;
    private readonly AndroidPinScreen _pinScreen;
    private readonly AndroidHealth _health;
    private readonly AppFiles _files;
    private readonly Watchdog _watchdog;

    public AndroidPlatform(Context context, Deployment deployment, CardReader reader, NfcAdapter? adapter)
    {
        _context = context;
        _reader = reader;
        Keys = new AndroidKeyRing();
        string folder = context.NoBackupFilesDir?.AbsolutePath ?? throw new InvalidOperationException("the app has no private folder");
        GenerationStore storage = new(new FolderStore(Path.Combine(folder, Folder)), new AndroidGenerationKeys());
        Storage = storage;
        Randomness = RandomNumberGenerator.Create();
        ReaderConfiguration = AndroidFiles.ReadReader(context);
        _files = new AppFiles(context);
        _watchdog = new Watchdog(context, Clock);
        PhoneBinding binding = new(context, storage);
        ScreenWatch screens = new(context);
        _system = new AndroidSystem(context, _files, _watchdog, binding, screens, adapter);
        _pinScreen = new AndroidPinScreen(context, screens);
        _health = new AndroidHealth(context, BuildStamp.Of(typeof(AndroidPlatform).Assembly));
        Probes = PhoneProbes.Of(_system, deployment.Release);
    }

    internal override TimeProvider Clock => TimeProvider.System;

    internal override RandomNumberGenerator Randomness { get; }

    internal override IDeviceKeyRing Keys { get; }

    internal override IBlobStore Storage { get; }

    internal override IReadOnlyList<IProbe> Probes { get; }

    internal override IPinScreen PinScreen => _pinScreen;

    internal override CardReader Reader => _reader;

    internal override ReaderConfiguration ReaderConfiguration { get; }

    /// <summary>The next PIN entry is the guided one.</summary>
    public void OfferGuidance() => _pinScreen.OfferGuidance();

    /// <summary>Ends what runs beside.</summary>
    public void Dispose()
    {
        _watchdog.Dispose();
        _reader.Dispose();
        Randomness.Dispose();
    }

    internal override PhoneDescription Describe() => new()
    {
        Model = $"{Build.Brand} {Build.Model}",
        OsVersion = Build.VERSION.Release,
        OsPatch = PatchOf(Build.VERSION.SecurityPatch),
        Package = _context.PackageName ?? string.Empty,
        SignerDigest = _files.Signers is [var signer] ? signer : [],
        Installer = _files.Installer,
    };

    internal override IReadOnlyDictionary<string, double> ReadHealth() => _health.Read();

    /// <summary>From <c>2026-11-05</c> to 202611; 0 for what is no date, as some makers write.</summary>
    private static int PatchOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out DateOnly day)
            ? (day.Year * 100) + day.Month
            : 0;
}
