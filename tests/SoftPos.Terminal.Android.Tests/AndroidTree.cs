using System.Xml.Linq;

namespace SoftPos.Terminal.Android;

/// <summary>The two Android projects as files.</summary>
internal static class AndroidTree
{
    public const string Layer = "src/SoftPos.Terminal.Android", App = "apps/Merchant.Android";

    public static readonly XNamespace Name = "http://schemas.android.com/apk/res/android";

    public static string Root => ProjectTree.Root;

    public static XElement Manifest { get; } = XDocument.Load(Path.Combine(Root, App, "AndroidManifest.xml")).Root!;

    public static XElement Application => Manifest.Element("application")!;

    /// <summary>Sources of both projects by their path.</summary>
    public static IReadOnlyDictionary<string, string> Sources { get; } = new[] { Layer, App }
        .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(static path => !path.Split(Path.DirectorySeparatorChar).Any(static part => part is "obj" or "bin"))
        .ToDictionary(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'), File.ReadAllText);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string? Attribute(XElement element, string name) => element.Attribute(Name + name)?.Value;
}
