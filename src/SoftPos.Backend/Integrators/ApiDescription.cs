using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SoftPos.Backend.Integrators;

/// <summary>What the description of the API says beside the routes: how to sign in, idempotency, refusals.</summary>
internal static class ApiDescription
{
    private const string Scheme = "apiKey";

    public static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OpenSoftPOS for integrators", Version = "1",
            Description = "Merchants, payments, orders pushed to terminals, settlement and webhooks. Refusals are problem details (RFC 9457) with a code of the reason catalogue.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key: sk_sandbox_… or sk_live_….",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }

    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        string? scope = metadata.OfType<ApiScope>().FirstOrDefault()?.Name;
        operation.Description = $"Scope: {scope}";
        if (!string.Equals(context.Description.HttpMethod, "GET", StringComparison.OrdinalIgnoreCase))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = Idempotency.Header, In = ParameterLocation.Header, Required = metadata.OfType<NeedsIdempotencyKey>().Any(),
                Description = "The same key and body get the same answer for a day; another body is refused.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 100 },
            });
        }

        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse { Description = "Refused: problem details with code, owner, fix and the field at fault." };
        return Task.CompletedTask;
    }
}
