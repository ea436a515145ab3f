using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>
/// Requests under an <c>Idempotency-Key</c>: the same key and body get the same bytes, for a day; another body is refused and recorded. Answers rest
/// sealed, because some hold a secret that is shown once.
/// </summary>
internal sealed class Idempotency(Database database, IKeyRoom room, TimeProvider clock)
{
    public const string Header = "Idempotency-Key";

    private const int MaxKey = 100;

    /// <summary>How long an answer is kept.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<(string, string), Lazy<Task<Kept>>> _running = new();

    /// <summary>Runs the request, or gives what it gave before.</summary>
    public async Task<IResult> OnceAsync(HttpContext context, ApiKeyRecord key, ReadOnlyMemory<byte> body, Func<Task<IResult>> run)
    {
        string name = context.Request.Headers[Header].ToString();
        if (name.Length == 0)
        {
            return context.GetEndpoint()!.Metadata.GetMetadata<NeedsIdempotencyKey>() is null
                ? await run()
                : ReasonProblem.Result(ReasonCodes.RequestMalformed, $"expected 1 to {MaxKey} printable characters, a new one for each new request", "/header/idempotency-key");
        }

        if (name.Length > MaxKey || !name.All(static c => c is >= '!' and <= '~'))
        {
            return ReasonProblem.Result(ReasonCodes.RequestMalformed, $"expected 1 to {MaxKey} printable characters", "/header/idempotency-key");
        }

        byte[] hash = HashOf(context.Request, key, body.Span);
        Lazy<Task<Kept>> mine = new(() => RunAsync(context, key, name, hash, run));
        Lazy<Task<Kept>> running = _running.GetOrAdd((key.Tenant, name), mine);
        try
        {
            Kept kept = await running.Value;
            return kept.RequestHash.AsSpan().SequenceEqual(hash) ? kept : await ConflictAsync(key, name);
        }
        finally
        {
            if (running == mine)
            {
                _running.TryRemove((key.Tenant, name), out _);
            }
        }
    }

    /// <summary>Forgets what is older than a day.</summary>
    public Task ForgetAsync(CancellationToken cancellation) =>
        database.CommitAsync(new Change().ForgetIdempotent(clock.GetUtcNow() - Memory), cancellation);

    private async Task<Kept> RunAsync(HttpContext context, ApiKeyRecord key, string name, byte[] hash, Func<Task<IResult>> run)
    {
        Guid reserved = Guid.CreateVersion7(clock.GetUtcNow());
        Commit taken = await database.CommitAsync(new Change().TakeIdempotencyKey(key.Tenant, name, hash, reserved));
        if (!taken.Done)
        {
            IdempotentRequest former = (await database.Idempotency.FindAsync(key.Tenant, name))!;
            if (former.Answer is { } answer || !former.RequestHash.AsSpan().SequenceEqual(hash))
            {
                return await OpenAsync(former, key.Tenant, name);
            }

            // Its process ended before the answer was kept: it is tried anew, and makes what it would have made.
            reserved = former.Reserved;
        }

        context.Items[typeof(IdempotentRequest)] = reserved;
        Kept kept = await CaptureAsync(context, await run(), hash);
        if (kept.Status < StatusCodes.Status500InternalServerError)
        {
            byte[] sealedAnswer = await room.SealForStorageAsync(kept.Encode(), BoundTo(key.Tenant, name), CancellationToken.None);
            await database.CommitAsync(new Change().AnswerIdempotent(key.Tenant, name, sealedAnswer));
        }

        return kept;
    }

    private async Task<Kept> OpenAsync(IdempotentRequest former, string tenant, string name) =>
        former.Answer is null ? new Kept(former.RequestHash, 0, string.Empty, [])
        : await room.UnsealFromStorageAsync(former.Answer, BoundTo(tenant, name), CancellationToken.None) is { } clear
            ? Kept.Decode(former.RequestHash, clear)
            : throw new InvalidOperationException("a kept answer does not open under this master key");

    private async Task<IResult> ConflictAsync(ApiKeyRecord key, string name)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        await database.CommitAsync(new Change().Append("api.idempotency-conflict", key.KeyId, new JsonObject { ["tenant"] = key.Tenant, ["keyHash"] = digest }));
        return ReasonProblem.Result(ReasonCodes.IdempotencyConflict, "the idempotency key was used for another request; take a new one", "/header/idempotency-key");
    }

    /// <summary>Runs the result into memory, so that its exact bytes can be kept.</summary>
    private static async Task<Kept> CaptureAsync(HttpContext context, IResult result, byte[] hash)
    {
        Stream wire = context.Response.Body;
        using MemoryStream memory = new();
        context.Response.Body = memory;
        try
        {
            await result.ExecuteAsync(context);
            await context.Response.Body.FlushAsync();
        }
        finally
        {
            context.Response.Body = wire;
        }

        return new Kept(hash, context.Response.StatusCode, context.Response.ContentType ?? string.Empty, memory.ToArray());
    }

    private static byte[] HashOf(HttpRequest request, ApiKeyRecord key, ReadOnlySpan<byte> body)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString} {key.MerchantId}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private static byte[] BoundTo(string tenant, string name) => Encoding.UTF8.GetBytes($"idempotency\n{tenant}\n{name}");

    /// <summary>An answer as it went out.</summary>
    private sealed record Kept(byte[] RequestHash, int Status, string ContentType, byte[] Body) : IResult
    {
        public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["status"] = Status, ["type"] = ContentType, ["body"] = Convert.ToBase64String(Body),
        });

        public static Kept Decode(byte[] hash, byte[] bytes)
        {
            JsonNode json = JsonNode.Parse(bytes)!;
            return new Kept(hash, json["status"]!.GetValue<int>(), json["type"]!.GetValue<string>(), Convert.FromBase64String(json["body"]!.GetValue<string>()));
        }

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = Status;
            httpContext.Response.ContentType = ContentType.Length == 0 ? null : ContentType;
            if (Body.Length > 0)
            {
                await httpContext.Response.Body.WriteAsync(Body, httpContext.RequestAborted);
            }
        }
    }
}
