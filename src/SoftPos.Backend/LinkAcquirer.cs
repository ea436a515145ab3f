using SoftPos.Iso8583;
using SoftPos.Payments;
using SoftPos.Payments.Acquirer;

namespace SoftPos.Backend;

/// <summary>The acquirer behind one link, with one time-out.</summary>
internal sealed class LinkAcquirer(AcquirerLink link, Iso8583Dialect dialect, TimeSpan timeout) : IAcquirer
{
    public Task<AcquirerAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        MatchKey.TryRead(message, dialect, out MatchKey key, out _)
            ? link.SendAsync(message, key, timeout, cancellation)
            : throw new ArgumentException("a message of our own has no match key", nameof(message));
}
