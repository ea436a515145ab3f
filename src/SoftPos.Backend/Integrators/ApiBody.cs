using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;

namespace SoftPos.Backend.Integrators;

/// <summary>Bodies of the integrators' API: read once, parsed strictly, refused with the field at fault.</summary>
internal static class ApiBody
{
    // A member that nobody reads is a misunderstanding; it is told rather than skipped.
    private static readonly JsonSerializerOptions Strict = new(IntegratorJson.Default.Options)
    {
        TypeInfoResolver = IntegratorJson.Default, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    };

    /// <summary>Reads the body, up to the front door's bound.</summary>
    public static async Task<ReadOnlyMemory<byte>> TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        ReadOnlyMemory<byte> bytes = body.ToArray();
        context.Items[typeof(ApiBody)] = bytes;
        return bytes;
    }

    /// <summary>Parses the body; false with the refusal.</summary>
    public static bool TryRead<T>(HttpContext context, [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out IResult? refusal)
        where T : class
    {
        ReadOnlyMemory<byte> bytes = (ReadOnlyMemory<byte>)context.Items[typeof(ApiBody)]!;
        value = null;
        refusal = null;
        try
        {
            value = JsonSerializer.Deserialize(bytes.Span, (JsonTypeInfo<T>)Strict.GetTypeInfo(typeof(T)));
            refusal = value is null ? Malformed("$", "expected an object") : null;
        }
        catch (JsonException fault)
        {
            refusal = Malformed(fault.Path ?? "$", Words(fault));
        }

        return refusal is null;
    }

    /// <summary>A refusal of a field.</summary>
    public static IResult Malformed(string field, string expected) => ReasonProblem.Result(ReasonCodes.RequestMalformed, expected, field);

    /// <summary>The first field that is not as expected, as a refusal; null when all are.</summary>
    public static IResult? Check(params ReadOnlySpan<(bool Good, string Field, string Expected)> checks)
    {
        foreach ((bool good, string field, string expected) in checks)
        {
            if (!good)
            {
                return Malformed("$." + field, $"{field}: expected {expected}");
            }
        }

        return null;
    }

    /// <summary>Identity of something that an integrator names: a–z, 0–9 and hyphen.</summary>
    public static bool IsName(string text, int least, int most) =>
        text.Length >= least && text.Length <= most && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>One line of text for people.</summary>
    public static bool IsLine(string? text, int most) =>
        text is null || (text.Length > 0 && text.Length <= most && !text.Any(char.IsControl) && text.Trim() == text);

    /// <summary>What the parser says, without the value that came in and without type names of ours.</summary>
    private static string Words(JsonException fault)
    {
        string message = fault.Message;
        return message.Contains("required properties", StringComparison.Ordinal) ? "missing: " + message[(message.IndexOf("including:", StringComparison.Ordinal) + 10)..].Trim()
            : message.Contains("could not be mapped", StringComparison.Ordinal) ? "a field of that name is not known here"
            : message.Contains("uplicate", StringComparison.Ordinal) ? "a field stands there twice"
            : message.Contains("could not be converted", StringComparison.Ordinal) ? "a value of another type is expected"
            : "expected JSON";
    }
}
