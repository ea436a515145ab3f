using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Logging;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Access;

/// <summary>Ends the session of a page that stays open: the cookie is only looked at when the live connection starts.</summary>
internal sealed class SessionWatch(ILoggerFactory loggers, Database database, TimeProvider clock) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    /// <inheritdoc/>
    protected override TimeSpan RevalidationInterval { get; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        await ConsoleAccess.StillGoodAsync(authenticationState.User, database, clock, cancellationToken);
}
