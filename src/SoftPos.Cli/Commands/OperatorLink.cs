using System.Net.Http.Headers;
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

    public Task<string> PostAsync(string path, HttpContent? content, CancellationToken cancellation) =>
        AskAsync(http => http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation), cancellation);

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
