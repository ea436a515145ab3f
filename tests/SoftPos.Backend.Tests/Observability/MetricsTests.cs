using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests.Observability;

public sealed partial class MetricsTests : IAsyncLifetime
{
    private const string Pan = "4761739001010119";
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private IntegratorStand _stand = null!;
    private HttpClient _http = null!;
    private string _token = string.Empty;

    private static CancellationToken None => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        _stand = await IntegratorStand.StartAsync();
        _token = await File.ReadAllTextAsync(Path.Combine(_stand.Folder, "operator.token"), None);
        _http = new HttpClient { BaseAddress = _stand.Host.Address };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _stand.DisposeAsync();
    }

    [Fact]
    public async Task Metrics_are_for_the_person_at_the_machine_alone()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("metrics", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("metrics", new string('A', _token.Length)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("metrics", _token));
    }

    [Fact]
    public async Task The_dashboard_names_only_metrics_that_the_endpoint_has()
    {
        await FillAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("healthz/live", null));
        string metrics = await MetricsAsync("softpos_policy_rollout_steps_total");
        string[] names = [.. Names(await File.ReadAllTextAsync(Path.Combine(Root(), "docs/operate/dashboard.json"), None)).Distinct()];
        Assert.True(names.Length > 15, $"{names.Length} names");
        Assert.All(names, name => Assert.Matches($@"(?m)^{name}[ {{]", metrics));
        string page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs/operate/metrics.md"), None);
        Assert.All(
            Documented().Matches(page).Select(static match => match.Value.Trim('`')).Distinct(),
            name => Assert.Matches($@"(?m)^{name}[ {{]", metrics));
    }

    [Fact]
    [Requirement("MON-05", Partly = true)]
    public async Task No_label_holds_a_terminal_a_card_or_a_secret_whatever_stands_in_the_journal()
    {
        await FillAsync();
        string metrics = await MetricsAsync("softpos_policy_rollout_steps_total");
        Assert.Matches("""softpos_evidence_refused_total\{[^}]*reason="other"[^}]*\} [1-9]""", metrics);
        Assert.Matches("""softpos_payments_total\{[^}]*outcome="approved"[^}]*\} [1-9]""", metrics);
        foreach (string secret in (string[])[Pan, Secret, _token, _stand.KeyA, IntegratorStand.TerminalA.ToString(), IntegratorStand.MerchantA])
        {
            Assert.DoesNotContain(secret, metrics, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task It_lives_and_says_what_it_lacks_to_be_ready()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("healthz/live", null));
        using HttpResponseMessage response = await _http.GetAsync(new Uri("healthz/ready", UriKind.Relative), None);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(None))!;
        Assert.Equal(
            (true, true, false, true, false),
            ((bool)answer["storage"]!, (bool)answer["keyRoom"]!, (bool)answer["acquirer"]!, (bool)answer["policy"]!, (bool)answer["isReady"]!));
    }

    /// <summary>One entry of each kind that is counted; some hold what must never become a label.</summary>
    private async Task FillAsync()
    {
        string terminal = IntegratorStand.TerminalA.ToString();
        JsonObject finding = new() { ["reason"] = "DEVELOPER_OPTIONS", ["response"] = "Notice", ["value"] = Pan };
        Change change = new Change()
            .Append("evidence.appraised", terminal, new JsonObject
            {
                ["verdict"] = "Trusted", ["purpose"] = "Heartbeat", ["findings"] = new JsonArray(finding),
            })
            .Append("evidence.appraised", terminal, new JsonObject { ["verdict"] = Pan, ["purpose"] = Secret })
            .Append("evidence.refused", terminal, new JsonObject { ["reason"] = Pan })
            .Append("terminal.enrolled", terminal, new JsonObject { ["merchantId"] = IntegratorStand.MerchantA })
            .Append("terminal.silent", terminal, [])
            .Append("payment.approved", IntegratorStand.PaymentA, [])
            .Append("payment.refused", IntegratorStand.PaymentB, new JsonObject { ["reason"] = Secret })
            .Append("alarm.raised", "alarm-1", [])
            .Append("policy.rollout-started", "policy", []);
        (await _stand.Database.CommitAsync(change, None)).Require();
    }

    /// <summary>The figures once a name is among them: they follow the journal.</summary>
    private async Task<string> MetricsAsync(string until)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "metrics");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
            using HttpResponseMessage response = await _http.SendAsync(request, patience.Token);
            string text = await response.Content.ReadAsStringAsync(patience.Token);
            if (text.Contains(until, StringComparison.Ordinal))
            {
                return text;
            }
        }
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string? token)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await _http.SendAsync(request, None);
        return response.StatusCode;
    }

    private static IEnumerable<string> Names(string dashboard) => JsonNode.Parse(dashboard)!["panels"]!.AsArray()
        .SelectMany(static panel => panel!["targets"]!.AsArray())
        .SelectMany(static target => Named().Matches((string)target!["expr"]!).Select(static match => match.Value));

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpenSoftPos.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the project's tree");
    }

    [GeneratedRegex(@"\b(softpos|http_server)_[a-z_]+")]
    private static partial Regex Named();

    [GeneratedRegex(@"`softpos_[a-z_]+`")]
    private static partial Regex Documented();
}
