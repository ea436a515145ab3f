using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Iso8583;
using SoftPos.Keys;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// Sends what payments owe the acquirer: the reversal of an unknown outcome (0400, then 0401), the void, the completion and the adjustment (0220,
/// then 0221), with growing pauses until acknowledged. What is owed lies in the database, so a restart goes on where it was.
/// </summary>
public sealed class ReversalWorker : IDisposable
{
    /// <summary>Longest sleep, so that what another node leaves due is seen.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly IKeyRoom _keys;
    private readonly IAcquirer _acquirer;
    private readonly PaymentSteps _steps;
    private readonly PaymentOptions _options;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _oneRound = new(1, 1);

    internal ReversalWorker(Database database, IKeyRoom keys, IAcquirer acquirer, PaymentSteps steps, PaymentOptions options, TimeProvider clock)
    {
        _database = database;
        _keys = keys;
        _acquirer = acquirer;
        _steps = steps;
        _options = options;
        _clock = clock;
    }

    /// <summary>Settles payments that nobody works on any more, before each round.</summary>
    internal Func<Task>? Settle { get; init; }

    /// <summary>Asks the bank about a deferred payment.</summary>
    internal Func<Guid, Task>? Authorise { get; init; }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="failed">Told of a failed round, such as a full disk; the next round tries again.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Action<Exception>? failed, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            TimeSpan pause = LongestSleep;
            try
            {
                await (Settle?.Invoke() ?? Task.CompletedTask).ConfigureAwait(false);
                int done = await RunDueAsync().ConfigureAwait(false);
                pause = done == PaymentStore.MaxPage ? TimeSpan.Zero : await UntilNextAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Reversals that are owed must outlive every failure of one round.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                failed?.Invoke(fault);
            }

            await Task.Delay(pause, _clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends what is due now, once each; returns how many messages were tried.</summary>
    public async Task<int> RunDueAsync()
    {
        await _oneRound.WaitAsync().ConfigureAwait(false);
        try
        {
            List<StoredPayment> due = await _database.Payments.DueAsync(_clock.GetUtcNow(), PaymentStore.MaxPage).ConfigureAwait(false);
            await Parallel.ForEachAsync(
                due, new ParallelOptions { MaxDegreeOfParallelism = _options.Reversal.AtOnce }, async (payment, _) => await TryAsync(payment)
                    .ConfigureAwait(false))
                .ConfigureAwait(false);
            return due.Count;
        }
        finally
        {
            _oneRound.Release();
        }
    }

    /// <summary>Sends what one payment owes at once; what is not acknowledged goes on in the rounds.</summary>
    public async Task SendNowAsync(Guid paymentId)
    {
        // One that the rounds have taken meanwhile is theirs.
        if (await _database.Payments.FindAsync(paymentId).ConfigureAwait(false) is { Record: { ReversalDueAt: not null, ReversalAttempts: 0 } } owing)
        {
            await ReverseAsync(owing).ConfigureAwait(false);
        }
    }

    /// <summary>Goes on with a parked reversal; false when the payment is not parked.</summary>
    public async Task<bool> ResumeAsync(Guid paymentId)
    {
        StoredPayment? stored = await _database.Payments.FindAsync(paymentId).ConfigureAwait(false);
        return stored is not null
            && await _steps.TakeAsync(
                await _steps.StandAsync(stored).ConfigureAwait(false), new PaymentEvent.ReversalResumed()).ConfigureAwait(false) is not null;
    }

    /// <inheritdoc/>
    public void Dispose() => _oneRound.Dispose();

    private Task TryAsync(StoredPayment due) => due.Record.State == PaymentState.Deferred
        ? Authorise?.Invoke(due.Record.PaymentId) ?? Task.CompletedTask
        : ReverseAsync(due);

    private async Task ReverseAsync(StoredPayment stored)
    {
        PaymentSteps.Standing standing = await _steps.StandAsync(stored).ConfigureAwait(false);
        string stan = stored.Record.ReversalStan ?? AuthorisationMessage.Stan(await _database.Sequences.NextAsync("stan").ConfigureAwait(false));
        string time = AuthorisationMessage.TransmissionTime(_clock.GetUtcNow());

        // Journal first: after a crash between here and the answer the next message is a repeat.
        PaymentSteps.Standing? started = await _steps.TakeAsync(standing, new PaymentEvent.ReversalStarted(stan, time)).ConfigureAwait(false);
        if (started?.Record.ReversalDueAt is null)
        {
            return;
        }

        byte[] original = await _keys.UnsealFromStorageAsync(
            started.Sealed, PaymentSteps.BoundTo(stored.Record.PaymentId), CancellationToken.None).ConfigureAwait(false)
            ?? throw new CryptographicException("the stored request does not open");
        try
        {
            if (await ExchangeAsync(started.Record, original).ConfigureAwait(false) is { } outcome)
            {
                await _steps.TakeAsync(started, outcome).ConfigureAwait(false);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(original);
        }
    }

    private async Task<PaymentEvent?> ExchangeAsync(PaymentRecord payment, byte[] original)
    {
        byte[] message = OwedMessage.Encode(payment, original, _options);
        try
        {
            AcquirerAnswer answer = await _acquirer.SendAsync(message, CancellationToken.None).ConfigureAwait(false);
            return answer.Kind switch
            {
                AnswerKind.NotSent => new PaymentEvent.ReversalNotSent(),
                AnswerKind.Answered when OwedMessage.Read(answer.Bytes.Span, payment, _options) is { } code =>
                    new PaymentEvent.ReversalAnswered(code),
                _ => null,
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(message);
        }
    }

    private async Task<TimeSpan> UntilNextAsync(CancellationToken cancellation)
    {
        DateTimeOffset? due = await _database.Payments.NextDueAsync(cancellation).ConfigureAwait(false);
        TimeSpan pause = due is { } at ? at - _clock.GetUtcNow() : LongestSleep;
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause < LongestSleep ? pause : LongestSleep;
    }
}
