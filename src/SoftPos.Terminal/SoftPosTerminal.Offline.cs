using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What the terminal may take while the back end is away, and what waits.</summary>
public sealed record OfflineState
{
    /// <summary>Sales can be taken while the back end is away.</summary>
    public bool IsPermitted => Until is not null;

    /// <summary>End of the permission by the phone's clock; null without one.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Sales that may still be taken.</summary>
    public int CountLeft { get; init; }

    /// <summary>Sum that may still be taken, in minor units.</summary>
    public long LeftMinor { get; init; }

    /// <summary>Highest amount of one sale, in minor units.</summary>
    public long MaxAmountMinor { get; init; }

    /// <summary>ISO 4217 numeric currency of the permission.</summary>
    public string? Currency { get; init; }

    /// <summary>Sales that wait to be forwarded. Their money is not sure.</summary>
    public IReadOnlyList<WaitingSale> Waiting { get; init; } = [];
}

/// <summary>Sales that were taken while the back end was away.</summary>
public sealed partial class SoftPosTerminal
{
    /// <summary>
    /// Raised with the result of each sale that was forwarded. Comes on the thread of the call or of the heartbeat that forwarded it,
    /// inside the terminal: the handler returns at once and calls no method of this class.
    /// </summary>
    public event Action<PaymentResult>? Forwarded;

    /// <summary>How the terminal stands without the back end; nothing is permitted before activation.</summary>
    public OfflineState Offline
    {
        get
        {
            if (_enrolment is not { Offline: { } queue })
            {
                return new OfflineState();
            }

            if (queue.Permission() is not { } permission)
            {
                return new OfflineState { Waiting = queue.Waiting };
            }

            (int count, long minor) = queue.Used;
            return new OfflineState
            {
                Until = _options.Platform.Clock.GetUtcNow() + (permission.ExpiresAt - queue.BackendTime),
                CountLeft = Math.Max(0, permission.Terms.MaxCount - count),
                LeftMinor = Math.Max(0, permission.Terms.MaxTotalMinor - minor),
                MaxAmountMinor = permission.Terms.MaxAmountMinor,
                Currency = permission.Currency,
                Waiting = queue.Waiting,
            };
        }
    }

    /// <summary>Forwards the sales that wait. The terminal does that by itself with every heartbeat and before every payment.</summary>
    /// <returns>True when nothing waits any more.</returns>
    public async Task<bool> ForwardOfflineAsync(CancellationToken cancellation = default)
    {
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        return _enrolment is not { } enrolment || await _forwarding.RunAsync(enrolment, Tell, cancellation)
            .ConfigureAwait(false) == LinkEnd.Answered;
    }

    private void Tell(PaymentResult result)
    {
        try
        {
            Forwarded?.Invoke(result);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // What the host app makes of a result changes none.
        }
    }

    /// <summary>Forwards what waits when the back end answers; true when something went.</summary>
    private async Task<bool> ForwardAfterAsync(Enrolment enrolment, LinkAnswer<AttestationAnswer> answer, CancellationToken cancellation)
    {
        int waiting = enrolment.Offline.Waiting.Count;
        if (waiting == 0 || answer is { Value: null, Problem: null })
        {
            return false;
        }

        await _forwarding.RunAsync(enrolment, Tell, cancellation).ConfigureAwait(false);
        return enrolment.Offline.Waiting.Count < waiting;
    }
}
