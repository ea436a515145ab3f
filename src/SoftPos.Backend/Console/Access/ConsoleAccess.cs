using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Access;

/// <summary>Who is let in: the cookie, its life, and the policy that every page and the live connection demand.</summary>
internal static class ConsoleAccess
{
    /// <summary>Authentication scheme of the console's cookie.</summary>
    public const string Scheme = "console";

    /// <summary>Authorization policy of every console page.</summary>
    public const string Policy = "console user";

    /// <summary>Name of the cookie.</summary>
    public const string CookieName = "softpos-console";

    /// <summary>Claim with the end of the session in Unix seconds: an open page must end too, not only the next request.</summary>
    public const string UntilClaim = "softpos:until";

    /// <summary>A working day; after it a new link is needed.</summary>
    public static readonly TimeSpan SessionLife = TimeSpan.FromHours(8);

    public static ClaimsPrincipal PrincipalOf(ConsoleUser user, DateTimeOffset until) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, user.UserId),
            new Claim(ClaimTypes.Name, user.Name),
            new Claim(ClaimTypes.Role, user.Role),
            new Claim(UntilClaim, until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ],
        Scheme));

    /// <summary>The session has not ended and its user may still sign in.</summary>
    public static async ValueTask<bool> StillGoodAsync(ClaimsPrincipal principal, Database database, TimeProvider clock, CancellationToken cancellation)
    {
        bool inTime = long.TryParse(principal.FindFirstValue(UntilClaim), NumberStyles.None, CultureInfo.InvariantCulture, out long until)
            && clock.GetUtcNow().ToUnixTimeSeconds() < until;
        return inTime
            && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } userId
            && await database.ConsoleUsers.FindAsync(userId, cancellation) is { Disabled: false };
    }

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        // Loopback is plain HTTP; behind TLS the cookie is marked Secure.
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = SessionLife;
        options.SlidingExpiration = false;
        options.Events.OnRedirectToLogin = RefuseAsync;
        options.Events.OnRedirectToAccessDenied = RefuseAsync;
        options.Events.OnValidatePrincipal = ValidateAsync;
    }

    /// <summary>A person is sent to the sign-in page, which says what to do; a program gets the bare status.</summary>
    private static Task RefuseAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        HttpRequest request = context.Request;
        bool aPage = HttpMethods.IsGet(request.Method)
            && request.Headers.Accept.Any(static accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
        if (aPage)
        {
            string[] query =
            [
                .. request.Cookies.ContainsKey(CookieName) ? ["why=ended"] : (string[])[],
                .. request.Path.StartsWithSegments("/phone", StringComparison.Ordinal) ? ["to=phone"] : (string[])[],
            ];
            context.Response.Redirect(SignInEndpoint.Path + (query.Length == 0 ? string.Empty : "?" + string.Join('&', query)));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        IServiceProvider services = context.HttpContext.RequestServices;
        bool good = context.Principal is { } principal
            && await StillGoodAsync(
                principal, services.GetRequiredService<Database>(), services.GetRequiredService<TimeProvider>(), context.HttpContext.RequestAborted);
        if (!good)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
        }
    }
}
