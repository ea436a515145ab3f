using System.Text.Json;
using SoftPos.Contract.Integrators;

namespace SoftPos.Storage;

/// <summary>Stores and users of merchants.</summary>
public sealed class MerchantPartStore
{
    /// <summary>Most parts in one page.</summary>
    public const int MaxPage = 500;

    internal const int StoreKind = 1;
    internal const int UserKind = 2;

    private readonly Database _database;

    internal MerchantPartStore(Database database) => _database = database;

    /// <summary>The store, or null.</summary>
    public async ValueTask<Store?> FindStoreAsync(string merchantId, string storeId, CancellationToken cancellation = default) =>
        await FindAsync(merchantId, StoreKind, storeId, cancellation).ConfigureAwait(false) is { } record
            ? JsonSerializer.Deserialize(record, IntegratorJson.Default.Store)
            : null;

    /// <summary>The user, or null.</summary>
    public async ValueTask<MerchantUser?> FindUserAsync(string merchantId, string userId, CancellationToken cancellation = default) =>
        await FindAsync(merchantId, UserKind, userId, cancellation).ConfigureAwait(false) is { } record
            ? JsonSerializer.Deserialize(record, IntegratorJson.Default.MerchantUser)
            : null;

    /// <summary>A page of stores in order of identity.</summary>
    public async ValueTask<List<Store>> StoresAsync(string merchantId, string? after, int count, CancellationToken cancellation = default) =>
        [.. (await PageAsync(merchantId, StoreKind, after, count, cancellation).ConfigureAwait(false))
            .Select(static record => JsonSerializer.Deserialize(record, IntegratorJson.Default.Store)!)];

    /// <summary>A page of users in order of identity.</summary>
    public async ValueTask<List<MerchantUser>> UsersAsync(string merchantId, string? after, int count, CancellationToken cancellation = default) =>
        [.. (await PageAsync(merchantId, UserKind, after, count, cancellation).ConfigureAwait(false))
            .Select(static record => JsonSerializer.Deserialize(record, IntegratorJson.Default.MerchantUser)!)];

    /// <summary>Identity of the store that a terminal's activation code named, or null.</summary>
    public ValueTask<string?> StoreOfTerminalAsync(Guid terminalId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT store_id FROM activation_code WHERE terminal_id = $1", static r => r.TextOrNull(0), terminalId.ToColumn()), cancellation);

    private ValueTask<byte[]?> FindAsync(string merchantId, int kind, string partId, CancellationToken cancellation) => _database.ReadAsync(
        session => session.First(
            "SELECT record FROM merchant_part WHERE merchant_id = $1 AND kind = $2 AND part_id = $3", static r => r.Blob(0), merchantId, kind, partId),
        cancellation);

    private ValueTask<List<byte[]>> PageAsync(string merchantId, int kind, string? after, int count, CancellationToken cancellation) => _database.ReadAsync(
        session => session.Rows(
            "SELECT record FROM merchant_part WHERE merchant_id = $1 AND kind = $2 AND part_id > $3 ORDER BY part_id LIMIT $4",
            static r => r.Blob(0),
            merchantId,
            kind,
            after ?? string.Empty,
            Math.Min(count, MaxPage)),
        cancellation);
}

/// <summary>Changes of stores and users.</summary>
public static class MerchantPartWrites
{
    /// <summary>Inserts or replaces a store.</summary>
    public static Change Put(this Change change, string merchantId, Store store) => change.Put(
        merchantId, MerchantPartStore.StoreKind, store.StoreId, JsonSerializer.SerializeToUtf8Bytes(store, IntegratorJson.Default.Store));

    /// <summary>Inserts or replaces a user.</summary>
    public static Change Put(this Change change, string merchantId, MerchantUser user) => change.Put(
        merchantId, MerchantPartStore.UserKind, user.UserId, JsonSerializer.SerializeToUtf8Bytes(user, IntegratorJson.Default.MerchantUser));

    private static Change Put(this Change change, string merchantId, int kind, string partId, byte[] record) => change.Write((session, _) => session.Execute(
        "INSERT INTO merchant_part(merchant_id, kind, part_id, record) VALUES($1, $2, $3, $4) "
            + "ON CONFLICT(merchant_id, kind, part_id) DO UPDATE SET record = $4",
        merchantId,
        kind,
        partId,
        record));
}
