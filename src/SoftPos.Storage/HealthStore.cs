using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>How fine a series is.</summary>
public enum HealthGrain
{
    /// <summary>As it came; what comes within ten seconds is one point.</summary>
    Raw,

    /// <summary>Five minutes.</summary>
    FiveMinutes,

    /// <summary>An hour.</summary>
    Hour,
}

/// <summary>A point of a series: what came within its time.</summary>
/// <param name="Time">Start of the time.</param>
/// <param name="Count">Figures in it.</param>
/// <param name="Min">Lowest.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Max">Highest.</param>
public readonly record struct HealthPoint(DateTimeOffset Time, int Count, double Min, double Mean, double Max);

/// <summary>
/// Series of health figures. Each evidence is merged into one row of each grain, so that coarse series need no later pass and reads need no
/// arithmetic; rows go by age. Figures rest as 32-bit floats: seven digits, more than any phone measures.
/// </summary>
public sealed class HealthStore
{
    /// <summary>Most points in one answer.</summary>
    public const int MaxPoints = 10_000;

    /// <summary>Rows removed by one commit.</summary>
    private const int PruneStep = 1000;

    private readonly Database _database;

    internal HealthStore(Database database) => _database = database;

    /// <summary>Length of a point's time.</summary>
    public static TimeSpan LengthOf(HealthGrain grain) => grain switch
    {
        HealthGrain.Raw => TimeSpan.FromSeconds(10),
        HealthGrain.FiveMinutes => TimeSpan.FromMinutes(5),
        _ => TimeSpan.FromHours(1),
    };

    /// <summary>Series of several measures of a terminal, oldest point first.</summary>
    /// <param name="terminalId">Terminal.</param>
    /// <param name="grain">How fine.</param>
    /// <param name="from">First time.</param>
    /// <param name="until">Last time.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <returns>Points by the code of the measure.</returns>
    public async ValueTask<IReadOnlyDictionary<byte, List<HealthPoint>>> SeriesAsync(
        Guid terminalId, HealthGrain grain, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation = default)
    {
        List<(DateTimeOffset Time, byte[] Figures)> rows = await _database.ReadAsync(
            session => session.Rows(
                "SELECT time, figures FROM (SELECT time, figures FROM health_sample WHERE terminal_id = $1 AND grain = $2 AND time >= $3 AND time <= $4 "
                    + "ORDER BY time DESC LIMIT $5) ORDER BY time",
                static r => (r.Time(0), r.Blob(1)),
                terminalId.ToColumn(),
                (int)grain,
                from.ToColumn(),
                until.ToColumn(),
                MaxPoints),
            cancellation).ConfigureAwait(false);
        Dictionary<byte, List<HealthPoint>> series = [];
        foreach ((DateTimeOffset time, byte[] figures) in rows)
        {
            foreach ((byte code, Figure figure) in HealthRow.Read(figures))
            {
                if (!series.TryGetValue(code, out List<HealthPoint>? points))
                {
                    series[code] = points = [];
                }

                points.Add(new HealthPoint(time, figure.Count, figure.Min, figure.Mean, figure.Max));
            }
        }

        return series;
    }

    /// <summary>Rows of all terminals by grain, for the bound of the disk.</summary>
    public async ValueTask<IReadOnlyDictionary<HealthGrain, long>> CountAsync(CancellationToken cancellation = default) =>
        (await _database.ReadAsync(
        static session => session.Rows("SELECT grain, count(*) FROM health_sample GROUP BY grain", static r =>
            ((HealthGrain)r.GetInt32(0), r.GetInt64(1))),
        cancellation).ConfigureAwait(false)).ToDictionary(static row => row.Item1, static row => row.Item2);

    /// <summary>Removes the points of a grain before a time; gives how many.</summary>
    public async Task<int> PruneAsync(HealthGrain grain, DateTimeOffset before, CancellationToken cancellation = default)
    {
        int total = 0;
        int removed;
        do
        {
            removed = 0;
            Change change = new Change().Write((session, _) => removed = session.Execute(
                "DELETE FROM health_sample WHERE (terminal_id, grain, time) IN "
                    + "(SELECT terminal_id, grain, time FROM health_sample WHERE grain = $1 AND time < $2 LIMIT $3)",
                (int)grain,
                before.ToColumn(),
                PruneStep));
            await _database.CommitAsync(change, cancellation).ConfigureAwait(false);
            total += removed;
        }
        while (removed == PruneStep);
        return total;
    }
}

