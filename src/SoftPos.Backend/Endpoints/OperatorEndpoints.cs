using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;

namespace SoftPos.Backend.Endpoints;

/// <summary>What the person at the machine may ask for, by the token in the data folder.</summary>
internal static class OperatorEndpoints
{
    private const string Scheme = "Bearer ";

    public static void MapOperatorEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/operator/v1/sign-in-links", CreateLinkAsync).RequireRateLimiting(TerminalEndpoints.RateLimit);

    /// <summary>Whether the request carries the token of the person at the machine.</summary>
    public static bool IsLocal(HttpContext context, LocalOperator local)
    {
        string header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.Ordinal) && local.Holds(header[Scheme.Length..]);
    }

    private static async Task<IResult> CreateLinkAsync(HttpContext context, LocalOperator local, CancellationToken cancellation)
    {
        if (!IsLocal(context, local))
        {
            return ReasonProblem.Result(ReasonCodes.OperatorUnknown);
        }

        return Results.Json(new { token = await local.CreateSignInTokenAsync(cancellation) });
    }
}
