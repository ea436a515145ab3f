using System.CommandLine;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos sign-in</c>: a fresh one-time link for the console of a running stack.</summary>
internal static class SignInCommand
{
    public static Command Create()
    {
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        Command command = new("sign-in", "Print a new one-time sign-in link for the console of the running stack.") { port, data };
        command.SetAction((result, cancellation) => RunAsync(result.GetValue(port), result.GetValue(data)!, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int port, string data, CancellationToken cancellation)
    {
        using OperatorLink link = await OperatorLink.OpenAsync(port, data, cancellation);
        JsonNode answer = JsonNode.Parse(await link.PostAsync("operator/v1/sign-in-links", null, cancellation))!;
        Console.Out.WriteLine(new Uri(StackOptions.Address(null, port), "/sign-in#" + answer["token"]!.GetValue<string>()));
        return 0;
    }
}
