using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// Takes what merchants say against a refusal, with what was known of the terminal then, and what a person answered. An appeal changes no
/// verdict: who finds it right acts on the terminal by the orders that there are. Suspended terminals may appeal too.
/// </summary>
public sealed class AppealDesk(Database database, TimeProvider clock)
{
    /// <summary>Longest note of a person.</summary>
    public const int MaxNote = 500;

    /// <summary>Name of the numbers.</summary>
    private const string Sequence = "appeal";

    /// <summary>Reasons of one appeal: those of an appraisal are fewer.</summary>
    private const int MaxReasons = 32;

    /// <summary>Takes a terminal's signed appeal. The same one again gets the same number.</summary>
    public async Task<(AppealAnswer? Answer, Refusal? Refusal)> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (!SignedMessage.TryDecode(message, out DecodedMessage decoded) || decoded.ContentType != AppealRequest.ContentType
            || decoded.TerminalId is not { } terminalId)
        {
            return (null, Refusal.Malformed("message", "expected COSE_Sign1 with ES256 and content type " + AppealRequest.ContentType));
        }

        if (await database.TrustStatus.ReadRecordAsync(terminalId, cancellation)
            is not { State: TerminalState.Active or TerminalState.Suspended } terminal)
        {
            return (null, new Refusal(ReasonCodes.TerminalUnknown));
        }

        if (!decoded.Verify(terminal.DeviceKey))
        {
            return (null, new Refusal(ReasonCodes.SignatureInvalid, "not signed by the enrolled key"));
        }

        if (!AppealRequest.TryDecode(decoded.Payload, out AppealRequest request))
        {
            return (null, Refusal.Malformed("payload", $"expected an identity and a text of 1 to {AppealRequest.MaxText} characters"));
        }

        if (await FindOwnAsync(request.AppealId, terminalId, cancellation) is { } known)
        {
            return known;
        }

        AppealRecord record = new()
        {
            Number = await database.Sequences.NextAsync(Sequence, cancellation),
            AppealId = request.AppealId,
            TerminalId = terminalId,
            MerchantId = terminal.MerchantId,
            Text = request.Text,
            At = clock.GetUtcNow(),
            Verdict = terminal.Verdict,
            Reasons = [.. terminal.Findings.Select(static finding => finding.Reason).Distinct().Take(MaxReasons)],
        };

        // What a person wrote may name people: the journal has its hash.
        Change change = new Change().Add(record).Append("appeal.received", terminalId, new JsonObject
        {
            ["number"] = record.Number,
            ["verdict"] = record.Verdict.ToString(),
            ["reasons"] = new JsonArray([.. record.Reasons.Select(static reason => (JsonNode)reason)]),
            ["textHash"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record.Text))),
        });
        return (await database.CommitAsync(change, cancellation)).Done
            ? (new AppealAnswer { Number = record.Number }, null)
            : await FindOwnAsync(request.AppealId, terminalId, cancellation)
                ?? (null, new Refusal(ReasonCodes.RateLimited, $"{AppealStore.MaxOpen} appeals of this terminal wait for an answer already"));
    }

    /// <summary>A person answers an appeal.</summary>
    public async Task<(AppealRecord? Appeal, Refusal? Refusal)> CloseAsync(
        long number, string by, string note, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(note) || note.Length > MaxNote)
        {
            return (null, Refusal.Malformed("note", $"what came of it, 1 to {MaxNote} characters"));
        }

        if (await database.Appeals.FindAsync(number, cancellation) is not { State: AppealState.Open } appeal)
        {
            return (null, Refusal.Malformed("number", "no open appeal has that number"));
        }

        AppealRecord closed = appeal with { State = AppealState.Closed, By = by, Note = note, ClosedAt = clock.GetUtcNow() };
        Change change = new Change().Close(closed).Append("appeal.closed", closed.TerminalId, new JsonObject
        {
            ["number"] = number, ["by"] = by, ["note"] = note,
        });
        return (await database.CommitAsync(change, cancellation)).Done
            ? (closed, null)
            : (null, Refusal.Malformed("number", string.Create(CultureInfo.InvariantCulture, $"appeal {number} was answered in the meantime")));
    }

    /// <summary>An identity of another terminal's appeal is no identity for this one.</summary>
    private async Task<(AppealAnswer? Answer, Refusal? Refusal)?> FindOwnAsync(Guid appealId, Guid terminalId, CancellationToken cancellation) =>
        await database.Appeals.FindAsync(appealId, cancellation) is not { } known ? null
        : known.TerminalId == terminalId ? (new AppealAnswer { Number = known.Number }, null)
        : (null, Refusal.Malformed("appealId", "expected one that was never used"));
}
