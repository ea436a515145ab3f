using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SoftPos.Terminal.Android;

/// <summary>The manifest of the merchant app: doors, permissions, and what the system may do with the app's data.</summary>
public sealed partial class ManifestTests
{
    private static readonly string[] Kinds = ["activity", "activity-alias", "service", "receiver", "provider"];

    private static IEnumerable<XElement> Components => AndroidTree.Application.Elements().Where(static element => Kinds.Contains(element.Name.LocalName));

    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public void Only_the_launcher_and_the_validated_entry_are_exported()
    {
        Assert.All(Components, static component => Assert.NotNull(AndroidTree.Attribute(component, "exported")));
        Assert.Equal(
            ["org.opensoftpos.merchant.EntryActivity", "org.opensoftpos.merchant.MainActivity"],
            Components.Where(static component => AndroidTree.Attribute(component, "exported") == "true").Select(NameOf).Order(StringComparer.Ordinal));
        Assert.Empty(AndroidTree.Application.Elements("provider"));
        Assert.Empty(AndroidTree.Application.Elements("receiver"));
    }

    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public void The_doors_take_what_the_validator_reads_and_no_more()
    {
        Assert.Equal(["android.intent.action.MAIN"], Actions("MainActivity"));
        Assert.Equal([Links.AppRequestReader.ViewAction, Links.AppRequestReader.PayAction], Actions("EntryActivity"));
        XElement link = Component("EntryActivity").Elements("intent-filter").Single(static filter => AndroidTree.Attribute(filter, "autoVerify") == "true");
        Assert.Equal(["https"], link.Elements("data").Select(static data => AndroidTree.Attribute(data, "scheme")).OfType<string>());
        Assert.Equal(["/t/"], link.Elements("data").Select(static data => AndroidTree.Attribute(data, "pathPrefix")).OfType<string>());
        Assert.All(
            Components.Where(static component => AndroidTree.Attribute(component, "exported") == "false"),
            static component => Assert.Empty(component.Elements("intent-filter")));
    }

    [Fact]
    [Requirement("SWP-08", Partly = true)]
    [Requirement("PIN-01", Partly = true)]
    public void The_sdk_is_in_a_process_of_its_own()
    {
        string[] own = [.. Components.Where(static component => AndroidTree.Attribute(component, "process") == ":softpos").Select(NameOf)];
        Assert.Equal(
            ["org.opensoftpos.terminal.SecureRoom", "org.opensoftpos.terminal.TapActivity", "org.opensoftpos.terminal.PinActivity"], own);
        Assert.All(Components.Where(component => !own.Contains(NameOf(component))), static component => Assert.Null(AndroidTree.Attribute(component, "process")));
        XElement pin = Component("PinActivity");
        Assert.Equal(("true", "true"), (AndroidTree.Attribute(pin, "noHistory"), AndroidTree.Attribute(pin, "excludeFromRecents")));
    }

    [Fact]
    [Requirement("SWP-04", Partly = true)]
    [Requirement("SWP-05", Partly = true)]
    public void The_app_is_closed_to_backup_cleartext_and_debuggers()
    {
        (string Name, string Value)[] wanted =
        [
            ("allowBackup", "false"), ("fullBackupContent", "false"), ("dataExtractionRules", "@xml/data_extraction_rules"),
            ("networkSecurityConfig", "@xml/network_security_config"), ("usesCleartextTraffic", "false"), ("debuggable", "false"), ("testOnly", "false"),
            ("hasCode", "true"), ("extractNativeLibs", "false"), ("hasFragileUserData", "false"), ("supportsRtl", "true"), ("resizeableActivity", "false"),
        ];
        Assert.All(wanted, static pair => Assert.Equal(pair.Value, AndroidTree.Attribute(AndroidTree.Application, pair.Name)));
        Assert.Equal("false", AndroidTree.Attribute(AndroidTree.Application.Element("profileable")!, "enabled"));
        Assert.All(
            Components.Where(static component => component.Name.LocalName == "activity"),
            static activity => Assert.Equal(("", "false"), (AndroidTree.Attribute(activity, "taskAffinity"), AndroidTree.Attribute(activity, "supportsPictureInPicture"))));

        XElement network = XDocument.Load(Path.Combine(AndroidTree.Root, AndroidTree.App, "Resources/xml/network_security_config.xml")).Root!;
        Assert.Equal("false", network.Element("base-config")!.Attribute("cleartextTrafficPermitted")!.Value);
        Assert.Equal(["system"], network.Descendants("certificates").Select(static source => source.Attribute("src")!.Value));
        Assert.Empty(network.Elements("debug-overrides"));

        XElement rules = XDocument.Load(Path.Combine(AndroidTree.Root, AndroidTree.App, "Resources/xml/data_extraction_rules.xml")).Root!;
        foreach (string way in (string[])["cloud-backup", "device-transfer"])
        {
            string[] shut = [.. rules.Element(way)!.Elements("exclude").Select(static entry => entry.Attribute("domain")!.Value)];
            Assert.Superset(new HashSet<string>(["root", "file", "database", "sharedpref", "external", "device_root", "device_file"]), shut.ToHashSet());
        }

        Assert.Empty(rules.Descendants("include"));
    }

