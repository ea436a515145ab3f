namespace SoftPos.House;

/// <summary>The working tree that the tests look at.</summary>
internal static class Tree
{
    public static string Root => ProjectTree.Root;

    /// <summary>Text files that the project itself wrote, relative to the root.</summary>
    public static IEnumerable<string> Files(params string[] endings) =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or ".git" or "data" or "artifacts" or "node_modules"))
            .Where(path => endings.Length == 0 || endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));
}
