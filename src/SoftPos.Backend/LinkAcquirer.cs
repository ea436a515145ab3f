using SoftPos.Iso8583;
using SoftPos.Payments;
using SoftPos.Payments.Acquirer;

namespace SoftPos.Backend;

/// <summary>The acquirer behind one link, with one time-out.</summary>
internal sealed class LinkAcquirer(AcquirerLink link, Iso8583Dialect dialect, TimeSpan timeout) : IAcquirer
{
    public Task<AcquirerAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        Iso8583View.TryRead(message.Span, dialect, out Iso8583View view, out _)
            ? link.SendAsync(message, MatchKey.Of(view), timeout, cancellation)
            : throw new ArgumentException("a message of our own cannot be read", nameof(message));
}