    [Fact]
    public void Permissions_are_exactly_those_of_the_page()
    {
        string[] asked = [.. AndroidTree.Manifest.Elements("uses-permission").Select(NameOf)];
        string[] explained = [.. Permission().Matches(AndroidTree.Read("docs/integrate/android.md")).Select(static match => match.Groups[1].Value)];
        Assert.Equal(explained.Select(static name => "android.permission." + name).Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
        Assert.Empty(AndroidTree.Manifest.Elements("uses-permission-sdk-23"));
        Assert.DoesNotContain(asked, static name => name.Contains("LOCATION", StringComparison.Ordinal) || name.EndsWith("QUERY_ALL_PACKAGES", StringComparison.Ordinal));
    }

    [Fact]
    public void Versions_are_those_of_the_build()
    {
        XElement sdk = AndroidTree.Manifest.Element("uses-sdk")!;
        string props = AndroidTree.Read("eng/Android.props");
        Assert.Contains($"<AndroidMinimum>{AndroidTree.Attribute(sdk, "minSdkVersion")}</AndroidMinimum>", props, StringComparison.Ordinal);
        Assert.Contains($"<AndroidTarget>{AndroidTree.Attribute(sdk, "targetSdkVersion")}</AndroidTarget>", props, StringComparison.Ordinal);
        Assert.True(int.Parse(AndroidTree.Attribute(sdk, "minSdkVersion")!, System.Globalization.CultureInfo.InvariantCulture) >= 31);
    }

    /// <summary>A package that is not declared is "not installed" for every app since Android 11: the probe would be blind.</summary>
    [Fact]
    [Requirement("SWP-01", Partly = true)]
    public void Every_package_that_a_probe_looks_for_is_declared()
    {
        HashSet<string> declared = [.. AndroidTree.Manifest.Element("queries")!.Elements("package").Select(NameOf)];
        string[] looked =
        [
            .. Indicators.RootManagers, .. Indicators.HookManagers, .. Indicators.RemoteControl, .. Indicators.Malware, .. Indicators.MockLocation,
            .. Indicators.Keyboards,
        ];
        Assert.Empty(looked.Except(declared));
        Assert.Empty(declared.Except(looked));
    }

    [Fact]
    public void Every_component_has_its_class_and_every_class_its_component()
    {
        HashSet<string> registered = [.. AndroidTree.Sources.Values.SelectMany(static source => Registered().Matches(source)).Select(static match => match.Groups[1].Value)];
        HashSet<string> named = [.. Components.Select(NameOf), NameOf(AndroidTree.Application)];
        Assert.Equal(registered.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Files_inside_the_app_can_be_read()
    {
        Assert.Empty(Screens.Theme.Read(File.ReadAllBytes(Path.Combine(AndroidTree.Root, AndroidTree.App, "Assets/theme.json")), out _));
        Assert.Empty(Deployment.Read(File.ReadAllBytes(Path.Combine(AndroidTree.Root, AndroidTree.App, "Assets/deployment.json")), out Deployment? deployment));
        Assert.Contains($">{Assert.Single(deployment!.Links.Hosts)}<", AndroidTree.Read($"{AndroidTree.App}/Resources/values/strings.xml"), StringComparison.Ordinal);
    }

    private static XElement Component(string name) => Components.Single(component => NameOf(component).EndsWith("." + name, StringComparison.Ordinal));

    private static IEnumerable<string> Actions(string component) => Component(component).Descendants("action").Select(NameOf);

    private static string NameOf(XElement element) => AndroidTree.Attribute(element, "name")!;

    [GeneratedRegex(@"^\| `([A-Z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Permission();

    [GeneratedRegex(@"\[Register\(""([^""]+)""\)\]")]
    private static partial Regex Registered();
}
