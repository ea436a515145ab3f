using System.Runtime.InteropServices;

namespace SoftPos.Terminal;

/// <summary>Blobs as files of one folder: written beside, flushed, renamed over, and the folder flushed so that the rename lasts.</summary>
internal sealed partial class FolderStore : IBlobStore
{
    /// <summary>Largest blob: state is a few KiB.</summary>
    public const int MaxBlob = 256 * 1024;

    private const int MaxName = 64;
    private readonly string _folder;

    public FolderStore(string folder)
    {
        _folder = folder;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Names of the blobs that are there; what a crash left half written is none.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateFiles(_folder).Select(static path => Path.GetFileName(path)).Where(static name => !name.EndsWith(".new", StringComparison.Ordinal))];

    public byte[]? Read(string name)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
        {
            return null;
        }

        using FileStream file = File.OpenRead(path);
        if (file.Length > MaxBlob)
        {
            throw new InvalidDataException($"blob {name} is larger than {MaxBlob} bytes");
        }

        byte[] bytes = new byte[(int)file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBlob);
        string path = PathOf(name), beside = path + ".new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (FileStream file = new(beside, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        FlushFolder();
    }

    public void Delete(string name)
    {
        File.Delete(PathOf(name));
        FlushFolder();
    }

    private string PathOf(string name)
    {
        bool plain = name.Length is > 0 and <= MaxName && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
        return plain ? Path.Combine(_folder, name) : throw new ArgumentException("a blob name has letters, digits, - and _ only", nameof(name));
    }

    // A rename is durable only when its folder is; .NET has no call for that. NTFS journals renames itself.
    private void FlushFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(_folder, 0);
        if (descriptor >= 0)
        {
            _ = Fsync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
