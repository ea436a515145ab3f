using System.Globalization;
using SharpFuzz;
using SoftPos.Fuzz;

// softpos-fuzz                          lists the targets
// softpos-fuzz NAME [--seed N] [--count N] [--corpus DIR]   seeded mutations in this process
// softpos-fuzz NAME --file PATH         one input, as a finding is replayed
// softpos-fuzz NAME --afl               coverage-guided, under afl-fuzz after instrumenting the rooms with the sharpfuzz tool
// softpos-fuzz NAME --libfuzzer         coverage-guided, under libfuzzer-dotnet
if (args.Length == 0 || !FuzzTargets.All.TryGetValue(args[0], out FuzzTarget? target))
{
    Console.Out.WriteLine(string.Join('\n', FuzzTargets.All.Keys.Order(StringComparer.Ordinal)));
    return args.Length == 0 ? 0 : 2;
}

string? Option(string name) => Array.IndexOf(args, name) is > 0 and int at && at + 1 < args.Length ? args[at + 1] : null;

if (args.Contains("--afl"))
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using MemoryStream input = new();
        stream.CopyTo(input);
        target.Run(input.ToArray());
    });
    return 0;
}

if (args.Contains("--libfuzzer"))
{
    Fuzzer.LibFuzzer.Run(input => target.Run(input.ToArray()));
    return 0;
}

if (Option("--file") is { } file)
{
    target.Run(File.ReadAllBytes(file));
    return 0;
}

ulong seed = ulong.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
int count = int.Parse(Option("--count") ?? "100000", CultureInfo.InvariantCulture);
IEnumerable<byte[]> corpus = Option("--corpus") is { } folder ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
try
{
    SeededRunResult result = SeededRun.Of(target, corpus, seed, count);
    Console.Out.WriteLine($"{target.Name}: {result.Inputs} inputs of seed {seed}, at most {result.MostBytes} bytes allocated per 4 KiB");
    return 0;
}
catch (Exception fault) when (fault.Data["input"] is string input)
{
    Console.Error.WriteLine($"{target.Name}, seed {seed}: {fault.GetType().Name} on {input}\n{fault}");
    return 1;
}
