using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>What failed in the store.</summary>
public enum StorageFailure
{
    /// <summary>The queue of changes is full or the file is locked by another writer; try again.</summary>
    Busy,

    /// <summary>Another process holds the data folder.</summary>
    InUse,

    /// <summary>No space is left.</summary>
    Full,

    /// <summary>Reading or writing the file failed.</summary>
    Io,

    /// <summary>The file is damaged, or is no database of this project.</summary>
    Corrupt,

    /// <summary>The file was written by a newer version.</summary>
    TooNew,

    /// <summary>The store is closed.</summary>
    Closed,

    /// <summary>A rule of the schema was broken: a bug of the caller.</summary>
    Constraint,
}

/// <summary>The store cannot do what was asked. Nothing of the change is durable, unless <see cref="OutcomeUnknown"/>.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Makes one.</summary>
    public StorageException(StorageFailure failure, string message, Exception? inner = null, bool outcomeUnknown = false)
        : base(message, inner)
    {
        Failure = failure;
        OutcomeUnknown = outcomeUnknown;
    }

    /// <summary>What failed.</summary>
    public StorageFailure Failure { get; }

    /// <summary>The commit itself failed: the change may or may not be durable; read before acting.</summary>
    public bool OutcomeUnknown { get; }

    internal static StorageException From(SqliteException fault, bool outcomeUnknown = false)
    {
        // The message of SQLite names the statement's objects, never bound values.
        StorageFailure failure = fault.SqliteErrorCode switch
        {
            5 or 6 => StorageFailure.Busy,
            13 => StorageFailure.Full,
            11 or 26 => StorageFailure.Corrupt,
            19 => StorageFailure.Constraint,
            _ => StorageFailure.Io,
        };
        return new StorageException(failure, $"SQLite {fault.SqliteErrorCode}/{fault.SqliteExtendedErrorCode}: {fault.Message}", fault, outcomeUnknown);
    }
}
