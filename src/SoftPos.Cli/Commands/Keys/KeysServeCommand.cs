using System.CommandLine;
using SoftPos.Keys;

namespace SoftPos.Cli.Commands.Keys;

/// <summary><c>softpos keys serve</c>: the key room as a process of its own.</summary>
internal static class KeysServeCommand
{
    public static Command Create(ICeremonyTerminal terminal)
    {
        Option<string> socket = new("--socket") { Description = "Path of the Unix socket; only its owner may use it.", Required = true };
        return KeysCommand.Folder(
            "serve",
            "Run the key room for a stack that was started with --keys unix:PATH.",
            terminal,
            (folder, result, cancellation) => ServeAsync(folder, result.GetValue(socket)!, cancellation),
            socket);
    }

    private static async Task<int> ServeAsync(KeyFolder folder, string path, CancellationToken cancellation)
    {
        try
        {
            await using KeyRoomServer server = KeyRoomServer.Start(folder.Room, path);
            Console.Out.WriteLine($"key room is ready at unix:{path} ({(folder.IsProduction ? "production" : "sandbox")}); Ctrl-C stops it");
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C, or a request of the system to end.
        }
        catch (Exception fault) when (fault is IOException or PlatformNotSupportedException or ArgumentException)
        {
            throw new CommandException(fault.Message);
        }

        return 0;
    }
}
