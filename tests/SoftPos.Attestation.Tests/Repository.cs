namespace SoftPos.Attestation.Tests;

/// <summary>The tree that this test was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "OpenSoftPos.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("OpenSoftPos.slnx is not above the test");
    }
}
