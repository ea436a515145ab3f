using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor.Services;
using SoftPos.Backend.Console.Access;
using SoftPos.Backend.Console.Live;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Console;

/// <summary>
/// The operator's console: pages, sign-in and live data. Needs <see cref="Storage.Database"/> and <see cref="TimeProvider"/> among the services,
/// and a program of the web kind that carries the static files.
/// </summary>
public static class ConsoleModule
{
    /// <summary>Pages that lost their connection and may come back, with their memory.</summary>
    private const int MaxLostCircuits = 100;

    /// <summary>Adds the services of the console.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(static options =>
        {
            options.DisconnectedCircuitMaxRetained = MaxLostCircuits;
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(2);
        });
        services.AddMudServices();
        services.AddAuthentication(ConsoleAccess.Scheme).AddCookie(ConsoleAccess.Scheme, ConsoleAccess.Configure);
        services.AddAuthorizationBuilder().AddPolicy(ConsoleAccess.Policy, static policy => policy
            .AddAuthenticationSchemes(ConsoleAccess.Scheme)
            .RequireAuthenticatedUser()
            .RequireClaim(ConsoleAccess.UntilClaim));
        services.AddAntiforgery(static options =>
        {
            options.Cookie.Name = "softpos-form";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();

        // Keys of cookies live as long as the process: nothing on disk opens a session, and a restart ends them all.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();

        services.TryAddSingleton(static provider =>
            new AlarmBook(provider.GetRequiredService<Database>(), [], provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<FleetView>();
        services.TryAddSingleton<SalesView>();
        services.TryAddSingleton<JournalFeed>();
        services.AddHostedService(static provider => provider.GetRequiredService<JournalFeed>());
        return services;
    }

    /// <summary>Maps the pages, their files and the way in. Call it before endpoints whose answers need other headers.</summary>
    public static WebApplication MapConsole(this WebApplication app)
    {
        app.UseConsoleHeaders();
        app.UseAntiforgery();
        app.MapStaticAssets();
        SignInEndpoint.Map(app);
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(static options => options.ContentSecurityFrameAncestorsPolicy = null)
            .WithStaticAssets()
            .RequireAuthorization(ConsoleAccess.Policy)
            .WithMetadata(new ConsoleEndpointMark());
        return app;
    }
}
