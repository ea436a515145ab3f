using System.CommandLine;
using System.Net.Http.Headers;
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
        string path = Path.Combine(data, "operator.token");
        if (!File.Exists(path))
        {
            throw new CommandException($"no running stack has its data in {data}; start one with ./softpos up, or name the folder with --data");
        }

        Uri address = StackOptions.Address(null, port);
        using HttpClient http = new() { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(path, cancellation));
        HttpResponseMessage response;
        try
        {
            response = await http.PostAsync(new Uri("operator/v1/sign-in-links", UriKind.Relative), null, cancellation);
        }
        catch (HttpRequestException)
        {
            throw StackOptions.NotRunning(address);
        }

        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!;
        if (!response.IsSuccessStatusCode)
        {
            throw new CommandException($"{answer["title"]} {answer["fix"]}");
        }

        Console.Out.WriteLine(new Uri(address, "/sign-in#" + answer["token"]!.GetValue<string>()));
        return 0;
    }
}
