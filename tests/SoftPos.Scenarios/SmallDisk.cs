using System.Diagnostics;
using System.Globalization;

namespace SoftPos.Scenarios;

/// <summary>A disk of a few megabytes that only one process and its children see (a tmpfs in a mount namespace).</summary>
internal static class SmallDisk
{
    private const int Chunk = 65_536;

    /// <summary>A command before a program's own, which gives that program the disk at a folder. Its process identity is the program's.</summary>
    public static string[] Around(string folder, int megabytes) =>
    [
        "unshare", "--map-root-user", "--mount", "sh", "-c",
        string.Create(CultureInfo.InvariantCulture, $"mount -t tmpfs -o size={megabytes}m tmpfs \"$0\" && exec \"$@\""), folder,
    ];

    /// <summary>Whether this machine allows it.</summary>
    public static async Task<bool> IsPossibleAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("softpos-disk-");
        try
        {
            string[] command = [.. Around(folder.FullName, 1), "true"];
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            folder.Delete();
        }
    }

    /// <summary>Writes a file until nothing more fits.</summary>
    public static async Task FillAsync(string path)
    {
        byte[] zeros = new byte[Chunk];
        await using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (int size = Chunk; size > 0;)
        {
            try
            {
                await file.WriteAsync(zeros.AsMemory(0, size), TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }
}
