using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SoftPos.Attestation;
using SoftPos.Attestation.Certificates;
using SoftPos.Storage;

namespace SoftPos.Monitoring.Revocation;

/// <summary>How one question for the list ended.</summary>
public enum StatusListRound
{
    /// <summary>A new list is in force.</summary>
    Updated,

    /// <summary>The server confirmed the list that we have.</summary>
    Confirmed,

    /// <summary>No answer, or a bad one; the last good list stays in force.</summary>
    Failed,
}

/// <summary>
/// Keeps the list of revoked attestation certificates fresh: asks its server with the tag of the last good answer, keeps that answer in the
/// database so that a restart does not forget it, and holds every new list against the enrolled fleet at once. A server that fails leaves the
/// last good list in force; its age is a claim that the policy judges, and an alarm of ours.
/// </summary>
/// <param name="database">Where the last good list rests.</param>
/// <param name="client">Client without a base address.</param>
/// <param name="options">Address and times.</param>
/// <param name="clock">Ages and pauses.</param>
public sealed class StatusListFeed(Database database, HttpClient client, StatusListOptions options, TimeProvider clock)
{
    private const string ListSetting = "revocation.list";
    private const string MarkSetting = "revocation.mark";
    private const string Subject = "status-list";

    /// <summary>A list that lost more than half of its entries is a mistake of its server or an attack, for entries hardly ever go.</summary>
    private const int MaxShrink = 2;

    private readonly RevokedFleet _fleet = new(database);
    private StatusListMark _mark = new();
    private int _failures;
    private bool _alarmed;

    /// <summary>The list in force; null until there is one.</summary>
    public StatusList? Current { get; private set; }

    /// <summary>Why the last question failed; null after a good one.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Takes up the last good list of an earlier run.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        if (await database.Settings.FindAsync(ListSetting, cancellation) is { } json
            && await database.Settings.FindAsync(MarkSetting, cancellation) is { } mark
            && JsonSerializer.Deserialize(mark, StatusListJson.Default.StatusListMark) is { } read
            && StatusList.TryParse(json, read.ConfirmedAt, out StatusList? list, out _))
        {
            (_mark, Current) = (read, list);
        }
    }

    /// <summary>Asks again and again until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                (_, TimeSpan pause) = await AskAsync(cancellation);
                await Task.Delay(pause, clock, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node is being closed.
        }
    }

    /// <summary>Asks once; says how it ended and how long to wait for the next time.</summary>
    public async Task<(StatusListRound Round, TimeSpan Pause)> AskAsync(CancellationToken cancellation)
    {
        (StatusListRound round, TimeSpan? maxAge, string failure) = await FetchAsync(cancellation);
        if (round is StatusListRound.Failed)
        {
            LastFailure = failure;
            await AlarmAsync(failure, cancellation);
            double doubled = options.FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 16));
            return (round, TimeSpan.FromSeconds(Math.Min(doubled, options.Period.TotalSeconds)));
        }

        (_failures, _alarmed, LastFailure) = (0, false, null);
        TimeSpan pause = maxAge is { } age && age < options.Period ? age : options.Period;
        return (round, pause < options.ShortestPeriod ? options.ShortestPeriod : pause);
    }

    private async Task<(StatusListRound Round, TimeSpan? MaxAge, string Failure)> FetchAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = new(options.Timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, options.Address);
            request.Headers.CacheControl = new CacheControlHeaderValue { MaxAge = TimeSpan.Zero };
            if (Current is not null && EntityTagHeaderValue.TryParse(_mark.Tag, out EntityTagHeaderValue? tag))
            {
                request.Headers.IfNoneMatch.Add(tag);
            }

            if (Current is not null && _mark.ModifiedAt is { } modified)
            {
                request.Headers.IfModifiedSince = modified;
            }

            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            TimeSpan? maxAge = response.Headers.CacheControl?.MaxAge;
            if (response.StatusCode is HttpStatusCode.NotModified && Current is not null)
            {
                await ConfirmAsync(cancellation);
                return (StatusListRound.Confirmed, maxAge, string.Empty);
            }

            if (response.StatusCode is not HttpStatusCode.OK)
            {
                return (StatusListRound.Failed, null, $"the server answered {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}");
            }

            string? refused = await TakeAsync(response, either.Token, cancellation);
            return refused is null ? (StatusListRound.Updated, maxAge, string.Empty) : (StatusListRound.Failed, null, refused);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (StatusListRound.Failed, null, $"no answer within {options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (StatusListRound.Failed, null, "the server cannot be reached");
        }
    }

    /// <summary>Puts a new list in force; or says why it is none.</summary>
    private async Task<string?> TakeAsync(HttpResponseMessage response, CancellationToken reading, CancellationToken cancellation)
    {
        if (await BoundedBody.ReadAsync(response.Content, StatusList.MaxLength, reading) is not { } json)
        {
            return $"a list of more than {StatusList.MaxLength.ToString(CultureInfo.InvariantCulture)} bytes";
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (!StatusList.TryParse(json, now, out StatusList? list, out FormatFault? fault))
        {
            return $"not a status list: {fault}";
        }

        StatusList? before = Current;
        if (before is not null && list!.Count < before.Count / MaxShrink)
        {
            return $"{list.Count} entries after {before.Count}: a list does not shrink like that";
        }

        StatusListMark mark = new()
        {
            Tag = response.Headers.ETag?.ToString(), ModifiedAt = response.Content.Headers.LastModified, ConfirmedAt = now,
        };
        Change change = new Change()
            .PutSetting(ListSetting, json)
            .PutSetting(MarkSetting, JsonSerializer.SerializeToUtf8Bytes(mark, StatusListJson.Default.StatusListMark));
        if (list!.Hash != before?.Hash)
        {
            change.Append("revocation.updated", Subject, new JsonObject
            {
                ["hash"] = list.Hash, ["entries"] = list.Count, ["entriesBefore"] = before?.Count, ["hashBefore"] = before?.Hash,
            });
        }

        (await database.CommitAsync(change, cancellation)).Require();
        (_mark, Current) = (mark, list);
        await _fleet.HoldAgainstAsync(list, before, cancellation);
        return null;
    }

    private async Task ConfirmAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        StatusListMark mark = _mark with { ConfirmedAt = now };
        byte[] written = JsonSerializer.SerializeToUtf8Bytes(mark, StatusListJson.Default.StatusListMark);
        (await database.CommitAsync(new Change().PutSetting(MarkSetting, written), cancellation)).Require();
        (_mark, Current) = (mark, Current!.ConfirmedAt(now));
    }

    /// <summary>One alarm for each time that the list grows stale, not one for each failure.</summary>
    private async Task AlarmAsync(string failure, CancellationToken cancellation)
    {
        TimeSpan? age = clock.GetUtcNow() - Current?.FetchedAt;
        if (_alarmed || age < options.AlarmAge)
        {
            return;
        }

        JsonObject content = new() { ["failure"] = failure, ["ageHours"] = age is { } known ? Math.Round(known.TotalHours, 1) : null, ["owner"] = "Us" };
        (await database.CommitAsync(new Change().Append("revocation.stale", Subject, content), cancellation)).Require();
        _alarmed = true;
    }
}

/// <summary>By what the server recognises the last good list, and when it last vouched for it.</summary>
internal sealed record StatusListMark
{
    public string? Tag { get; set; }

    public DateTimeOffset? ModifiedAt { get; set; }

    public DateTimeOffset ConfirmedAt { get; set; }
}

/// <summary>JSON form of <see cref="StatusListMark"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusListMark))]
internal sealed partial class StatusListJson : JsonSerializerContext;
