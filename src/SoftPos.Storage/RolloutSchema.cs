namespace SoftPos.Storage;

/// <summary>Tables of policy on its way through the fleet: roll-outs, what they met, rings, exceptions.</summary>
internal static class RolloutSchema
{
    public const string Step =
        """
        CREATE TABLE IF NOT EXISTS policy_rollout(number INTEGER PRIMARY KEY, state INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS policy_rollout_seen(
          number INTEGER NOT NULL, run INTEGER NOT NULL, terminal_id BLOB NOT NULL, refused INTEGER NOT NULL,
          PRIMARY KEY(number, run, terminal_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS policy_ring_pin(terminal_id BLOB PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS policy_exception(number INTEGER PRIMARY KEY, state INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS policy_exception_open ON policy_exception(number) WHERE state IN (0, 1);
        """;
}
