using System.Text.RegularExpressions;

namespace SoftPos.Terminal.Android;

/// <summary>
/// Rules that the sources of the Android projects keep. They read text: they show that a call is there and stands before another, and not what
/// a phone makes of it.
/// </summary>
public sealed partial class SourceRuleTests
{
    private static string Layer(string file) => AndroidTree.Sources[$"{AndroidTree.Layer}/{file}"];

    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public void Nothing_that_must_not_be_there_is_there()
    {
        string[] banned =
        [
            "WebView", "Android.Webkit", "JavascriptInterface", "ClipboardManager", "SetResizeableActivity", "FileCreationMode.WorldReadable", "Log.Debug",
            "Log.Info", "Android.Util.Log", "Console.Write", "ServerCertificateCustomValidationCallback", "DexClassLoader", "Assembly.Load",
            "RuntimeExec", "GetSerializableExtra", "GetParcelableExtra", "PendingIntent", "BroadcastReceiver(", "SendBroadcast", "[Activity", "[Service",
            "[BroadcastReceiver", "[ContentProvider", "UsesPermission",
        ];
        string[] found =
        [
            .. AndroidTree.Sources.SelectMany(source => banned.Where(word => source.Value.Contains(word, StringComparison.Ordinal)).Select(word => $"{source.Key}: {word}")),
        ];
        Assert.Empty(found);
        Assert.True(AndroidTree.Sources.Count > 20, "the sources were not found");
    }

    /// <summary>The flags of reader mode, and that it is enabled by the tap screen alone, with them, and ended when it leaves the foreground.</summary>
    [Fact]
    [Requirement("ACC-04", Partly = true)]
    public void The_reader_works_in_exclusive_mode_of_the_screen_in_front()
    {
        string reader = Layer("Nfc/AndroidReader.cs");
        foreach (string flag in (string[])["NfcReaderFlags.NfcA", "NfcReaderFlags.NfcB", "NfcReaderFlags.SkipNdefCheck", "NfcReaderFlags.NoPlatformSounds"])
        {
            Assert.Contains(flag, reader, StringComparison.Ordinal);
        }

        string tap = Layer("Tap/TapActivity.cs");
        Assert.Matches(@"EnableReaderMode\(this, new Discovery\(this\), AndroidReader\.Flags,", tap);
        Assert.Equal(
            ["src/SoftPos.Terminal.Android/Tap/TapActivity.cs"],
            AndroidTree.Sources.Where(static source => source.Value.Contains("EnableReaderMode(", StringComparison.Ordinal)).Select(static source => source.Key));
        Assert.Contains("Cancelled?.Invoke()", Body(tap, "void OnPause()"), StringComparison.Ordinal);
        Assert.Contains("DisableReaderMode", tap, StringComparison.Ordinal);
        Assert.DoesNotContain(AndroidTree.Sources.Values, static source => source.Contains("EnableForegroundDispatch", StringComparison.Ordinal)
            || source.Contains("ActionTagDiscovered", StringComparison.Ordinal));
    }

    [Fact]
    [Requirement("PIN-01", Partly = true)]
    public void Every_window_is_secured_before_its_content_is_set()
    {
        string secure = Layer("Views/SecureWindow.cs");
        Assert.Contains("SetFlags(WindowManagerFlags.Secure, WindowManagerFlags.Secure)", secure, StringComparison.Ordinal);
        Assert.Contains("SetHideOverlayWindows(true)", secure, StringComparison.Ordinal);
        Assert.Contains("FilterTouchesWhenObscured = true", secure, StringComparison.Ordinal);
        (string Path, string Source)[] windows =
        [
            .. AndroidTree.Sources.Where(static source => source.Value.Contains("SetContentView(", StringComparison.Ordinal)).Select(static source => (source.Key, source.Value)),
        ];
        Assert.Equal(3, windows.Length);
        foreach ((string path, string source) in windows)
        {
            int secured = source.IndexOf("SecureWindow.Apply(this)", StringComparison.Ordinal), content = source.IndexOf("SetContentView(", StringComparison.Ordinal);
            Assert.True(secured > 0 && secured < content, path);
            Assert.Contains("base.OnCreate(null)", source, StringComparison.Ordinal);
            Assert.Matches(@"OnSaveInstanceState\(Bundle outState\)[\s{=>/\w.,]*outState\.Clear\(\)", source);
        }
    }

