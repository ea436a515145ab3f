namespace SoftPos.Cli.Tools;

/// <summary>All tools: every concrete <see cref="Tool"/> of this assembly, in the order of their names.</summary>
internal static class Toolbox
{
    public static IReadOnlyList<Tool> All { get; } =
    [
        .. typeof(Tool).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Tool)) && !type.IsAbstract)
            .Select(type => (Tool)Activator.CreateInstance(type)!)
            .OrderBy(tool => string.Join(' ', tool.Path), StringComparer.Ordinal),
    ];
}
