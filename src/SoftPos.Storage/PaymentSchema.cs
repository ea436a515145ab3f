namespace SoftPos.Storage;

/// <summary>Tables of payments that came later: sales that were taken offline, holds that end, reconciliation reports.</summary>
internal static class PaymentSchema
{
    public const string Step =
        """
        CREATE TABLE offline_chain(
          terminal_id BLOB PRIMARY KEY, merchant_id TEXT NOT NULL, acknowledged INTEGER NOT NULL, head BLOB NOT NULL, reported INTEGER NOT NULL,
          missing INTEGER NOT NULL, closed TEXT) WITHOUT ROWID;
        CREATE TABLE offline_record(
          terminal_id BLOB NOT NULL, sequence INTEGER NOT NULL, hash BLOB NOT NULL, payment_id BLOB NOT NULL, permission_id BLOB, amount INTEGER NOT NULL,
          received INTEGER NOT NULL, message BLOB, PRIMARY KEY(terminal_id, sequence, hash)) WITHOUT ROWID;
        CREATE INDEX offline_record_payment ON offline_record(payment_id);
        CREATE INDEX offline_record_permission ON offline_record(permission_id) WHERE permission_id IS NOT NULL;
        CREATE INDEX payment_held ON payment(created) WHERE kind = 1 AND state = 4;
        CREATE TABLE reconciliation(report_id TEXT PRIMARY KEY, made INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX reconciliation_made ON reconciliation(made);
        """;
}
