namespace SoftPos.Terminal;

/// <summary>One of three ways to ask for the same file; a root kit rarely bends all of them.</summary>
internal enum ReadWay
{
    /// <summary>The managed runtime.</summary>
    Managed,

    /// <summary>The C library.</summary>
    Library,

    /// <summary>The system call itself.</summary>
    SystemCall,
}

/// <summary>What a look at a path gave.</summary>
internal enum FileSight
{
    Missing,
    Present,

    /// <summary>Refused: neither there nor not there.</summary>
    Denied,
}

/// <summary>
/// The phone as probes see it: only questions, no judgement. Null is "the system does not say", which is never "clean". The platform layer
/// answers from the real system; the lab from a forged one.
/// </summary>
internal interface IPhoneSystem
{
    /// <summary>Looks for a path in one way.</summary>
    FileSight Look(string path, ReadWay way);

    /// <summary>Text of a small file, such as <c>/proc/self/status</c>.</summary>
    string? ReadText(string path);

    /// <summary>A system property; empty when it is not set.</summary>
    string? Property(string name);

    /// <summary>A number of the global settings; 0 when it is not set.</summary>
    long? GlobalSetting(string name);

    /// <summary>An installed app by its package name; null when it is not installed or not visible.</summary>
    InstalledApp? FindApp(string package);

    /// <summary>Every installed app that is visible.</summary>
    IReadOnlyList<InstalledApp>? Apps { get; }

    /// <summary>This app.</summary>
    OwnApp? Own { get; }

    /// <summary>Names of this process's threads.</summary>
    IReadOnlyList<string>? Threads { get; }

    /// <summary>Whether something listens on a loopback port.</summary>
    bool? Listens(int port);

    /// <summary>A debugger of the runtime is attached.</summary>
    bool? HasDebugger { get; }

    /// <summary>Code that the release knows: function by function, as it is in memory.</summary>
    IReadOnlyList<CodeSight>? Code { get; }

    /// <summary>Methods of the runtime whose origin is checked, with the library that implements each.</summary>
    IReadOnlyDictionary<string, string>? MethodOrigins { get; }

    /// <summary>Running accessibility services.</summary>
    IReadOnlyList<AssistiveApp>? AccessibilityServices { get; }

    /// <summary>Package of the selected keyboard.</summary>
    string? Keyboard { get; }

    /// <summary>Screens, windows and recordings.</summary>
    ScreenSight? Screen { get; }

    /// <summary>Network.</summary>
    NetworkSight? Network { get; }

    /// <summary>Whether the last known place came from a test provider.</summary>
    bool? HasMockLocation { get; }

    /// <summary>How many sensors there are, and how many are virtual.</summary>
    SensorSight? Sensors { get; }

    /// <summary>What the storage remembers of the phone that it was made on.</summary>
    BindingSight? Binding { get; }

    /// <summary>The contactless reader.</summary>
    ReaderSight? Reader { get; }

    /// <summary>The SDK's own guards.</summary>
    GuardSight? Guards { get; }
}

/// <summary>An installed app.</summary>
/// <param name="Package">Package name.</param>
/// <param name="Installer">Package that installed it; empty when unknown or from a file.</param>
/// <param name="IsSystem">Part of the system image.</param>
/// <param name="Permissions">Risky permissions that it was granted, by their last word, such as <c>SYSTEM_ALERT_WINDOW</c>.</param>
internal sealed record InstalledApp(string Package, string Installer, bool IsSystem, IReadOnlyList<string> Permissions);

/// <summary>This app as the system and its own files say.</summary>
/// <param name="SignerDigest">SHA-256 of the signing certificate.</param>
/// <param name="IsDebuggable">Marked debuggable or test only.</param>
/// <param name="DataFolder">Its private folder.</param>
/// <param name="FileDigests">SHA-256 in lower-case hex by file of the app.</param>
/// <param name="Splits">Parts that were installed beside the base.</param>
internal sealed record OwnApp(
    byte[] SignerDigest, bool IsDebuggable, string DataFolder, IReadOnlyDictionary<string, string> FileDigests, IReadOnlyList<string> Splits);

/// <summary>One function in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Prologue">First 16 bytes in memory.</param>
/// <param name="OnDisk">The same bytes in the file.</param>
/// <param name="IsDecoy">Nobody but an attacker has a use for it.</param>
internal sealed record CodeSight(string Name, byte[] Prologue, byte[] OnDisk, bool IsDecoy = false);

/// <summary>A running accessibility service.</summary>
/// <param name="Package">Package.</param>
/// <param name="IsSystem">Part of the system image; what a service says of itself proves nothing.</param>
internal sealed record AssistiveApp(string Package, bool IsSystem);

/// <summary>Screens, windows and recordings.</summary>
/// <param name="ForeignDisplays">Displays besides the phone's own.</param>
/// <param name="IsRecorded">A recording or projection runs.</param>
/// <param name="ObscuredTouches">Touches that came through another window since the last look.</param>
internal sealed record ScreenSight(int ForeignDisplays, bool IsRecorded, int ObscuredTouches);

/// <summary>Network.</summary>
/// <param name="HasVpn">A virtual private network carries it.</param>
/// <param name="Proxy">Proxy of the system; empty for none.</param>
/// <param name="UserCertificates">Certification authorities that the user added.</param>
internal sealed record NetworkSight(bool HasVpn, string Proxy, int UserCertificates);

/// <summary>Sensors.</summary>
/// <param name="Count">How many.</param>
/// <param name="Virtual">How many call themselves virtual.</param>
internal sealed record SensorSight(int Count, int Virtual);

/// <summary>What the storage remembers of its phone, beside what the phone says now.</summary>
/// <param name="StoredIdentity">Identity of app and phone when the storage was made; empty before.</param>
/// <param name="Identity">The same now.</param>
/// <param name="StoredBoots">Boot count then.</param>
/// <param name="Boots">Boot count now.</param>
internal sealed record BindingSight(string StoredIdentity, string Identity, long StoredBoots, long Boots);

/// <summary>The contactless reader.</summary>
/// <param name="IsPresent">The phone has one.</param>
/// <param name="IsOn">It is on, with its reader mode.</param>
internal sealed record ReaderSight(bool IsPresent, bool IsOn);

/// <summary>The SDK's own guards.</summary>
/// <param name="IsTripwireTouched">Code or a setting that is never used was used.</param>
/// <param name="WatchdogSilence">Time since the watchdog last ran.</param>
internal sealed record GuardSight(bool IsTripwireTouched, TimeSpan WatchdogSilence);

/// <summary>What the release of this app is made of; part of the signed indicator catalogue.</summary>
/// <param name="SignerDigest">SHA-256 of its signing certificate.</param>
/// <param name="FileDigests">SHA-256 in lower-case hex by file.</param>
/// <param name="Splits">Parts that a store may deliver.</param>
/// <param name="Package">Package name.</param>
internal sealed record AppRelease(
    string Package, byte[] SignerDigest, IReadOnlyDictionary<string, string> FileDigests, IReadOnlyList<string> Splits);
