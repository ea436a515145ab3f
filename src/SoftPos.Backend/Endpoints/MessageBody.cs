using Microsoft.AspNetCore.Http;
using SoftPos.Contract;

namespace SoftPos.Backend.Endpoints;

/// <summary>Reads the body of a terminal's message: its length is refused early, and its bytes are bounded whatever it says of them.</summary>
internal static class MessageBody
{
    /// <summary>Media type of a COSE message (RFC 9052).</summary>
    public const string Cose = "application/cose";

    /// <summary>Reads a signed message, or gives the refusal.</summary>
    public static Task<(byte[]? Message, IResult? Refusal)> ReadAsync(HttpContext context) =>
        ReadAsync(context, SignedMessage.MaxLength, ReasonCodes.RequestMalformed);

    /// <summary>Reads a COSE message of at most some bytes; one of another media type is refused for the reason that is given.</summary>
    public static async Task<(byte[]? Message, IResult? Refusal)> ReadAsync(HttpContext context, int longest, string otherwise)
    {
        HttpRequest request = context.Request;
        if (request.ContentLength > longest)
        {
            return (null, TooLarge(longest));
        }

        string mediaType = request.ContentType?.Split(';')[0].Trim() ?? string.Empty;
        if (!mediaType.Equals(Cose, StringComparison.OrdinalIgnoreCase))
        {
            return (null, ReasonProblem.Result(otherwise, $"expected a body of type {Cose}", "/header/content-type"));
        }

        using MemoryStream body = new(request.ContentLength is { } length ? (int)length : 4096);
        byte[] chunk = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            if (body.Length + read > longest)
            {
                return (null, TooLarge(longest));
            }

            body.Write(chunk, 0, read);
        }

        return (body.ToArray(), null);
    }

    private static IResult TooLarge(int longest) =>
        ReasonProblem.Result(ReasonCodes.RequestTooLarge, $"a message has at most {longest} bytes");
}
