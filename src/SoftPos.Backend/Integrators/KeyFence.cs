using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;

namespace SoftPos.Backend.Integrators;

/// <summary>
/// An API key opens the integrators' API and nothing else: not the terminals', not the operator's, not the console (HF-D1). It stands before every
/// other part of the pipeline, so that a route which is added later stands behind it too.
/// </summary>
internal sealed class KeyFence : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use(RefuseAsync);
        next(application);
    };

    private static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        bool isKey = context.Request.Headers.Authorization.ToString().Contains(ApiKeys.Mark, StringComparison.Ordinal);
        return isKey && !context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
            ? ReasonProblem.Result(ReasonCodes.ScopeMissing, "an API key opens /v1 only").ExecuteAsync(context)
            : next(context);
    }
}
