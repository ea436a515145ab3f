namespace SoftPos;

/// <summary>Files of the project that tests hold to what happens.</summary>
internal static class ProjectTree
{
    private const string Solution = "OpenSoftPos.slnx";

    private static readonly string? Found = Find();

    /// <summary>Folder of the solution.</summary>
    public static string Root => Found ?? throw new InvalidOperationException($"{Solution} is not above the test");

    /// <summary>Path of a file, from the folder of the solution on.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A folder beside that of the solution; null when it is not there.</summary>
    public static string? Beside(params string[] parts) =>
        Found is { } root && Path.GetFullPath(Path.Combine([root, "..", .. parts])) is var path && Directory.Exists(path) ? path : null;

    private static string? Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, Solution)))
        {
            at = at.Parent;
        }

        return at?.FullName;
    }
}
