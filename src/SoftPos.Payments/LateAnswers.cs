using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>Answers that came when nobody waited any more. They are written down; they never change an outcome.</summary>
public sealed class LateAnswers
{
    /// <summary>Payments that are looked through: a late answer belongs to one of the newest of its terminal.</summary>
    private const int MaxSearched = 500;

    private readonly Database _database;
    private readonly PaymentSteps _steps;
    private readonly PaymentOptions _options;

    /// <summary>Makes one.</summary>
    public LateAnswers(Database database, PaymentOptions options, TimeProvider clock)
    {
        _database = database;
        _options = options;
        _steps = new PaymentSteps(database, options, clock);
    }

    /// <summary>Takes a message that no request waits for; returns the payment that it belongs to, or null.</summary>
    public async Task<Guid?> TakeAsync(ReadOnlyMemory<byte> message)
    {
        // What is not authenticated is not written down as the acquirer's word.
        if (!_options.TryRead(message.Span, out _)
            || !Iso8583Message.TryDecode(message.Span, _options.Dialect, out Iso8583Message? answer, out _)
            || answer[39] is not { } code
            || answer.Type.Class != 1)
        {
            return null;
        }

        string? reference = answer[37], stan = answer[11];
        answer.Clear();
        List<StoredPayment> newest = await _database.Payments.NewestAsync(null, null, MaxSearched).ConfigureAwait(false);
        if (newest.Find(p => p.Record.RetrievalReference == reference && p.Record.Stan == stan) is not { } found || reference is null)
        {
            return null;
        }

        PaymentSteps.Standing standing = await _steps.StandAsync(found).ConfigureAwait(false);
        await _steps.TakeAsync(standing, new PaymentEvent.AnsweredLate(code)).ConfigureAwait(false);
        return found.Record.PaymentId;
    }
}
