namespace SoftPos.Storage;

/// <summary>A one-time code that enrols one terminal for a merchant.</summary>
public sealed record ActivationCode
{
    /// <summary>Merchant that the terminal will belong to.</summary>
    public required string MerchantId { get; init; }

    /// <summary>End of its life.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Terminal that the new one takes the place of, as after a reset of its phone; null for none.</summary>
    public Guid? Replaces { get; init; }
}

/// <summary>Activation codes, stored as hashes. Make one with <see cref="OneTimeSecret.NewCode"/>.</summary>
public sealed class ActivationCodeStore
{
    private readonly Database _database;

    internal ActivationCodeStore(Database database) => _database = database;

    /// <summary>The code when it can still be redeemed, else null. Redeeming decides; this only tells the merchant.</summary>
    public async ValueTask<ActivationCode?> FindAsync(string code, CancellationToken cancellation = default)
    {
        byte[] hash = OneTimeSecret.HashOf(code);
        long now = _database.Clock.GetUtcNow().ToColumn();
        return await _database.ReadAsync(
            session => session.First(
                """
                SELECT merchant_id, expires, r.terminal_id FROM activation_code c LEFT JOIN activation_replaces r ON r.code_hash = c.code_hash
                WHERE c.code_hash = $1 AND redeemed IS NULL AND expires > $2
                """,
                static r => new ActivationCode
                {
                    MerchantId = r.GetString(0), ExpiresAt = r.Time(1), Replaces = r.IsDBNull(2) ? null : r.Identity(2),
                },
                hash,
                now),
            cancellation).ConfigureAwait(false);
    }
}

/// <summary>Changes of activation codes.</summary>
public static class ActivationCodeWrites
{
    /// <summary>Adds a code.</summary>
    /// <param name="change">The change.</param>
    /// <param name="code">The code in clear; only its hash is stored.</param>
    /// <param name="merchantId">Merchant of the terminal.</param>
    /// <param name="expiresAt">End of its life.</param>
    /// <param name="storeId">Store of the terminal, or null.</param>
    /// <param name="replaces">Terminal that the new one takes the place of, or null.</param>
    public static Change AddActivationCode(
        this Change change, string code, string merchantId, DateTimeOffset expiresAt, string? storeId = null, Guid? replaces = null)
    {
        byte[] hash = OneTimeSecret.HashOf(code);
        change.Write((session, _) => session.Execute(
            "INSERT INTO activation_code(code_hash, merchant_id, expires, store_id) VALUES($1, $2, $3, $4)",
            hash,
            merchantId,
            expiresAt.ToColumn(),
            storeId));
        return replaces is { } former
            ? change.Write((session, _) => session.Execute(
                "INSERT INTO activation_replaces(code_hash, terminal_id) VALUES($1, $2)", hash, former.ToColumn()))
            : change;
    }

    /// <summary>Redeems a code, once; the whole change is refused with <see cref="ChangeRefusal.CodeInvalid"/> when it cannot be.</summary>
    public static Change RedeemActivationCode(this Change change, string code, Guid terminalId)
    {
        byte[] hash = OneTimeSecret.HashOf(code);
        return change
            .Require((session, now) => session.First(
                "SELECT 1 FROM activation_code WHERE code_hash = $1 AND redeemed IS NULL AND expires > $2",
                static r => r.GetInt32(0),
                hash,
                now.ToColumn()) == 1
                    ? ChangeRefusal.None
                    : ChangeRefusal.CodeInvalid)
            .Write((session, now) => session.Execute(
                "UPDATE activation_code SET redeemed = $2, terminal_id = $3 WHERE code_hash = $1", hash, now.ToColumn(), terminalId.ToColumn()));
    }
}
