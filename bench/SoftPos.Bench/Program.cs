using SoftPos.Bench;

IBench[] benches =
[
    .. typeof(IBench).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBench)))
        .Select(type => (IBench)Activator.CreateInstance(type)!)
        .OrderBy(bench => bench.Name, StringComparer.Ordinal),
];
IBench[] chosen = args.Length == 0 ? benches : [.. benches.Where(bench => args.Contains(bench.Name, StringComparer.Ordinal))];
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"no such bench; there are {string.Join(", ", benches.Select(bench => bench.Name))}");
    return 2;
}

foreach (IBench bench in chosen)
{
    Console.Out.WriteLine($"# {bench.Name}");
    foreach (BenchLine line in bench.Run())
    {
        Console.Out.WriteLine(line);
    }
}

return 0;
