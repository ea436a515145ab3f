namespace SoftPos.Storage;

/// <summary>Named values of the installation, such as the policy in force or a sealed service key.</summary>
public sealed class SettingStore
{
    private readonly Database _database;

    internal SettingStore(Database database) => _database = database;

    /// <summary>The value, or null.</summary>
    public ValueTask<byte[]?> FindAsync(string name, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT value FROM setting WHERE name = $1", static r => r.Blob(0), name), cancellation);
}

/// <summary>Changes of settings.</summary>
public static class SettingWrites
{
    /// <summary>Inserts or replaces a value.</summary>
    public static Change PutSetting(this Change change, string name, byte[] value) => change.Write((session, now) => session.Execute(
        "INSERT INTO setting(name, value, changed) VALUES($1, $2, $3) ON CONFLICT(name) DO UPDATE SET value = $2, changed = $3", name, value, now.ToColumn()));
}