/// <summary>Changes of health series.</summary>
public static class HealthWrites
{
    /// <summary>Merges figures into the terminal's series.</summary>
    /// <param name="change">The change.</param>
    /// <param name="terminalId">Terminal.</param>
    /// <param name="at">When they were measured.</param>
    /// <param name="figures">Figures by the code of their measure.</param>
    public static Change AddHealth(this Change change, Guid terminalId, DateTimeOffset at, IReadOnlyDictionary<byte, double> figures) =>
        figures.Count == 0 ? change : change.Write((session, _) =>
        {
            foreach (HealthGrain grain in Enum.GetValues<HealthGrain>())
            {
                long length = (long)HealthStore.LengthOf(grain).TotalMilliseconds;
                long time = at.ToColumn() / length * length;
                byte[]? before = session.First(
                    "SELECT figures FROM health_sample WHERE terminal_id = $1 AND grain = $2 AND time = $3",
                    static r => r.Blob(0),
                    terminalId.ToColumn(),
                    (int)grain,
                    time);
                session.Execute(
                    "INSERT INTO health_sample(terminal_id, grain, time, figures) VALUES($1, $2, $3, $4) ON CONFLICT DO UPDATE SET figures = $4",
                    terminalId.ToColumn(),
                    (int)grain,
                    time,
                    HealthRow.Merge(before, figures));
            }
        });
}

/// <summary>What one row says of one measure.</summary>
internal readonly record struct Figure(int Count, float Min, float Mean, float Max)
{
    public Figure With(float value)
    {
        int count = Math.Min(Count + 1, ushort.MaxValue);
        return new Figure(count, Math.Min(Min, value), Mean + ((value - Mean) / count), Math.Max(Max, value));
    }
}

/// <summary>
/// A row's figures: for each measure its code, a form, the count, and one float where all figures are the same, else three.
/// </summary>
internal static class HealthRow
{
    private const byte Same = 0;
    private const byte Spread = 1;

    public static byte[] Merge(byte[]? before, IReadOnlyDictionary<byte, double> figures)
    {
        SortedDictionary<byte, Figure> merged = [];
        foreach ((byte code, Figure figure) in Read(before ?? []))
        {
            merged[code] = figure;
        }

        foreach ((byte code, double value) in figures)
        {
            float narrow = (float)value;
            merged[code] = merged.TryGetValue(code, out Figure figure) ? figure.With(narrow) : new Figure(1, narrow, narrow, narrow);
        }

        return Write(merged);
    }

    public static List<(byte Code, Figure Figure)> Read(ReadOnlySpan<byte> row)
    {
        List<(byte, Figure)> figures = [];
        while (row.Length >= 8)
        {
            byte code = row[0];
            int count = BinaryPrimitives.ReadUInt16BigEndian(row[2..]);
            float first = BinaryPrimitives.ReadSingleBigEndian(row[4..]);
            if (row[1] == Same)
            {
                figures.Add((code, new Figure(count, first, first, first)));
                row = row[8..];
            }
            else
            {
                figures.Add((code, new Figure(
                    count, first, BinaryPrimitives.ReadSingleBigEndian(row[8..]), BinaryPrimitives.ReadSingleBigEndian(row[12..]))));
                row = row[16..];
            }
        }

        return figures;
    }

    private static byte[] Write(SortedDictionary<byte, Figure> figures)
    {
        byte[] row = new byte[figures.Values.Sum(static figure => figure.Min == figure.Max ? 8 : 16)];
        Span<byte> rest = row;
        foreach ((byte code, Figure figure) in figures)
        {
            bool same = figure.Min == figure.Max;
            rest[0] = code;
            rest[1] = same ? Same : Spread;
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)figure.Count);
            BinaryPrimitives.WriteSingleBigEndian(rest[4..], figure.Min);
            if (!same)
            {
                BinaryPrimitives.WriteSingleBigEndian(rest[8..], figure.Mean);
                BinaryPrimitives.WriteSingleBigEndian(rest[12..], figure.Max);
            }

            rest = rest[(same ? 8 : 16)..];
        }

        return row;
    }
}
