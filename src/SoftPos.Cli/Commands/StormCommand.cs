using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SoftPos.Backend;
using SoftPos.Cli.Storms;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos fleet --terminals N --storms</c>: a day of a fleet in minutes, over the rooms of a real back end.</summary>
internal static class StormCommand
{
    /// <summary>Each phone holds two keys and its chains in memory.</summary>
    private const int MaxTerminals = 20_000;

    /// <summary>Reports further apart break what a rule of health asks to last.</summary>
    private const double MaxIntervalMinutes = 15;

    public static void AddTo(Command fleet)
    {
        Option<bool> storms = new("--storms") { Description = "Let a day of a fleet pass in a time of its own, with all that can befall it." };
        Option<int> terminals = new("--terminals") { Description = "Terminals of that fleet.", DefaultValueFactory = _ => 200 };
        Option<long> seed = new("--seed") { Description = "Seed; the same one gives the same day.", DefaultValueFactory = _ => 1 };
        Option<double> interval = new("--interval") { Description = "Minutes between two reports of an open terminal.", DefaultValueFactory = _ => 5 };
        Option<string?> data = new("--storm-data")
        {
            Description = "Folder for its data, which softpos up --data FOLDER --fleet 0 shows afterwards. Without it they are thrown away.",
        };
        Option<bool> json = StackOptions.Json();
        foreach (Option option in (Option[])[storms, terminals, seed, interval, data, json])
        {
            fleet.Options.Add(option);
        }

        fleet.SetAction(async (parsed, cancellation) =>
        {
            if (!parsed.GetValue(storms))
            {
                throw new CommandException("say what is to be done: softpos fleet --help names it", 2);
            }

            int count = parsed.GetValue(terminals);
            double minutes = parsed.GetValue(interval);
            if (count is < 1 or > MaxTerminals || minutes is not (>= 1 and <= MaxIntervalMinutes))
            {
                throw new CommandException($"expected 1 to {MaxTerminals} terminals, and 1 to {MaxIntervalMinutes} minutes between reports", 2);
            }

            return await RunAsync(count, parsed.GetValue(seed), TimeSpan.FromMinutes(minutes), parsed.GetValue(data), parsed.GetValue(json), cancellation);
        });
    }

    private static async Task<int> RunAsync(
        int terminals, long seed, TimeSpan interval, string? data, bool json, CancellationToken cancellation)
    {
        string folder = data ?? Directory.CreateTempSubdirectory("softpos-storm-").FullName;
        if (File.Exists(Path.Combine(folder, "softpos.db")))
        {
            throw new CommandException($"--storm-data {folder}: holds data already; name an empty folder");
        }

        try
        {
            // Yesterday, so that what looks at the data afterwards finds nothing of the future.
            DateTimeOffset midnight = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
            long started = Stopwatch.GetTimestamp();
            StormSummary summary;
            await using (Storm storm = await Storm.OpenAsync(new StormOptions(terminals, seed, folder, midnight, interval), cancellation))
            {
                await storm.RunAsync(now => Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  {now:HH:mm}  {storm.Tally.Evidence} evidence, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s")), cancellation);
                summary = await StormSummary.OfAsync(storm, cancellation);
            }

            Console.Out.WriteLine(json ? summary.ToJson().ToJsonString() : summary.ToText());
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{seconds:0} s of this machine's time{(data is null ? string.Empty : $"; look at it: ./softpos up --data {data} --fleet 0")}"));
            return 0;
        }
        catch (BackendStartException fault)
        {
            throw new CommandException(fault.Message);
        }
        finally
        {
            if (data is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
