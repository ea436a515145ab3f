using System.Diagnostics;
using System.Runtime.InteropServices;
using Android.Content;
using Android.Hardware;
using Android.Nfc;
using Android.Provider;
using Android.Views.Accessibility;

namespace SoftPos.Terminal.Android;

/// <summary>
/// The real phone behind the port that probes ask. It answers and judges nothing; what Android does not say to an app is null. What needs no
/// Android (files, threads, ports, code in memory) is <see cref="ProcessSight"/>, which is tested on any Linux.
/// </summary>
internal sealed partial class AndroidSystem(
    Context context, AppFiles files, Watchdog watchdog, PhoneBinding binding, ScreenWatch screens, NfcAdapter? adapter) : IPhoneSystem
{
    private const int MaxProperty = 92;

    /// <summary>Functions that hooking kits bend first; they read files, sockets and properties for the probes themselves.</summary>
    private static readonly string[] Watched =
        ["open", "openat", "read", "access", "faccessat", "stat", "fopen", "connect", "recv", "ptrace", "__system_property_get"];

    public FileSight Look(string path, ReadWay way) => ProcessSight.Look(path, way);

    public string? ReadText(string path) => ProcessSight.ReadText(path);

    public unsafe string? Property(string name)
    {
        byte* value = stackalloc byte[MaxProperty];
        int length = SystemPropertyGet(name, value);

        // Android answers "not set" for what it hides from apps: an empty text is not proof of absence, and the probes know that.
        return length < 0 || length >= MaxProperty ? null : System.Text.Encoding.UTF8.GetString(value, length);
    }

    public long? GlobalSetting(string name)
    {
        try
        {
            return Settings.Global.GetInt(context.ContentResolver, name, 0);
        }
        catch (Java.Lang.SecurityException)
        {
            return null;
        }
    }

    public InstalledApp? FindApp(string package) => Neighbours.Find(context, package);

    public IReadOnlyList<InstalledApp>? Apps => Neighbours.All(context);

    public OwnApp? Own => files.Own;

    public IReadOnlyList<string>? Threads => ProcessSight.Threads();

    public bool? Listens(int port) => ProcessSight.Listens(port);

    public bool? HasDebugger => global::Android.OS.Debug.IsDebuggerConnected || global::Android.OS.Debug.WaitingForDebugger() || Debugger.IsAttached;

    public IReadOnlyList<CodeSight>? Code => ProcessSight.Code("libc.so", Watched);

    /// <summary>The runtime has no public way to say where a method is implemented; the other signs of a hooking framework have to do.</summary>
    public IReadOnlyDictionary<string, string>? MethodOrigins => null;

    public IReadOnlyList<AssistiveApp>? AccessibilityServices =>
        AccessibilityManager.FromContext(context)?.GetEnabledAccessibilityServiceList(global::Android.AccessibilityServices.FeedbackFlags.AllMask) is { } services
            ? [.. services.Select(static service => service.ResolveInfo?.ServiceInfo?.ApplicationInfo).OfType<global::Android.Content.PM.ApplicationInfo>()
                .Select(static app => new AssistiveApp(app.PackageName ?? string.Empty, Neighbours.IsSystem(app)))]
            : null;

    public string? Keyboard => Settings.Secure.GetString(context.ContentResolver, Settings.Secure.DefaultInputMethod) is { Length: > 0 } component
        ? ComponentName.UnflattenFromString(component)?.PackageName
        : null;

    public ScreenSight? Screen => screens.Look();

    public NetworkSight? Network => NetworkLook.Of(context);

    /// <summary>Without the permission for the place, which this app does not ask for, the system does not say.</summary>
    public bool? HasMockLocation => null;

    public SensorSight? Sensors
    {
        get
        {
            if (context.GetSystemService(Context.SensorService) is not SensorManager manager || manager.GetSensorList(SensorType.All) is not { } sensors)
            {
                return null;
            }

            int virtually = sensors.Count(static sensor => sensor.Name?.Contains("Goldfish", StringComparison.OrdinalIgnoreCase) is true
                || sensor.Name?.Contains("virtual", StringComparison.OrdinalIgnoreCase) is true
                || sensor.Vendor?.Contains("Android Open Source Project", StringComparison.OrdinalIgnoreCase) is true);
            return new SensorSight(sensors.Count, virtually);
        }
    }

    public BindingSight? Binding => binding.Look();

    public ReaderSight? Reader => new(adapter is not null, adapter is not null && AndroidReader.IsOn(adapter));

    public GuardSight? Guards => watchdog.Look();

    [LibraryImport("libc", EntryPoint = "__system_property_get", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SystemPropertyGet(string name, byte* value);
}
