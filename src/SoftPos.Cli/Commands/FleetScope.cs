using System.CommandLine;

namespace SoftPos.Cli.Commands;

/// <summary>Options that name whom an order is about: exactly one of them.</summary>
internal sealed class FleetScope
{
    private readonly Option<bool> _all = new("--all") { Description = "Every terminal of this installation." };

    private readonly (string Scope, Option<string?> Option)[] _named =
    [
        ("Terminal", new("--terminal") { Description = "One terminal, by its identity." }),
        ("SdkVersion", new("--sdk") { Description = "All with this version of the SDK." }),
        ("Model", new("--model") { Description = "All phones of this brand and model." }),
        ("OsVersion", new("--os") { Description = "All on this version of the operating system." }),
        ("OsBuild", new("--build") { Description = "All on this version and patch level, such as 16/202611." }),
        ("Signer", new("--signer") { Description = "All whose app has this signer: SHA-256 in hex." }),
        ("Merchant", new("--merchant") { Description = "All of this merchant." }),
    ];

    public void AddTo(Command command)
    {
        command.Options.Add(_all);
        foreach ((_, Option<string?> option) in _named)
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CommandException">None or more than one was given.</exception>
    public (string Scope, string Value) Of(ParseResult parsed)
    {
        List<(string, string)> given = [.. _named.Where(one => parsed.GetValue(one.Option) is not null)
            .Select(one => (one.Scope, parsed.GetValue(one.Option)!))];
        if (parsed.GetValue(_all))
        {
            given.Add(("Installation", "all"));
        }

        return given.Count == 1
            ? given[0]
            : throw new CommandException($"say whom it is about, by exactly one of --all, {string.Join(", ", _named.Select(one => one.Option.Name))}", 2);
    }
}
