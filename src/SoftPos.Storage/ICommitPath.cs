namespace SoftPos.Storage;

/// <summary>
/// What a change passes on its way to the disk. A back end has none; the simulator puts a disk there that is slow, fails, or loses what was not
/// flushed when the process dies. It can hold a change back or fail it, and cannot alter one.
/// </summary>
public interface ICommitPath
{
    /// <summary>Commits a change, or throws a <see cref="StorageException"/> as a disk would.</summary>
    /// <param name="change">The change; <see cref="Change.Kinds"/> says what it is about.</param>
    /// <param name="commit">The real commit; ends after the flush.</param>
    Task<Commit> CommitAsync(Change change, Func<Task<Commit>> commit);
}
