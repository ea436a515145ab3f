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

    private static MerchantRecord Read(SqliteDataReader reader) => JsonSerializer.Deserialize(reader.Blob(0), ContractJson.Default.MerchantRecord)!;
}

/// <summary>Changes of merchants.</summary>
public static class MerchantWrites
{
    /// <summary>Inserts or replaces a merchant.</summary>
    public static Change Put(this Change change, MerchantRecord merchant)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(merchant, ContractJson.Default.MerchantRecord);
        return change.Write((session, _) => session.Execute(
            "INSERT INTO merchant(merchant_id, record) VALUES($1, $2) ON CONFLICT(merchant_id) DO UPDATE SET record = $2", merchant.MerchantId, record));
    }
}
