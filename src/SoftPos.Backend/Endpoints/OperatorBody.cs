using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Monitoring;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// What the routes of the person at the machine have in common: the token, bounded JSON bodies, and refusals as problems.
/// </summary>
internal static class OperatorBody
{
    /// <summary>JSON of these routes: names of states, unknown members refused.</summary>
    public static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>A group of routes that only the person at the machine may use.</summary>
    public static RouteGroupBuilder MapOperatorGroup(this IEndpointRouteBuilder routes, string prefix)
    {
        RouteGroupBuilder group = routes.MapGroup(prefix).RequireRateLimiting(TerminalEndpoints.RateLimit);
        group.AddEndpointFilter(static async (context, next) =>
            OperatorEndpoints.IsLocal(context.HttpContext,
                (LocalOperator)context.HttpContext.RequestServices.GetService(typeof(LocalOperator))!)
                ? await next(context)
                : ReasonProblem.Result(ReasonCodes.OperatorUnknown));
        return group;
    }

    /// <summary>Reads a body and acts on it.</summary>
    public static async Task<IResult> ReadAsync<T>(HttpContext context, int maxBody, Func<T, Task<IResult>> act)
    {
        if (!(context.Request.ContentLength > 0) || context.Request.ContentLength > maxBody)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, $"expected a JSON body of at most {maxBody} bytes");
        }

        try
        {
            T? body = await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Form, context.RequestAborted);
            return body is null ? ReasonProblem.Result(ReasonCodes.RequestMalformed, "expected a JSON object", "$") : await act(body);
        }
        catch (JsonException fault)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "a member is missing, unknown or of the wrong kind", fault.Path ?? "$");
        }
    }

    /// <summary>A refusal as a problem.</summary>
    public static IResult Problem(Refusal refused) => ReasonProblem.Result(refused.Reason, refused.Detail, refused.Field);
}
