using Microsoft.AspNetCore.Http;

namespace SoftPos.Backend.Integrators;

/// <summary>What the integrators' API needs to know of its installation.</summary>
/// <param name="Sandbox">A sandbox: webhooks may go to this machine, over http.</param>
/// <param name="PublicAddress">Address by which others reach this back end; null takes that of the request.</param>
internal sealed record ApiSettings(bool Sandbox, Uri? PublicAddress)
{
    /// <summary>Where others reach this back end.</summary>
    public Uri AddressOf(HttpContext context) => PublicAddress ?? new Uri($"{context.Request.Scheme}://{context.Request.Host}");
}
