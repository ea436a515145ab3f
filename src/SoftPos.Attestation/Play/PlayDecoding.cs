using System.Text.Json;
using SoftPos.Contract;

namespace SoftPos.Attestation.Play;

/// <summary>Opens integrity tokens: locally with the app's keys, or by asking the store's server.</summary>
public interface IPlayTokenDecoder
{
    /// <summary>Opens one token. Never throws for what a token or a server says.</summary>
    /// <param name="token">The token as the phone sent it.</param>
    /// <param name="cancellation">The caller gives up; this alone ends in an exception.</param>
    Task<PlayDecoding> DecodeAsync(string token, CancellationToken cancellation);
}

/// <summary>What opening a token gave: a verdict of the store, or the reason why there is none.</summary>
public sealed record PlayDecoding
{
    /// <summary>The store's verdict; null when there is a problem.</summary>
    public PlayVerdict? Verdict { get; init; }

    /// <summary>Why there is no verdict; inconclusive where the device is not at fault.</summary>
    public AttestationProblem? Problem { get; init; }
}

/// <summary>Opens tokens with the two keys from the store's console.</summary>
public sealed class LocalPlayDecoder(PlayTokenKeys keys) : IPlayTokenDecoder
{
    /// <inheritdoc/>
    public Task<PlayDecoding> DecodeAsync(string token, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!PlayToken.TryOpen(token, keys, out ReadOnlyMemory<byte> payload, out AttestationProblem? problem))
        {
            return Task.FromResult(new PlayDecoding { Problem = problem });
        }

        return Task.FromResult(PlayVerdict.TryParse(payload, out PlayVerdict? verdict, out FormatFault? fault)
            ? new PlayDecoding { Verdict = verdict }
            : new PlayDecoding { Problem = new AttestationProblem("play.verdict.form", ReasonCodes.PlayTokenInvalid, fault!.ToString()) { Fault = fault } });
    }
}

/// <summary>
/// The JSON of <c>POST /v1/{package}:decodeIntegrityToken</c>. Whatever the server cannot or will not answer leaves the matter unknown: it
/// proves nothing against the phone.
/// </summary>
public static class PlayServerAnswer
{
    /// <summary>Longest answer that is read; verdicts are below 4 KiB.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The request's body.</summary>
    public static byte[] Request(string token) => JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, string> { ["integrity_token"] = token }, PlayJson.Default.DictionaryStringString);

    /// <summary>Reads an answer.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">Body as received.</param>
    public static PlayDecoding Read(int status, ReadOnlyMemory<byte> body)
    {
        if (status != 200)
        {
            return Refuse(status);
        }

        if (!HasPayload(body))
        {
            return Unknown("play.server.answer", "the store's server answered without a verdict");
        }

        return PlayVerdict.TryParse(body, out PlayVerdict? verdict, out FormatFault? fault)
            ? new PlayDecoding { Verdict = verdict }
            : Unknown("play.server.answer", fault!.ToString());
    }

    /// <summary>No verdict for a reason that is not the phone's.</summary>
    public static PlayDecoding Unknown(string rule, string detail) => new()
    {
        Problem = new AttestationProblem(rule, ReasonCodes.PlayUnavailable, detail) { IsInconclusive = true, Severity = Severity.Serious },
    };

    /// <summary>A token that the server cannot decode (400) may be stale as well as forged, so it is asked for anew.</summary>
    private static PlayDecoding Refuse(int status) => status switch
    {
        400 => new PlayDecoding
        {
            Problem = new AttestationProblem("play.server.token", ReasonCodes.PlayTokenInvalid, "the store's server cannot decode the token")
                { IsInconclusive = true, Severity = Severity.Serious },
        },
        401 or 403 => Unknown("play.server.access", $"the store's server refuses our account ({status})"),
        404 => Unknown("play.server.package", "the store's server does not know the package (404)"),
        429 => Unknown("play.server.quota", "the quota of the store's server is spent (429)"),
        _ => Unknown("play.server.status", $"the store's server answered {status}"),
    };

    private static bool HasPayload(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("tokenPayloadExternal", out JsonElement payload)
                && payload.ValueKind is JsonValueKind.Object;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>Metadata made at build time, so that the library can be trimmed.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PlayJson : System.Text.Json.Serialization.JsonSerializerContext;
