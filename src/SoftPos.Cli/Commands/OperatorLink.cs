using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary>Calls of the person at the machine to the running stack, by the token in its data folder.</summary>
internal sealed class OperatorLink : IDisposable
{
    private readonly Uri _address;
    private readonly HttpClient _http;

    private OperatorLink(Uri address, string token)
    {
        _address = address;
        _http = new HttpClient { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <exception cref="CommandException">No stack has its data there.</exception>
    public static async Task<OperatorLink> OpenAsync(int port, string data, CancellationToken cancellation)
    {
        string path = Path.Combine(data, "operator.token");
        return File.Exists(path)
            ? new OperatorLink(StackOptions.Address(null, port), await File.ReadAllTextAsync(path, cancellation))
            : throw new CommandException($"no running stack has its data in {data}; start one with ./softpos up, or name the folder with --data");
    }

    /// <summary>Gives a command its link to the running stack and prints what it answers.</summary>
    public static Command Calling(Command command, Func<ParseResult, OperatorLink, CancellationToken, Task<string>> call)
    {
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        Option<bool> json = StackOptions.Json();
        command.Options.Add(port);
        command.Options.Add(data);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            using OperatorLink link = await OperatorLink.OpenAsync(parsed.GetValue(port), parsed.GetValue(data)!, cancellation);
            string body = await call(parsed, link, cancellation);
            Console.Out.WriteLine(parsed.GetValue(json) ? body : FleetText.Of(JsonNode.Parse(body)!));
            return 0;
        });
        return command;
    }

    public Task<string> PostAsync(string path, HttpContent? content, CancellationToken cancellation) =>
        AskAsync(http => http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation), cancellation);

    /// <summary>Posts a body; what is null in it is left out.</summary>
    public Task<string> PostJsonAsync(string path, JsonObject body, CancellationToken cancellation)
    {
        foreach (string absent in body.Where(static member => member.Value is null).Select(static member => member.Key).ToArray())
        {
            body.Remove(absent);
        }

        return PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), cancellation);
    }

    public Task<string> GetAsync(string path, CancellationToken cancellation) =>
        AskAsync(http => http.GetAsync(new Uri(path, UriKind.Relative), cancellation), cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<string> AskAsync(Func<HttpClient, Task<HttpResponseMessage>> ask, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await ask(_http);
        }
        catch (HttpRequestException)
        {
            throw StackOptions.NotRunning(_address);
        }

        using (response)
        {
            string body = await response.Content.ReadAsStringAsync(cancellation);
            if (!response.IsSuccessStatusCode)
            {
                JsonNode? problem = body.StartsWith('{') ? JsonNode.Parse(body) : null;
                throw new CommandException(problem is null ? $"the stack answered {(int)response.StatusCode}" : $"{problem["title"]} {problem["detail"]}");
            }

            return body;
        }
    }
}
