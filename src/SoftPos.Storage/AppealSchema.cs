namespace SoftPos.Storage;

/// <summary>Table of merchants' appeals.</summary>
internal static class AppealSchema
{
    public const string Step =
        """
        CREATE TABLE IF NOT EXISTS appeal(
          number INTEGER PRIMARY KEY, appeal_id BLOB NOT NULL UNIQUE, terminal_id BLOB NOT NULL, state INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS appeal_open ON appeal(terminal_id) WHERE state = 0;
        """;
}
