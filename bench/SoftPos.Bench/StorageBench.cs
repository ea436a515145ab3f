using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SoftPos.Storage;

namespace SoftPos.Bench;

/// <summary>Journal commits of many callers against raw grouped commits of SQLite with the same flush, in the same run.</summary>
internal sealed class StorageBench : IBench
{
    private const int Rows = 40_000;
    private const int Callers = 256;

    public string Name => "storage";

    public IEnumerable<BenchLine> Run()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-bench-").FullName;
        (double raw, double ours, double group) = RunAsync(folder).GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
        yield return new BenchLine("raw grouped commit, 100 rows", raw);
        yield return new BenchLine($"journal commit, {Callers} callers, groups of {group:N0}", ours, raw, "raw grouped commit");
    }

    /// <summary>Rows a second, raw and ours, and the mean size of a group.</summary>
    private static async Task<(double RawPerSecond, double OursPerSecond, double GroupSize)> RunAsync(string folder)
    {
        double raw = Raw(Path.Combine(folder, "raw.db"));
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "ours.db"), TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            for (int i = 0; i < Rows / Callers; i++)
            {
                await database.CommitAsync(new Change().Append("bench.entry", $"s{caller}", new JsonObject { ["n"] = i }));
            }
        }));
        double ours = Rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
        (long changes, long transactions) = database.Committed;
        return (raw, ours, (double)changes / transactions);
    }

    /// <summary>One table, one row of the same bytes, 100 rows a transaction, WAL and FULL.</summary>
    private static double Raw(string path)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(id INTEGER PRIMARY KEY, bytes BLOB)";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO t(bytes) VALUES($1)";
        command.Parameters.AddWithValue("$1", new byte[200]);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Rows; i += 100)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            for (int j = 0; j < 100; j++)
            {
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        return Rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
