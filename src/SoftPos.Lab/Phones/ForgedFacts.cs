namespace SoftPos.Lab.Phones;

/// <summary>An app on a forged phone.</summary>
public sealed record ForgedApp
{
    /// <summary>Package name.</summary>
    public required string Package { get; init; }

    /// <summary>Package that installed it; empty from a file.</summary>
    public string Installer { get; set; } = string.Empty;

    /// <summary>Part of the system image.</summary>
    public bool IsSystem { get; set; }

    /// <summary>Risky permissions that it has.</summary>
    public IReadOnlyList<string> Permissions { get; set; } = [];
}

/// <summary>What a phone's system says differently from that of the good phone. The SDK's own probes look at it; nothing here is a finding.</summary>
public sealed record ForgedFacts
{
    /// <summary>Paths that are there.</summary>
    public IReadOnlyList<string> Files { get; set; } = [];

    /// <summary>Paths that only the system call admits to.</summary>
    public IReadOnlyList<string> HiddenFiles { get; set; } = [];

    /// <summary>Lines that are added to a file of <c>/proc</c>.</summary>
    public IReadOnlyDictionary<string, string> Lines { get; set; } = new Dictionary<string, string>();

    /// <summary>Files that cannot be read.</summary>
    public IReadOnlyList<string> Unreadable { get; set; } = [];

    /// <summary>System properties.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>();

    /// <summary>Global settings.</summary>
    public IReadOnlyDictionary<string, long> Settings { get; set; } = new Dictionary<string, long>();

    /// <summary>Apps besides those of the good phone.</summary>
    public IReadOnlyList<ForgedApp> Apps { get; set; } = [];

    /// <summary>Accessibility services, by package; none is of the system.</summary>
    public IReadOnlyList<string> AccessibilityServices { get; set; } = [];

    /// <summary>Process that traces the app; 0 for none.</summary>
    public int Tracer { get; set; }

    /// <summary>A debugger of the runtime is attached.</summary>
    public bool Debugger { get; set; }

    /// <summary>The app is marked debuggable.</summary>
    public bool Debuggable { get; set; }

    /// <summary>Private folder of the app.</summary>
    public string DataFolder { get; set; } = "/data/user/0/" + LabApp.Package;

    /// <summary>Files of the app that differ from its release.</summary>
    public IReadOnlyList<string> ChangedFiles { get; set; } = [];

    /// <summary>Parts of the app that its release does not have.</summary>
    public IReadOnlyList<string> ExtraParts { get; set; } = [];

    /// <summary>Threads of the process besides its own.</summary>
    public IReadOnlyList<string> Threads { get; set; } = [];

    /// <summary>Loopback ports on which something listens.</summary>
    public IReadOnlyList<int> Ports { get; set; } = [];

    /// <summary>Functions that were changed in memory.</summary>
    public IReadOnlyList<string> PatchedFunctions { get; set; } = [];

    /// <summary>Code in memory cannot be looked at.</summary>
    public bool CodeUnreadable { get; set; }

    /// <summary>Methods of the runtime that are implemented elsewhere, with the library.</summary>
    public IReadOnlyDictionary<string, string> MovedMethods { get; set; } = new Dictionary<string, string>();

    /// <summary>Package of the keyboard.</summary>
    public string Keyboard { get; set; } = "com.google.android.inputmethod.latin";

    /// <summary>Displays besides its own.</summary>
    public int ForeignDisplays { get; set; }

    /// <summary>A recording runs.</summary>
    public bool Recorded { get; set; }

    /// <summary>Touches that came through another window.</summary>
    public int ObscuredTouches { get; set; }

    /// <summary>A VPN carries the network.</summary>
    public bool Vpn { get; set; }

    /// <summary>Proxy of the system.</summary>
    public string Proxy { get; set; } = string.Empty;

    /// <summary>Certification authorities that the user added.</summary>
    public int UserCertificates { get; set; }

    /// <summary>The place comes from a test provider.</summary>
    public bool MockLocation { get; set; }

    /// <summary>Sensors.</summary>
    public int Sensors { get; set; } = 24;

    /// <summary>Identity of app and phone, where the storage was made on another.</summary>
    public string Identity { get; set; } = "this phone";

    /// <summary>Boots so far; the storage of every lab phone was made at the 41st.</summary>
    public long Boots { get; set; } = 44;

    /// <summary>The contactless reader is on; null when there is none.</summary>
    public bool? Reader { get; set; } = true;

    /// <summary>A tripwire was touched.</summary>
    public bool Tripwire { get; set; }

    /// <summary>Seconds since the watchdog last ran.</summary>
    public double WatchdogSilenceSeconds { get; set; } = 0.4;
}
