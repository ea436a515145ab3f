using System.Text.Json;
using Microsoft.Data.Sqlite;
using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>Merchants.</summary>
public sealed class MerchantStore
{
    /// <summary>Most merchants in one page.</summary>
    public const int MaxPage = 500;

    private readonly Database _database;

    internal MerchantStore(Database database) => _database = database;

    /// <summary>The merchant, or null.</summary>
    public ValueTask<MerchantRecord?> FindAsync(string merchantId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT record FROM merchant WHERE merchant_id = $1", Read, merchantId), cancellation);

    /// <summary>A page of merchants in order of identity.</summary>
    public ValueTask<List<MerchantRecord>> PageAsync(string? after, int count, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM merchant WHERE merchant_id > $1 ORDER BY merchant_id LIMIT $2", Read, after ?? string.Empty, Math.Min(count, MaxPage)),
        cancellation)!;

    /// <summary>Tenant of a merchant: empty for one that belongs to the installation itself; null when there is no such merchant.</summary>
    public ValueTask<string?> TenantOfAsync(string merchantId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT tenant FROM merchant WHERE merchant_id = $1", static r => r.GetString(0), merchantId), cancellation);

    /// <summary>A page of a tenant's merchants in order of identity.</summary>
    public ValueTask<List<MerchantRecord>> PageOfTenantAsync(string tenant, string? after, int count, CancellationToken cancellation = default) =>
        _database.ReadAsync(
            session => session.Rows(
                "SELECT record FROM merchant WHERE tenant = $1 AND merchant_id > $2 ORDER BY merchant_id LIMIT $3",
                Read,
                tenant,
                after ?? string.Empty,
                Math.Min(count, MaxPage)),
            cancellation)!;

    private static MerchantRecord Read(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.MerchantRecord)!;
}

/// <summary>Changes of merchants.</summary>
public static class MerchantWrites
{
    /// <summary>Gives a merchant to a tenant; refused with <see cref="ChangeRefusal.Exists"/> when it belongs to another.</summary>
    public static Change Give(this Change change, string merchantId, string tenant) => change
        .Require((session, _) => session.First("SELECT tenant FROM merchant WHERE merchant_id = $1", static r => r.GetString(0), merchantId) is { } owner
            && owner != tenant
                ? ChangeRefusal.Exists
                : ChangeRefusal.None)
        .Finish((session, _) => session.Execute("UPDATE merchant SET tenant = $2 WHERE merchant_id = $1", merchantId, tenant));

    /// <summary>Gives a merchant of the installation itself to a tenant.</summary>
    public static Change GiveFirst(this Change change, string merchantId, string tenant) => change
        .Write((session, _) => session.Execute("UPDATE merchant SET tenant = $2 WHERE merchant_id = $1 AND tenant = ''", merchantId, tenant));

    /// <summary>Inserts or replaces a merchant.</summary>
    public static Change Put(this Change change, MerchantRecord merchant)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(merchant, ContractJson.Default.MerchantRecord);
        return change.Write((session, _) => session.Execute(
            "INSERT INTO merchant(merchant_id, record) VALUES($1, $2) ON CONFLICT(merchant_id) DO UPDATE SET record = $2", merchant.MerchantId, record));
    }
}