    [Theory]
    [Requirement("PIN-05", Partly = true)]
    [InlineData("void OnPause()")]
    [InlineData("void OnStop()")]
    [InlineData("void OnDestroy()")]
    [InlineData("void OnWindowFocusChanged(bool hasFocus)")]
    [InlineData("void OnTopResumedActivityChanged(bool isTopResumedActivity)")]
    [InlineData("void OnConfigurationChanged(Configuration newConfig)")]
    [InlineData("void OnMultiWindowModeChanged(bool isInMultiWindowMode, Configuration? newConfig)")]
    [InlineData("void OnPictureInPictureModeChanged(bool isInPictureInPictureMode, Configuration? newConfig)")]
    [InlineData("void OnTrimMemory(TrimMemory level)")]
    [InlineData("void OnUserLeaveHint()")]
    [InlineData("void OnNewIntent(Intent? intent)")]
    public void Every_interruption_of_the_pin_screen_ends_the_entry(string callback)
    {
        string pin = Layer("Pin/PinActivity.cs");
        Assert.Contains("Leave();", Body(pin, callback), StringComparison.Ordinal);
        Assert.Contains("entry.Pad.Interrupt();", Body(pin, "void Leave()"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("PIN-01", Partly = true)]
    [Requirement("PIN-04", Partly = true)]
    public void The_pin_pad_has_no_field_no_node_and_no_memory_of_places()
    {
        string view = Layer("Pin/PinPadView.cs");
        foreach (string word in (string[])["EditText", "TextView", "Button", "ContentDescription", "EventTime", "Intent", "Log"])
        {
            Assert.DoesNotContain(word, view, StringComparison.Ordinal);
        }

        Assert.Contains("ImportantForAccessibility = ImportantForAccessibility.NoHideDescendants", view, StringComparison.Ordinal);
        Assert.Contains("SetAccessibilityDataSensitive(AccessibilityDataSensitive.Yes)", view, StringComparison.Ordinal);
        Assert.Contains("ImportantForAutofill = ImportantForAutofill.NoExcludeDescendants", view, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"private (readonly )?(float|double|PointF|List<|Queue<)", view);
    }

    /// <summary>The host app's code names nothing of the inner room; the compiler would refuse it, and no door for it was opened.</summary>
    [Fact]
    [Requirement("SWP-08", Partly = true)]
    public void The_app_has_no_way_into_the_sdks_own_process()
    {
        Assert.DoesNotContain("Merchant", string.Join('\n', InternalsVisible().Matches(AndroidTree.Read("src/SoftPos.Terminal/SoftPos.Terminal.csproj")).Select(static match => match.Value)),
            StringComparison.Ordinal);
        Assert.DoesNotContain("InternalsVisibleTo", AndroidTree.Read($"{AndroidTree.Layer}/SoftPos.Terminal.Android.csproj"), StringComparison.Ordinal);
        Assert.Contains("msg.SendingUid == Process.MyUid()", Layer("Room/SecureRoom.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain(AndroidTree.Sources.Where(static source => source.Key.StartsWith(AndroidTree.App, StringComparison.Ordinal)), static source =>
            source.Value.Contains("SecureRoom", StringComparison.Ordinal) || source.Value.Contains("SoftPosTerminal", StringComparison.Ordinal));
    }

    [Fact]
    [Requirement("SWP-02", Partly = true)]
    [Requirement("SWP-04", Partly = true)]
    [Requirement("CRY-06", Partly = true)]
    public void A_release_is_hardened_and_stamped()
    {
        string project = AndroidTree.Read($"{AndroidTree.App}/Merchant.Android.csproj");
        foreach (string setting in (string[])
        [
            "<TrimMode>full</TrimMode>", "<RunAOTCompilation>true</RunAOTCompilation>", "<AndroidStripILAfterAOT>true</AndroidStripILAfterAOT>",
            "<AndroidLinkTool>r8</AndroidLinkTool>", "<DebugType>none</DebugType>", "<DebuggerSupport>false</DebuggerSupport>", "<DebugSymbols>false</DebugSymbols>",
            "<AndroidIncludeDebugSymbols>false</AndroidIncludeDebugSymbols>", "A release needs -p:SoftPosBuildExpiry", "A release needs -p:SoftPosReader",
        ])
        {
            Assert.Contains(setting, project, StringComparison.Ordinal);
        }

        string props = AndroidTree.Read("eng/Android.props");
        Assert.Contains($"<AssemblyMetadata Include=\"{BuildStamp.EpochKey}\"", props, StringComparison.Ordinal);
        Assert.Contains($"<AssemblyMetadata Include=\"{BuildStamp.ExpiryKey}\"", props, StringComparison.Ordinal);
    }

    /// <summary>The body of a method: from its name to the next method.</summary>
    private static string Body(string source, string method)
    {
        int start = source.IndexOf(method, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{method} is gone");
        int end = source.IndexOf("\n    }", start, StringComparison.Ordinal);
        return end < 0 ? source[start..] : source[start..end];
    }

    [GeneratedRegex("InternalsVisibleTo Include=\"[^\"]+\"")]
    private static partial Regex InternalsVisible();
}
