namespace SoftPos.Storage;

/// <summary>Tables of monitoring: replacement of terminals, orders against the fleet, remote commands, health, alarms and policy versions.</summary>
internal static class FleetSchema
{
    public const string Step =
        """
        CREATE TABLE IF NOT EXISTS activation_replaces(code_hash BLOB PRIMARY KEY, terminal_id BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS response_order(number INTEGER PRIMARY KEY AUTOINCREMENT, lifted INTEGER, record BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS response_order_standing ON response_order(number) WHERE lifted IS NULL;
        CREATE TABLE IF NOT EXISTS remote_command(
          command_id BLOB PRIMARY KEY, terminal_id BLOB NOT NULL, seq INTEGER NOT NULL, state INTEGER NOT NULL, expires INTEGER NOT NULL,
          record BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS remote_command_open ON remote_command(terminal_id, seq) WHERE state IN (0, 1);
        CREATE INDEX IF NOT EXISTS remote_command_terminal ON remote_command(terminal_id, seq);
        CREATE TABLE IF NOT EXISTS policy_version(
          number INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL, document BLOB NOT NULL, record BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS alarm(
          alarm_id INTEGER PRIMARY KEY AUTOINCREMENT, originator TEXT NOT NULL, kind TEXT NOT NULL, state INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS alarm_open ON alarm(originator, kind) WHERE state < 2;
        CREATE TABLE IF NOT EXISTS health_sample(
          terminal_id BLOB NOT NULL, figure TEXT NOT NULL, step INTEGER NOT NULL, start INTEGER NOT NULL,
          count INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, sum REAL NOT NULL, last REAL NOT NULL,
          PRIMARY KEY(terminal_id, figure, step, start)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS health_sample_age ON health_sample(step, start);
        """;
}
