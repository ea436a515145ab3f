using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Answers of the integrators' API.</summary>
internal static class ApiAnswer
{
    private const int UsualPage = 50;
    private const int MaxPage = 200;

    /// <summary>An answer with a body.</summary>
    public static IResult Of<T>(T value, int status = StatusCodes.Status200OK)
        where T : class =>
        Results.Json(value, (JsonTypeInfo<T>)IntegratorJson.Default.GetTypeInfo(typeof(T))!, statusCode: status);

    /// <summary>Something was made.</summary>
    public static IResult Created<T>(T value)
        where T : class => Of(value, StatusCodes.Status201Created);

    /// <summary>Nothing of that identity is within reach of the key.</summary>
    public static IResult Unknown(string field, string what) =>
        ReasonProblem.Result(ReasonCodes.ResourceUnknown, $"no {what} of that identity is known to this key", field);

    /// <summary>Reads limit and cursor; a refusal when they are none.</summary>
    public static IResult? ReadPage(int? limit, string? cursor, out int count, out string? after)
    {
        count = limit ?? UsualPage;
        after = null;
        if (count is < 1 or > MaxPage)
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, $"limit: expected 1 to {MaxPage}", "limit");
        }

        Span<byte> bytes = stackalloc byte[96];
        if (cursor is not null
            && (cursor.Length > bytes.Length || !System.Buffers.Text.Base64Url.IsValid(cursor) || !System.Buffers.Text.Base64Url.TryDecodeFromChars(cursor, bytes, out int written)
                || (after = Encoding.ASCII.GetString(bytes[..written])).Length == 0))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, "cursor: expected nextCursor of the page before", "cursor");
        }

        return null;
    }

    /// <summary>As <see cref="ReadPage(int?, string?, out int, out string?)"/> for lists in order of a sequence.</summary>
    public static IResult? ReadPage(int? limit, string? cursor, out int count, out long before)
    {
        before = long.MaxValue;
        IResult? refusal = ReadPage(limit, cursor, out count, out string? text);
        return refusal is not null || text is null
            || long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out before)
                ? refusal
                : ReasonProblem.Result(ReasonCodes.RequestMalformed, "cursor: expected nextCursor of the page before", "cursor");
    }

    /// <summary>A page of what was read with one more than asked, which tells whether there is another page.</summary>
    public static IResult Page<TRow, T>(IReadOnlyList<TRow> rows, int count, Func<TRow, string> place, Func<TRow, T> view) => Of(new Page<T>
    {
        Data = [.. rows.Take(count).Select(view)],
        NextCursor = rows.Count > count ? System.Buffers.Text.Base64Url.EncodeToString(Encoding.ASCII.GetBytes(place(rows[count - 1]))) : null,
    });

    /// <summary>Why a change of the store was refused.</summary>
    public static IResult Refused(ChangeRefusal refusal) => refusal switch
    {
        ChangeRefusal.Exists => ReasonProblem.Result(ReasonCodes.ResourceExists, "the identity is taken"),
        _ => ReasonProblem.Result(ReasonCodes.OrderClosed, "it was changed meanwhile"),
    };
}
