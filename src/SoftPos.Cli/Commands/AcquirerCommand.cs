using System.CommandLine;
using System.Net.Sockets;
using SoftPos.Lab.Acquirer;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos acquirer</c>: the lab's acquirer and issuer alone, for stacks that are started with <c>--acquirer</c>.</summary>
internal static class AcquirerCommand
{
    private const int DefaultPort = 7583;

    public static Command Create()
    {
        Option<int> port = new("--port") { Description = "Port to listen on, loopback only.", DefaultValueFactory = _ => DefaultPort };
        Option<string?> ledger = new("--ledger") { Description = "File that remembers what was authorised and reversed, as JSON lines." };
        Command command = new("acquirer", "Run the lab's acquirer and issuer as a program of its own.") { port, ledger };
        command.SetAction((result, cancellation) => RunAsync(result.GetValue(port), result.GetValue(ledger), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int port, string? ledger, CancellationToken cancellation)
    {
        try
        {
            await using LabAcquirerHost host = new(new LabAcquirerOptions { Port = port, LedgerPath = ledger }, TimeProvider.System);
            Console.Out.WriteLine($"lab acquirer listening on 127.0.0.1:{host.Port}; Ctrl-C ends it");
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (SocketException)
        {
            throw new CommandException($"port {port} is taken; choose another with --port");
        }
    }
}
