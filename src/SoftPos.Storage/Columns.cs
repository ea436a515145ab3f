using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>Column forms: identities as 16 big-endian bytes, times as milliseconds since 1970.</summary>
internal static class Columns
{
    public static byte[] ToColumn(this Guid value) => value.ToByteArray(bigEndian: true);

    public static object? ToColumn(this DateTimeOffset? value) => value?.ToUnixTimeMilliseconds();

    public static long ToColumn(this DateTimeOffset value) => value.ToUnixTimeMilliseconds();

    public static byte[] Blob(this SqliteDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    public static byte[]? BlobOrNull(this SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    public static string? TextOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static Guid Identity(this SqliteDataReader reader, int column) => new(reader.Blob(column), bigEndian: true);

    public static DateTimeOffset Time(this SqliteDataReader reader, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
}
