using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using SoftPos.Contract.Integrators;

namespace SoftPos.Cli.Commands.Integrators;

/// <summary><c>softpos apikey</c>: the operator makes the first key of a tenant; the tenant lists, rotates and ends its own.</summary>
internal static class ApiKeyCommands
{
    public static Command Create() => new("apikey", "API keys of integrators.") { Make(), List(), Rotate(), Revoke() };

    private static Command Make()
    {
        Argument<string> tenant = new("tenant") { Description = "Integrator that the key belongs to." };
        Option<string> name = new("--name") { Description = "What it is for.", Required = true };
        Option<string[]> scopes = new("--scope")
        {
            Description = "Scopes: " + string.Join(", ", ApiScopes.All) + "; all without this option.", AllowMultipleArgumentsPerToken = true,
        };
        Option<int> days = new("--days") { Description = "Life in days.", DefaultValueFactory = static _ => 90 };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("create", "Make a key of a tenant, on the machine of the back end; its secret is shown once.") { tenant, name, scopes, days });
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] wanted = parsed.GetValue(scopes) is { Length: > 0 } given ? given : [.. ApiScopes.All];
            ApiKeyInput input = new() { Name = parsed.GetValue(name)!, Scopes = wanted, LifeDays = parsed.GetValue(days) };
            using OperatorLink link = await OperatorLink.OpenAsync(api.Port(parsed), api.Data(parsed), cancellation);
            using ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(input, IntegratorJson.Default.ApiKeyInput));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            string body = await link.PostAsync($"operator/v1/tenants/{Uri.EscapeDataString(parsed.GetValue(tenant)!)}/api-keys", content, cancellation);
            Show(JsonSerializer.Deserialize(body, IntegratorJson.Default.ApiKeyCreated)!);
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        ApiOptions api = new();
        Command command = api.AddTo(new Command("list", "List the keys of the tenant, without their secrets."));
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            foreach (ApiKeyView key in (await client.ApiKeysAsync(null, cancellation)).Data)
            {
                string state = key.Revoked ? "ended" : key.ReplacedBy is { } by ? $"replaced by {by}" : "in force";
                Console.Out.WriteLine($"  {key.Prefix,-26}{key.Name,-24}{state,-28}until {key.ExpiresAt:u}  {string.Join(' ', key.Scopes)}");
            }

            return 0;
        }));
        return command;
    }

    private static Command Rotate()
    {
        Argument<string> id = new("key") { Description = "Identity of the key." };
        Option<int> hours = new("--overlap-hours") { Description = "Hours that the old key goes on.", DefaultValueFactory = static _ => 24 };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("rotate", "Make a key in place of another.") { id, hours });
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            Show(await client.RotateApiKeyAsync(parsed.GetValue(id)!, new ApiKeyRotationInput { OverlapHours = parsed.GetValue(hours) }, cancellation));
            return 0;
        }));
        return command;
    }

    private static Command Revoke()
    {
        Argument<string> id = new("key") { Description = "Identity of the key." };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("revoke", "End a key at once.") { id });
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            Console.Out.WriteLine($"  {(await client.RevokeApiKeyAsync(parsed.GetValue(id)!, cancellation)).Prefix} is ended");
            return 0;
        }));
        return command;
    }

    private static void Show(ApiKeyCreated made) => Console.Out.WriteLine(
        $"  {made.Secret}\n\n  Shown once. Until {made.Key.ExpiresAt:u}, scopes {string.Join(' ', made.Key.Scopes)}.");
}
