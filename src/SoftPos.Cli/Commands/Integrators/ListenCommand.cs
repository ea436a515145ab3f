using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using SoftPos.Contract.Integrators;

namespace SoftPos.Cli.Commands.Integrators;

/// <summary>
/// <c>softpos listen</c>: prints events as they happen; with <c>--forward-to</c> posts each to a program on this machine, signed as a webhook is, so that
/// a receiver is written and tried without a public address.
/// </summary>
internal static class ListenCommand
{
    private static readonly TimeSpan ForwardTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        Option<string?> forward = new("--forward-to") { Description = "Address of your receiver, such as http://localhost:3000/webhooks." };
        Option<int?> count = new("--count") { Description = "End after so many events." };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("listen", "Print events as they happen, or forward them as signed webhooks.") { forward, count });
        command.SetAction((parsed, cancellation) => api.RunAsync(
            parsed, client => ListenAsync(client, AddressOf(parsed.GetValue(forward)), parsed.GetValue(count) ?? int.MaxValue, cancellation)));
        return command;
    }

    private static Uri? AddressOf(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme is "http" or "https") ? address
        : throw new CommandException($"--forward-to {text}: expected an address such as http://localhost:3000/webhooks", 2);

    private static async Task<int> ListenAsync(SoftPosClient client, Uri? forward, int count, CancellationToken cancellation)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string secret = StandardWebhook.NewSecret(random);
        using HttpClient http = new() { Timeout = ForwardTimeout };
        Console.Out.WriteLine(forward is null ? "  listening; Ctrl-C ends" : $"  listening, forwarding to {forward}\n  secret   {secret}");
        string? last = null;
        try
        {
            while (count > 0)
            {
                try
                {
                    await foreach (WebhookEvent what in client.EventsAsync(last, cancellation))
                    {
                        last = what.Id;
                        string outcome = forward is null ? string.Empty : await ForwardAsync(http, forward, StandardWebhook.ReadSecret(secret)!, what, cancellation);
                        Console.Out.WriteLine($"  {what.Timestamp:HH:mm:ss}  {what.Type,-22}{what.Id}  {(forward is null ? what.Data.ToJsonString() : outcome)}");
                        if (--count == 0)
                        {
                            return 0;
                        }
                    }
                }
                catch (Exception fault) when (last is not null && fault is HttpRequestException or IOException)
                {
                    Console.Error.WriteLine("  the connection ended; trying again");
                }

                await Task.Delay(AgainAfter, TimeProvider.System, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C.
        }

        return 0;
    }

    private static async Task<string> ForwardAsync(HttpClient http, Uri target, byte[] secret, WebhookEvent what, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(what, IntegratorJson.Default.WebhookEvent);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using HttpRequestMessage request = new(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(StandardWebhook.IdHeader, what.Id);
        request.Headers.Add(StandardWebhook.TimestampHeader, StandardWebhook.TimeText(now));
        request.Headers.Add(StandardWebhook.SignatureHeader, StandardWebhook.Sign(secret, what.Id, now, body));
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, cancellation);
            return $"→ {(int)response.StatusCode}";
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return "→ no answer; is your receiver running?";
        }
    }
}
