using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace SoftPos.Scenarios;

/// <summary>A whole stack of real processes on free loopback ports with a data folder of its own: an acquirer and a back end.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private Stack(string folder, int port, int acquirerPort)
    {
        Folder = folder;
        Port = port;
        AcquirerPort = acquirerPort;
    }

    public string Folder { get; }

    public int Port { get; }

    public int AcquirerPort { get; }

    public SoftPosProcess Server { get; private set; } = null!;

    /// <summary>The acquirer, a process of its own, so that it outlives a killed back end.</summary>
    public SoftPosProcess Acquirer { get; private set; } = null!;

    public string Data => Path.Combine(Folder, "data");

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>More acquirers of the server's next start: a comma before each address.</summary>
    public string Further { get; set; } = string.Empty;

    /// <summary>Size of the disk that the server's next start gets for its data, empty each time; null for the folder itself.</summary>
    public int? DiskMegabytes { get; set; }

    public string LedgerPath => Path.Combine(Folder, "ledger.jsonl");

    public static Task<Stack> StartAsync(params string[] more) => StartWithAsync([], more);

    /// <summary>Starts it with arguments of its acquirer and of its server.</summary>
    public static async Task<Stack> StartWithAsync(string[] acquirer, params string[] more)
    {
        Stack stack = new(Directory.CreateTempSubdirectory("softpos-scenario-").FullName, FreePort(), FreePort());
        stack.Acquirer = SoftPosProcess.Start(["acquirer", "--port", Text(stack.AcquirerPort), "--ledger", stack.LedgerPath, .. acquirer]);
        await stack.Acquirer.WaitForAsync("listening");
        await stack.StartServerAsync(more);
        return stack;
    }

    public async Task StartServerAsync(params string[] more)
    {
        Server = SoftPosProcess.StartUnder(
            DiskMegabytes is { } size ? SmallDisk.Around(Data, size) : [],
            ["up", "--port", Text(Port), "--data", Data, "--fleet", "0", "--acquirer", $"127.0.0.1:{AcquirerPort}{Further}", .. more]);
        await Server.WaitForAsync("ready");
    }

    /// <summary>Runs a sale and gives its JSON.</summary>
    public Task<(int Code, JsonObject Result, string Output)> SaleAsync(string amount, params string[] more) =>
        RunAsync("sale", [amount, .. more]);

    /// <summary>Runs a command of the virtual phone and gives its JSON.</summary>
    public async Task<(int Code, JsonObject Result, string Output)> RunAsync(string command, params string[] arguments)
    {
        (int code, string output) = await SoftPosProcess.RunAsync([command, .. arguments, "--port", Text(Port), "--data", Data, "--json"]);
        int brace = output.IndexOf('{', StringComparison.Ordinal);
        Assert.True(brace >= 0, $"no JSON in:\n{output}");
        return (code, JsonNode.Parse(output[brace..])!.AsObject(), output);
    }

    /// <summary>What the acquirer has seen, one JSON object for each event.</summary>
    public IReadOnlyList<JsonObject> Ledger()
    {
        string path = Path.Combine(Folder, "ledger.jsonl");
        return File.Exists(path)
            ? [.. ReadShared(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())]
            : [];
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Acquirer.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Reads a file that another process has open.</summary>
    public static string ReadShared(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
