namespace SoftPos.Lab.VirtualTerminal;

/// <summary>
/// A phone's folder, held by one process. The file lies beside the folder, so that a copy of the folder is not held with it, and the
/// operating system lets it go with the process.
/// </summary>
internal static class PhoneHold
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Holds the folder until what is returned is disposed of.</summary>
    /// <exception cref="PhoneInUseException">Another process had it all the time.</exception>
    public static async Task<IDisposable> TakeAsync(string folder, TimeSpan patience, TimeProvider clock, CancellationToken cancellation)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (long start = clock.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.GetElapsedTime(start) < patience)
            {
                await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
            }
            catch (IOException held)
            {
                throw new PhoneInUseException(folder, held);
            }
        }
    }
}

/// <summary>Another process uses the virtual phone.</summary>
public sealed class PhoneInUseException(string folder, Exception inner) : Exception($"another process uses the virtual phone in {folder}", inner);
