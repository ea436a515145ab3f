using System.CommandLine;
using SoftPos.Contract.Integrators;

namespace SoftPos.Cli.Commands.Integrators;

/// <summary>Options by which commands find the integrators' API and a key for it.</summary>
internal sealed class ApiOptions
{
    private const string Variable = "SOFTPOS_API_KEY";
    private const string SandboxFile = "sandbox-api.key";

    private readonly Option<int> _port = StackOptions.Port();
    private readonly Option<string?> _url = StackOptions.Url();
    private readonly Option<string> _data = StackOptions.Data();
    private readonly Option<string?> _key = new("--api-key")
    {
        Description = $"A file with an API key; otherwise {Variable}, or the sandbox's own in the data folder.",
    };

    public Command AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_url);
        command.Options.Add(_data);
        command.Options.Add(_key);
        return command;
    }

    public Uri Address(ParseResult parsed) => StackOptions.Address(parsed.GetValue(_url), parsed.GetValue(_port));

    public int Port(ParseResult parsed) => parsed.GetValue(_port);

    public string Data(ParseResult parsed) => parsed.GetValue(_data)!;

    /// <exception cref="CommandException">There is no key.</exception>
    public SoftPosClient Open(ParseResult parsed)
    {
        string? file = parsed.GetValue(_key);
        string sandbox = Path.Combine(Data(parsed), SandboxFile);
        string key = file is not null
            ? File.Exists(file) ? File.ReadAllText(file) : throw new CommandException($"--api-key {file}: there is no such file", 2)
            : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named
            : File.Exists(sandbox) ? File.ReadAllText(sandbox)
            : throw new CommandException($"no API key: set {Variable}, name a file with --api-key, or start a sandbox with ./softpos up", 2);
        return new SoftPosClient(Address(parsed), key);
    }

    /// <summary>Runs a command with a client; refusals are told in words.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<SoftPosClient, Task<int>> run)
    {
        using SoftPosClient client = Open(parsed);
        try
        {
            return await run(client);
        }
        catch (SoftPosApiException fault)
        {
            throw new CommandException(fault.Message);
        }
        catch (HttpRequestException)
        {
            throw StackOptions.NotRunning(Address(parsed));
        }
    }
}
