namespace SoftPos.Scenarios;

/// <summary>Files of the project that scenarios hold to what happens.</summary>
internal static class ProjectTree
{
    /// <summary>Path of a file, from the folder of the solution on.</summary>
    public static string PathOf(params string[] parts)
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "OpenSoftPos.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("OpenSoftPos.slnx is not above the test");
        }

        return Path.Combine([at.FullName, .. parts]);
    }
}
