namespace SoftPos;

/// <summary>
/// Finds the published vectors, which are kept outside this project. A test that needs them skips, visibly, without them.
/// </summary>
internal static class Vectors
{
    /// <summary>Path of a vector file or folder; skips the running test when the vectors are not there.</summary>
    public static string PathOf(params string[] parts)
    {
        string? root = Root;
        Assert.SkipWhen(root is null, "no vectors: set SOFTPOS_VECTORS or place them at ../shared/vectors");
        string path = Path.Combine([root!, .. parts]);
        Assert.True(Path.Exists(path), $"vector missing: {string.Join('/', parts)}");
        return path;
    }

    /// <summary>Vector folder, or null.</summary>
    public static string? Root
    {
        get
        {
            string? configured = Environment.GetEnvironmentVariable("SOFTPOS_VECTORS");
            return string.IsNullOrEmpty(configured) ? ProjectTree.Beside("shared", "vectors")
                : Directory.Exists(configured) ? configured
                : null;
        }
    }
}
