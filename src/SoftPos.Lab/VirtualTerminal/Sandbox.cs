using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>What a sandbox gives for the asking, so that a first payment needs no account.</summary>
public static class Sandbox
{
    /// <summary>The channel key of a sandbox. A real app is built with its back end's.</summary>
    /// <exception cref="HttpRequestException">No sandbox answers there.</exception>
    public static async Task<byte[]> ChannelKeyAsync(Uri backend, CancellationToken cancellation = default)
    {
        using HttpClient http = new() { BaseAddress = backend };
        JsonNode? answer = await http.GetFromJsonAsync<JsonNode>(new Uri("sandbox/v1/channel-key", UriKind.Relative), cancellation);
        return Convert.FromBase64String(answer!["publicKey"]!.GetValue<string>());
    }

    /// <summary>Asks for an activation code and enrols the phone with it.</summary>
    /// <exception cref="HttpRequestException">No sandbox answers there.</exception>
    public static async Task<TrustResult> ActivateAsync(VirtualTerminal phone, Uri backend, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(phone);
        return await phone.ActivateAsync(await CodeAsync(backend, cancellation), cancellation);
    }

    /// <summary>A fresh activation code.</summary>
    /// <exception cref="HttpRequestException">No sandbox answers there.</exception>
    public static async Task<string> CodeAsync(Uri backend, CancellationToken cancellation = default)
    {
        using HttpClient http = new() { BaseAddress = backend };
        using HttpResponseMessage response = await http.PostAsync(
            new Uri("sandbox/v1/activation-codes", UriKind.Relative), null, cancellation);
        response.EnsureSuccessStatusCode();
        JsonNode answer = (await response.Content.ReadFromJsonAsync<JsonNode>(cancellation))!;
        return answer["code"]!.GetValue<string>();
    }
}
