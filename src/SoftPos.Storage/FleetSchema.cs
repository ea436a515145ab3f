namespace SoftPos.Storage;

/// <summary>Tables of monitoring: replacement of terminals, orders against the fleet, remote commands, policy versions and replays.</summary>
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
        CREATE TABLE IF NOT EXISTS evidence_context(hash BLOB PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
        """;
}
