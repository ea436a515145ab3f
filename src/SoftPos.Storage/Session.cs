using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>One SQLite connection with its prepared statements. Used by one caller at a time.</summary>
internal sealed class Session : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    private Session(SqliteConnection connection) => _connection = connection;

    public SqliteConnection Connection => _connection;

    public static Session OpenWriter(string path)
    {
        Session session = Open(path);
        session.Execute("PRAGMA journal_mode=WAL");
        // NORMAL may lose the last commits on power loss.
        session.Execute("PRAGMA synchronous=FULL");
        session.Execute("PRAGMA foreign_keys=ON");
        // Erased bytes are overwritten where that costs no extra page.
        session.Execute("PRAGMA secure_delete=FAST");
        session.Execute("PRAGMA journal_size_limit=67108864");
        return session;
    }

    public static Session OpenReader(string path)
    {
        Session session = Open(path);
        session.Execute("PRAGMA query_only=ON");
        return session;
    }

    /// <summary>Runs a statement; arguments are <c>$1</c>, <c>$2</c>, … Returns the number of changed rows.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> arguments) => Bind(sql, arguments).ExecuteNonQuery();

    /// <summary>Reads the first row, or default.</summary>
    public T? First<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> arguments)
    {
        using SqliteDataReader reader = Bind(sql, arguments).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>Reads all rows; the statement bounds them.</summary>
    public List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> arguments)
    {
        using SqliteDataReader reader = Bind(sql, arguments).ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static Session Open(string path)
    {
        SqliteConnectionStringBuilder text = new()
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Cache = SqliteCacheMode.Private,
            Pooling = false,
            DefaultTimeout = 5,
        };
        SqliteConnection connection = new(text.ConnectionString);
        connection.Open();
        Session session = new(connection);
        session.Execute("PRAGMA busy_timeout=5000");
        session.Execute("PRAGMA temp_store=MEMORY");
        session.Execute("PRAGMA mmap_size=0");
        return session;
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this room; values are always bound.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (int i = 1; i <= arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            }

            _commands.Add(sql, command);
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        }

        return command;
    }
}
