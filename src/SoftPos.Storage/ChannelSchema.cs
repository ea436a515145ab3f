namespace SoftPos.Storage;

/// <summary>Tables of the channel to terminals.</summary>
internal static class ChannelSchema
{
    public const string Step =
        """
        CREATE TABLE IF NOT EXISTS envelope_sequence(
          terminal_id BLOB PRIMARY KEY, highest INTEGER NOT NULL, seen INTEGER NOT NULL, tags BLOB NOT NULL, refused INTEGER NOT NULL) WITHOUT ROWID;
        """;
}
