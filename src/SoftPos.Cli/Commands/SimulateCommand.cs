using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Simulation;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos simulate</c>: the whole system in this process under seeded faults.</summary>
internal static class SimulateCommand
{
    private const int BrokenCode = 3;
    private const int MostSeeds = 1_000_000;
    private const int MostSteps = 100_000;
    private const int MostPhones = 8;

    public static Command Create()
    {
        Option<ulong> seed = new("--seed") { Description = "First seed; a failing one is repeated with it.", DefaultValueFactory = _ => 1 };
        Option<int> seeds = new("--seeds") { Description = "How many seeds, one after another.", DefaultValueFactory = _ => 1 };
        Option<int> steps = new("--steps") { Description = "Steps with faults of each seed.", DefaultValueFactory = _ => 300 };
        Option<int> phones = new("--phones") { Description = $"Phones, 1 to {MostPhones}.", DefaultValueFactory = _ => 3 };
        Option<PlantedBug> bug = new("--bug") { Description = "Plants a bug in the simulated surroundings, to see it found." };
        Option<bool> trace = new("--trace") { Description = "Print every line of the trace." };
        Option<bool> json = StackOptions.Json();
        Command command = new("simulate", "Run the whole system in one process under seeded faults and hold what must always hold.")
        {
            seed, seeds, steps, phones, bug, trace, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(seed),
            Within("--seeds", parsed.GetValue(seeds), MostSeeds),
            new SimulationOptions
            {
                Steps = Within("--steps", parsed.GetValue(steps), MostSteps),
                Phones = Within("--phones", parsed.GetValue(phones), MostPhones),
                Bug = parsed.GetValue(bug),
                Line = parsed.GetValue(trace) ? Console.Error.WriteLine : null,
            },
            parsed.GetValue(json)));
        return command;
    }

    private static int Within(string option, int value, int most) =>
        value >= 1 && value <= most ? value : throw new CommandException($"{option} {value}: expected 1 to {most}", 2);

    private static int Run(ulong first, int seeds, SimulationOptions options, bool json)
    {
        using Simulator simulator = new(options.Phones);
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        SimulationReport? last = null;
        int run = 0;
        long started = Stopwatch.GetTimestamp();
        while (run < seeds && last?.Broken is null)
        {
            last = simulator.Run(unchecked(first + (ulong)run), options);
            run++;
            foreach ((string what, int count) in last.Counts)
            {
                counts[what] = counts.GetValueOrDefault(what) + count;
            }
        }

        double perSecond = run / Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (json)
        {
            Console.Out.WriteLine(ToJson(last!, run, perSecond, counts, options).ToJsonString());
        }
        else
        {
            Print(last!, run, perSecond, counts, options);
        }

        return last!.Broken is null ? 0 : BrokenCode;
    }

    private static void Print(SimulationReport last, int run, double perSecond, Dictionary<string, int> counts, SimulationOptions options)
    {
        if (last.Broken is { } broken)
        {
            foreach (string line in last.Last)
            {
                Console.Out.WriteLine(line);
            }

            Console.Out.WriteLine($"NOT HELD  {broken}: {last.Detail}");
            Console.Out.WriteLine($"again     {last.Replay(options)}");
        }

        foreach ((string what, int count) in counts.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,10}  {what}"));
        }

        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{run} seeds, {perSecond:F1} a second, trace of the last {last.Trace}: {(last.Broken is null ? "all held" : "one did not hold")}"));
    }

    private static JsonObject ToJson(SimulationReport last, int run, double perSecond, Dictionary<string, int> counts, SimulationOptions options) => new()
    {
        ["seeds"] = run,
        ["seedsPerSecond"] = Math.Round(perSecond, 2),
        ["steps"] = options.Steps,
        ["lastSeed"] = last.Seed,
        ["trace"] = last.Trace,
        ["broken"] = last.Broken,
        ["detail"] = last.Detail,
        ["replay"] = last.Broken is null ? null : last.Replay(options),
        ["counts"] = new JsonObject(counts.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
    };
}
