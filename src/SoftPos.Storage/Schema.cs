namespace SoftPos.Storage;

/// <summary>Tables, by version. A shipped step is never changed; a new one is added.</summary>
internal static class Schema
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE journal(
          idx INTEGER PRIMARY KEY, time INTEGER NOT NULL, area TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
          content BLOB, content_hash BLOB NOT NULL, leaf BLOB NOT NULL);
        CREATE INDEX journal_subject ON journal(subject, idx);
        CREATE INDEX journal_area ON journal(area, idx);
        CREATE TABLE journal_node(level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(level, idx)) WITHOUT ROWID;
        CREATE TABLE journal_head(one INTEGER PRIMARY KEY CHECK(one = 1), size INTEGER NOT NULL, frontier BLOB NOT NULL);
        INSERT INTO journal_head VALUES(1, 0, x'');

        CREATE TABLE terminal(
          terminal_id BLOB PRIMARY KEY, merchant_id TEXT NOT NULL, state INTEGER NOT NULL, verdict INTEGER NOT NULL,
          acquirer_terminal_id TEXT NOT NULL, device_key_hash BLOB NOT NULL, last_evidence INTEGER, record BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX terminal_merchant ON terminal(merchant_id, terminal_id);
        CREATE INDEX terminal_key ON terminal(device_key_hash);
        CREATE TABLE merchant(merchant_id TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE activation_code(
          code_hash BLOB PRIMARY KEY, merchant_id TEXT NOT NULL, expires INTEGER NOT NULL, redeemed INTEGER, terminal_id BLOB) WITHOUT ROWID;

        CREATE TABLE payment(
          seq INTEGER PRIMARY KEY AUTOINCREMENT, payment_id BLOB NOT NULL UNIQUE, terminal_id BLOB NOT NULL, merchant_id TEXT NOT NULL,
          state INTEGER NOT NULL, created INTEGER NOT NULL, due INTEGER, record BLOB NOT NULL, sealed BLOB, answer BLOB);
        CREATE INDEX payment_terminal ON payment(terminal_id, seq);
        CREATE INDEX payment_merchant ON payment(merchant_id, seq);
        CREATE INDEX payment_open ON payment(state, seq) WHERE state IN (0, 1, 2);
        CREATE TABLE key_serial(initial_key_id BLOB PRIMARY KEY, counter INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE sequence(name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE key(
          name TEXT PRIMARY KEY, purpose TEXT NOT NULL, state INTEGER NOT NULL, sealed BLOB, check_value BLOB NOT NULL, created INTEGER NOT NULL,
          changed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE evidence(hash BLOB PRIMARY KEY, terminal_id BLOB, received INTEGER NOT NULL, bytes BLOB NOT NULL);
        CREATE INDEX evidence_received ON evidence(received);
        CREATE INDEX evidence_terminal ON evidence(terminal_id, received);
        CREATE TABLE console_user(user_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created INTEGER NOT NULL, disabled INTEGER NOT NULL)
          WITHOUT ROWID;
        CREATE TABLE sign_in_link(token_hash BLOB PRIMARY KEY, user_id TEXT NOT NULL, expires INTEGER NOT NULL, used INTEGER) WITHOUT ROWID;
        CREATE TABLE setting(name TEXT PRIMARY KEY, value BLOB NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
        """,
        """
        ALTER TABLE key ADD COLUMN owner TEXT NOT NULL DEFAULT '';
        ALTER TABLE key ADD COLUMN expires INTEGER;
        ALTER TABLE key ADD COLUMN parent TEXT;
        CREATE TABLE key_ceremony(
          number INTEGER PRIMARY KEY, state INTEGER NOT NULL, action INTEGER NOT NULL, subject TEXT NOT NULL, proposer TEXT NOT NULL, approver TEXT,
          created INTEGER NOT NULL, changed INTEGER NOT NULL, detail TEXT NOT NULL, sealed BLOB);
        CREATE TABLE key_custodian(name TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
        """,
        """
        ALTER TABLE payment ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE payment ADD COLUMN original_id BLOB;
        ALTER TABLE payment ADD COLUMN amount INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE payment ADD COLUMN batch TEXT;
        UPDATE payment SET amount = json_extract(CAST(record AS TEXT), '$.amountMinor');
        CREATE INDEX payment_due ON payment(due) WHERE due IS NOT NULL;
        CREATE INDEX payment_original ON payment(original_id, seq) WHERE original_id IS NOT NULL;
        CREATE INDEX payment_unsettled ON payment(merchant_id, seq) WHERE batch IS NULL AND state IN (4, 10);
        CREATE INDEX payment_batch ON payment(batch, seq) WHERE batch IS NOT NULL;
        CREATE TABLE batch(
          batch_id TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, number INTEGER NOT NULL, closed INTEGER NOT NULL, record BLOB NOT NULL,
          UNIQUE(merchant_id, number)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE attestation_certificate(
          serial TEXT NOT NULL, terminal_id BLOB NOT NULL, brand TEXT NOT NULL, PRIMARY KEY(serial, terminal_id)) WITHOUT ROWID;
        """,
        IntegratorSchema.Step,
        FleetSchema.Step,
        ChannelSchema.Step,
        PaymentSchema.Step,
        WatchSchema.Step,
        RolloutSchema.Step,
        AppealSchema.Step,
    ];

    /// <summary>Brings the file to the newest version; each step is one transaction with its version mark.</summary>
    public static void Migrate(Session session) => Migrate(session, Steps.Length);

    /// <summary>Brings the file to a version, as an earlier program would have.</summary>
    public static void Migrate(Session session, int to)
    {
        long version = session.First("PRAGMA user_version", static r => r.GetInt64(0));
        if (version > Steps.Length)
        {
            throw new StorageException(StorageFailure.TooNew, $"the database has version {version}, this program knows {Steps.Length}");
        }

        for (int step = (int)version; step < to; step++)
        {
            session.Execute("BEGIN IMMEDIATE");
            session.Execute(Steps[step]);
            session.Execute($"PRAGMA user_version={step + 1}");
            session.Execute("COMMIT");
        }
    }
}
