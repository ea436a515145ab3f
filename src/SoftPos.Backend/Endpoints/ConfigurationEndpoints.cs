using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Emv.Configuration;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>Reader configurations: terminals ask for theirs, the person at the machine publishes.</summary>
internal static class ConfigurationEndpoints
{
    public static void MapConfigurationEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/terminal/v1/reader-configuration", AskAsync).RequireRateLimiting(TerminalEndpoints.TerminalLimit);
        routes.MapPost("/operator/v1/reader-configurations/{scope}", PublishAsync).RequireRateLimiting(TerminalEndpoints.RateLimit);
    }

    private static async Task<IResult> AskAsync(
        HttpContext context, Database database, ReaderConfigurations configurations, CancellationToken cancellation)
    {
        (byte[]? message, IResult? refusal) = await MessageBody.ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        if (!SignedMessage.TryDecode(message, out DecodedMessage decoded) || decoded.ContentType != ReaderConfigurationQuestion.ContentType
            || decoded.TerminalId is not { } id || !ReaderConfigurationQuestion.TryDecode(decoded.Payload, out ReaderConfigurationQuestion question))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "the envelope is not a COSE_Sign1 of this kind");
        }

        TerminalRecord? terminal = await database.TrustStatus.ReadAsync(id, cancellation);
        if (terminal is null || terminal.State is TerminalState.Retired)
        {
            return ReasonProblem.Result(ReasonCodes.TerminalUnknown);
        }

        if (!decoded.Verify(terminal.DeviceKey))
        {
            return ReasonProblem.Result(ReasonCodes.SignatureInvalid);
        }

        byte[]? found = await configurations.MessageForAsync(terminal.MerchantId, question.Version, cancellation);
        return Results.Json(new ReaderConfigurationAnswer { Message = found }, ContractJson.Default.ReaderConfigurationAnswer);
    }

    private static async Task<IResult> PublishAsync(
        HttpContext context, string scope, string? name, LocalOperator local, ReaderConfigurations configurations, CancellationToken cancellation)
    {
        if (!OperatorEndpoints.IsLocal(context, local))
        {
            return ReasonProblem.Result(ReasonCodes.OperatorUnknown);
        }

        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, cancellation);
        (long? version, IReadOnlyList<ConfigurationFault> faults) =
            await configurations.PublishAsync(scope, body.ToArray(), name is { Length: > 0 and <= MaxName } ? name : "document", cancellation);
        return version is { } published
            ? Results.Json(new { scope, version = published })
            : ReasonProblem.Result(ReasonCodes.RequestMalformed, string.Join("; ", faults.Take(MaxFaults)), faults[0].Path);
    }

    private const int MaxName = 256;

    /// <summary>Faults that are told at once; a document with more of them is told again after those are gone.</summary>
    private const int MaxFaults = 20;
}
