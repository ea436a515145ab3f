using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Endpoints;

/// <summary>A copy of the database while it is in use, for the person at the machine.</summary>
internal static class BackupEndpoints
{
    public static void MapBackupEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/operator/v1/backups", MakeAsync).RequireRateLimiting(TerminalEndpoints.RateLimit);

    private static async Task<IResult> MakeAsync(
        HttpContext context, LocalOperator local, Database database, BackendOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        if (!OperatorEndpoints.IsLocal(context, local))
        {
            return ReasonProblem.Result(ReasonCodes.OperatorUnknown);
        }

        string name = $"softpos-{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}.db";
        string path = Path.GetFullPath(Path.Combine(options.DataFolder, "backups", name));
        long size = await database.BackupAsync(path, cancellation);
        string hash;
        await using (FileStream file = File.OpenRead(path))
        {
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        }

        JsonObject entry = new() { ["file"] = name, ["sha256"] = hash, ["journalSize"] = size };
        (await database.CommitAsync(new Change().Append("installation.backed-up", name, entry), cancellation)).Require();
        return Results.Json(new { file = path, sha256 = hash, journalSize = size });
    }
}
