using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Policy;
using SoftPos.Backend.Console;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests.Console;

/// <summary>The console on a free loopback port over a database of its own.</summary>
internal sealed class ConsoleHost : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WebApplication _app;

    private ConsoleHost(string folder, Database database, WebApplication app)
    {
        _folder = folder;
        Database = database;
        _app = app;
    }

    public Database Database { get; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<ConsoleHost> StartAsync(Func<Database, Task>? seed = null)
    {
        string folder = Directory.CreateTempSubdirectory("softpos-console-").FullName;
        Database database = await Database.OpenAsync(Path.Combine(folder, "softpos.db"), TimeProvider.System);
        if (seed is not null)
        {
            await seed(database);
        }

        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(ConsoleHost).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory, EnvironmentName = "Production",
        });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(
            new MonitoringOptions { Policy = new LivePolicy(DefaultPolicy.For(["app"], ["00"])), Anchors = TrustAnchors.Google });
        builder.Services.AddConsole();
        WebApplication app = builder.Build();
        app.MapConsole();
        await app.StartAsync();
        return new ConsoleHost(folder, database, app);
    }

    /// <summary>A client without a browser's habits: follows nothing, keeps cookies.</summary>
    public HttpClient Client() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Address };

    /// <summary>A new one-time token.</summary>
    public async Task<string> TokenAsync(TimeSpan? life = null, bool disabled = false)
    {
        string token = OneTimeSecret.NewToken(RandomNumberGenerator.Create());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        ConsoleUser user = new() { UserId = "operator", Name = "Operator", Role = "operator", CreatedAt = now, Disabled = disabled };
        (await Database.CommitAsync(new Change().Put(user).AddSignInLink(token, user.UserId, now + (life ?? TimeSpan.FromMinutes(10))))).Require();
        return token;
    }

    public async Task<HttpClient> SignedInAsync()
    {
        HttpClient client = Client();
        using HttpResponseMessage answer = await client.PostAsJsonAsync("/sign-in", new { token = await TokenAsync() });
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
