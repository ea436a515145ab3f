using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>What a terminal took in a time, in one currency.</summary>
/// <param name="TerminalId">Terminal.</param>
/// <param name="Currency">ISO 4217 numeric.</param>
/// <param name="AmountMinor">Approved sales, in minor units.</param>
public sealed record Takings(Guid TerminalId, string Currency, long AmountMinor);

/// <summary>Sums of approved sales, for questions such as "what would it cost to refuse these phones".</summary>
public sealed class TakingsStore(Database database)
{
    /// <summary>Approved sales of each terminal from a time on.</summary>
    public ValueTask<List<Takings>> SinceAsync(DateTimeOffset since, CancellationToken cancellation = default) => database.ReadAsync(
        session => session.Rows(
            """
            SELECT terminal_id, json_extract(CAST(record AS TEXT), '$.currency'), sum(amount) FROM payment
            WHERE created >= $1 AND kind = $2 AND state = $3 GROUP BY 1, 2
            """,
            static r => new Takings(r.Identity(0), r.GetString(1), r.GetInt64(2)),
            since.ToColumn(),
            (int)PaymentOperation.Sale,
            (int)PaymentState.Approved),
        cancellation);
}
