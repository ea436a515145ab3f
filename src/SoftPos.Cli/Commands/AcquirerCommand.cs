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
        Option<bool> mac = new("--mac") { Description = "Messages carry a MAC under the lab's key; start the stack with --acquirer-mac." };
        Option<double> late = new("--late") { Description = "Seconds until a late answer.", DefaultValueFactory = _ => 40 };
        Option<double> slow = new("--slow") { Description = "Seconds until a slow answer.", DefaultValueFactory = _ => 5 };
        Command command = new("acquirer", "Run the lab's acquirer and issuer as a program of its own.") { port, ledger, mac, late, slow };
        command.SetAction((result, cancellation) => RunAsync(
            new LabAcquirerOptions
            {
                Port = result.GetValue(port),
                LedgerPath = result.GetValue(ledger),
                MacKey = result.GetValue(mac) ? LabAcquirerMac.Key() : null,
                PinKey = LabAcquirerPin.Key(),
                LateDelay = TimeSpan.FromSeconds(result.GetValue(late)),
                SlowDelay = TimeSpan.FromSeconds(result.GetValue(slow)),
            },
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(LabAcquirerOptions options, CancellationToken cancellation)
    {
        try
        {
            await using LabAcquirerHost host = new(options, TimeProvider.System);
            Console.Out.WriteLine($"lab acquirer listening on 127.0.0.1:{host.Port}; Ctrl-C ends it");
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (SocketException)
        {
            throw new CommandException($"port {options.Port} is taken; choose another with --port");
        }
    }
}
