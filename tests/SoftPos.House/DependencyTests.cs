using System.Xml.Linq;

namespace SoftPos.House;

public class DependencyTests
{
    private static readonly Dictionary<string, string[]> Edges = Tree.Files(".csproj")
        .Where(path => path.StartsWith("src/", StringComparison.Ordinal))
        .ToDictionary(
            path => Path.GetFileNameWithoutExtension(path)["SoftPos.".Length..],
            path => XDocument.Load(Path.Combine(Tree.Root, path)).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))["SoftPos.".Length..])
                .ToArray());

    [Fact]
    public void Every_reference_between_rooms_is_in_the_table()
    {
        Assert.NotEmpty(Edges);
        string[] strangers = [.. Edges.Keys.Except(DependencyTable.May.Keys)];
        Assert.True(strangers.Length == 0, $"rooms that the table does not know: {string.Join(", ", strangers)}");
        string[] forbidden = [.. Edges.SelectMany(edge => edge.Value.Except(DependencyTable.May[edge.Key]).Select(to => $"{edge.Key} -> {to}"))];
        Assert.True(forbidden.Length == 0, $"references that the table forbids: {string.Join(", ", forbidden)}");
    }

    [Fact]
    public void Rooms_that_must_stay_apart_do_not_meet_through_others()
    {
        foreach ((string room, string never) in DependencyTable.Apart)
        {
            Assert.False(Reach(room).Contains(never), $"{room} reaches {never}");
        }
    }

    [Fact]
    public void Every_room_has_its_tests()
    {
        // The tests of the simulator are its runs, and they have a place of their own.
        string[] missing = [.. Edges.Keys.Select(static room => room == "Simulation" ? "Faults" : $"{room}.Tests")
            .Where(tests => !File.Exists(Path.Combine(Tree.Root, $"tests/SoftPos.{tests}/SoftPos.{tests}.csproj")))];
        Assert.True(missing.Length == 0, $"rooms without a test project: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        // What needs the Android workload stands apart; the other solution builds on any machine.
        string solutions = string.Concat(Tree.Files(".slnx").Select(path => File.ReadAllText(Path.Combine(Tree.Root, path))));
        string[] missing = [.. Tree.Files(".csproj").Where(path => !solutions.Contains(path, StringComparison.Ordinal))];
        Assert.True(missing.Length == 0, $"in no solution: {string.Join(", ", missing)}");
    }

    [Fact]
    [Requirement("PRC-02", Partly = true)]
    public void Package_versions_are_exact_and_central()
    {
        XDocument packages = XDocument.Load(Path.Combine(Tree.Root, "Directory.Packages.props"));
        string[] loose = [.. packages.Descendants("PackageVersion")
            .Where(package => !package.Attribute("Version")!.Value.StartsWith('[') || package.Attribute("Version")!.Value.Contains(','))
            .Select(package => package.Attribute("Include")!.Value)];
        Assert.True(loose.Length == 0, $"not pinned exactly: {string.Join(", ", loose)}");
        string[] local = [.. Tree.Files(".csproj")
            .Where(path => XDocument.Load(Path.Combine(Tree.Root, path)).Descendants("PackageReference")
                .Any(package => package.Attribute("Version") is not null))];
        Assert.True(local.Length == 0, $"a version outside Directory.Packages.props: {string.Join(", ", local)}");
    }

    private static HashSet<string> Reach(string room)
    {
        HashSet<string> reached = [];
        Stack<string> open = new([room]);
        while (open.TryPop(out string? at))
        {
            foreach (string next in Edges.GetValueOrDefault(at, []))
            {
                if (reached.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return reached;
    }
}
