using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>
/// The journal in its public form (C2SP tlog-tiles): checkpoint, tiles, bundles, and proofs of one subject. All of it is hashes, kinds and
/// identities; the contents stay inside.
/// </summary>
internal static class LogEndpoints
{
    private const string Bytes = "application/octet-stream";
    private const string Immutable = "public, max-age=31536000, immutable";

    public static void MapLogEndpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder log = routes.MapGroup("/log/v1").RequireRateLimiting(TerminalEndpoints.RateLimit);
        log.MapGet("/key", (NoteSigner key) => Results.Text(key.Verifier + "\n"));
        log.MapGet("/checkpoint", (Database database, NoteSigner key, TimeProvider clock) =>
            Results.Text(JournalProof.CheckpointOf(database.Journal.Head, key, clock.GetUtcNow())));
        log.MapGet("/proof/{subject}", ProofAsync);
        log.MapGet("/witness-request", AskWitnessAsync);
        log.MapGet("/tile/{level}/{**place}", TileAsync);
    }

    /// <summary>What a witness that has seen so many entries is to be asked (C2SP tlog-witness); whoever likes carries it there.</summary>
    private static async Task<IResult> AskWitnessAsync(long? old, Database database, NoteSigner key, TimeProvider clock, CancellationToken cancellation) =>
        old is { } seen and >= 0 && seen <= database.Journal.Head.Size
            ? Results.Text((await WitnessRequest.OfAsync(database, seen, key, clock.GetUtcNow(), cancellation)).ToString())
            : ReasonProblem.Result(ReasonCodes.RequestMalformed, "expected the size that the witness has seen, 0 to that of the journal", "old");

    private static async Task<IResult> ProofAsync(
        string subject, long? size, Database database, NoteSigner key, TimeProvider clock, CancellationToken cancellation) =>
        subject.Length <= Change.MaxSubject
        && await JournalProof.OfSubjectAsync(database, subject, key, clock.GetUtcNow(), cancellation, size: size) is { } proof
            ? Results.Text(proof.ToJson(), "application/json")
            : ReasonProblem.Result(ReasonCodes.PaymentUnknown, "the journal has no entry of that subject", "subject");

    private static async Task<IResult> TileAsync(string level, string place, HttpContext context, Database database, CancellationToken cancellation)
    {
        if (!TryPlace(place, out long index, out int width))
        {
            return Results.NotFound();
        }

        JournalTiles tiles = new(database);
        bool isBundle = level == "entries";
        byte[]? tile = isBundle ? await tiles.EntryBundleAsync(index, width, cancellation)
            : int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= JournalTiles.MaxLevel
                ? await tiles.HashTileAsync(number, index, width, cancellation)
                : null;
        if (tile is null || JournalTiles.PathOf(isBundle ? null : int.Parse(level, CultureInfo.InvariantCulture), index, width) != $"tile/{level}/{place}")
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = Immutable;
        return Results.Bytes(tile, Bytes);
    }

    /// <summary>Reads <c>x001/067</c> or <c>x001/067.p/5</c>.</summary>
    private static bool TryPlace(string place, out long index, out int width)
    {
        string[] parts = place.Split(".p/");
        width = JournalTiles.Width;
        index = 0;
        string digits = string.Concat(parts[0].Split('/').Select(static group => group.TrimStart('x')));
        return parts.Length <= 2 && digits.Length <= 15 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && (parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out width));
    }
}
