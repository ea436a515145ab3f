using System.CommandLine;

namespace SoftPos.Cli.Commands;

/// <summary>Options by which commands find the stack and its data.</summary>
internal static class StackOptions
{
    public const int DefaultPort = 5080;

    public static Option<int> Port() => new("--port")
    {
        Description = "Port of the stack on this machine.",
        DefaultValueFactory = _ => DefaultPort,
    };

    public static Option<string?> Url() => new("--url") { Description = "Address of the stack, instead of --port." };

    public static Option<string> Data() => new("--data")
    {
        Description = "Folder of database, keys and virtual phones.",
        DefaultValueFactory = _ => DefaultData,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON." };

    private static string DefaultData =>
        Path.Combine(Environment.GetEnvironmentVariable("SOFTPOS_ROOT") ?? Directory.GetCurrentDirectory(), "data");

    /// <summary>No stack answers there: how to start one.</summary>
    public static CommandException NotRunning(Uri address) =>
        new($"no stack answers at {address}; start one in another shell with ./softpos up{PortOf(address)}");

    private static string PortOf(Uri address) => address.Port == DefaultPort ? string.Empty : $" --port {address.Port}";

    /// <summary>The address that the options name.</summary>
    public static Uri Address(string? url, int port) =>
        url is null ? new Uri($"http://127.0.0.1:{port}/")
        : Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address!
        : throw new CommandException($"--url {url}: expected an address such as http://127.0.0.1:{DefaultPort}");

    /// <summary>An address with its scheme, as an option gave it.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static Uri AddressOf(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) ? address : throw new CommandException($"{option} {text}: expected an address with its scheme");
}

/// <summary>A command cannot go on; the message says what to do. Exit code 1, or the one given.</summary>
internal sealed class CommandException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
