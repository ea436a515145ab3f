using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>How a route to the acquirer stands.</summary>
/// <param name="Name">Name of the link.</param>
/// <param name="Priority">0 is taken first.</param>
/// <param name="Link">State of the link with its time and reason.</param>
/// <param name="Breaker">State of its circuit breaker.</param>
/// <param name="InFlight">Messages in flight.</param>
/// <param name="Counters">Counters since the start.</param>
public sealed record RouteState(string Name, int Priority, LinkChange Link, CircuitBreaker Breaker, int InFlight, LinkCounters Counters);

/// <summary>
/// Several links to one acquirer, by priority. A message goes over the first that is up and whose breaker lets it; over the next only when it is
/// certain that no byte left over the one before. What may have left is never sent twice: without an answer it is unknown, and is reversed.
/// </summary>
public sealed class AcquirerRoutes : IAcquirer
{
    private readonly Route[] _routes;
    private readonly Iso8583Dialect _dialect;
    private readonly TimeSpan _timeout;
    private readonly BreakerOptions _breaker;
    private readonly TimeProvider _clock;

    /// <summary>Makes routes over links, the most wanted first. The links stay their owner's.</summary>
    /// <param name="links">Links.</param>
    /// <param name="dialect">Dialect of the acquirer.</param>
    /// <param name="timeout">Longest time for an answer.</param>
    /// <param name="breaker">When a link is left alone.</param>
    /// <param name="clock">Clock.</param>
    public AcquirerRoutes(IReadOnlyList<AcquirerLink> links, Iso8583Dialect dialect, TimeSpan timeout, BreakerOptions breaker, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(links);
        ArgumentOutOfRangeException.ThrowIfZero(links.Count);
        _routes = [.. links.Select(static link => new Route(link))];
        _dialect = dialect;
        _timeout = timeout;
        _breaker = breaker;
        _clock = clock;
    }

    /// <summary>How the routes stand, the most wanted first.</summary>
    public IReadOnlyList<RouteState> States =>
        [.. _routes.Select(static (route, i) => new RouteState(
            route.Link.Name, i, route.Link.State, route.Breaker, route.Link.InFlight, route.Link.Counters))];

    /// <inheritdoc/>
    public async Task<AcquirerAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        MatchKey key = Iso8583View.TryRead(message.Span, _dialect, out Iso8583View view, out _)
            ? MatchKey.Of(view)
            : throw new ArgumentException("a message of our own cannot be read", nameof(message));
        AcquirerAnswer answer = AcquirerAnswer.NotSent(AnswerReason.LinkDown);
        foreach (Route route in _routes)
        {
            if (!route.Link.IsUp || !route.TryEnter(_clock.GetUtcNow()))
            {
                continue;
            }

            answer = await route.Link.SendAsync(message, key, _timeout, cancellation).ConfigureAwait(false);
            route.Leave(answer.Kind, _clock.GetUtcNow(), _breaker);
            bool another = answer is { Kind: AnswerKind.NotSent, Reason: not (AnswerReason.DuplicateKey or AnswerReason.MessageTooLong) };
            if (!another)
            {
                return answer;
            }
        }

        return answer;
    }

    private sealed class Route(AcquirerLink link)
    {
        private readonly Lock _gate = new();
        private CircuitBreaker _state = CircuitBreaker.Closed;

        public AcquirerLink Link { get; } = link;

        public CircuitBreaker Breaker
        {
            get
            {
                lock (_gate)
                {
                    return _state;
                }
            }
        }

        public bool TryEnter(DateTimeOffset now)
        {
            lock (_gate)
            {
                return _state.TrySend(now, out _state);
            }
        }

        public void Leave(AnswerKind answer, DateTimeOffset now, BreakerOptions options)
        {
            lock (_gate)
            {
                _state = _state.After(answer, now, options);
            }
        }
    }
}
