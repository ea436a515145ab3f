namespace SoftPos.Storage;

/// <summary>
/// Tables of the watch over the fleet: when each terminal was heard, series of its health, alarms and what is owed to their receivers.
/// </summary>
internal static class WatchSchema
{
    public const string Step =
        """
        CREATE TABLE IF NOT EXISTS attendance(
          terminal_id BLOB PRIMARY KEY, last_attempt INTEGER NOT NULL, last_success INTEGER, due INTEGER, closed INTEGER,
          silent INTEGER) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS attendance_due ON attendance(due) WHERE due IS NOT NULL;
        CREATE TABLE IF NOT EXISTS health_sample(
          terminal_id BLOB NOT NULL, grain INTEGER NOT NULL, time INTEGER NOT NULL, figures BLOB NOT NULL,
          PRIMARY KEY(terminal_id, grain, time)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS health_sample_age ON health_sample(grain, time);
        CREATE TABLE IF NOT EXISTS alarm(
          number INTEGER PRIMARY KEY, originator TEXT NOT NULL, kind TEXT NOT NULL, state INTEGER NOT NULL, changed INTEGER NOT NULL,
          record BLOB NOT NULL,
          UNIQUE(originator, kind));
        CREATE INDEX IF NOT EXISTS alarm_state ON alarm(state, number);
        CREATE TABLE IF NOT EXISTS alarm_delivery(
          seq INTEGER PRIMARY KEY AUTOINCREMENT, sink TEXT NOT NULL, event_id TEXT NOT NULL, body BLOB NOT NULL, created INTEGER NOT NULL,
          attempts INTEGER NOT NULL, due INTEGER, error TEXT, UNIQUE(sink, event_id));
        CREATE INDEX IF NOT EXISTS alarm_delivery_owed ON alarm_delivery(sink, seq) WHERE due IS NOT NULL;
        """;
}
