using SoftPos.Payments.Acquirer;

namespace SoftPos.Payments;

/// <summary>The way to the acquirer, as payments see it.</summary>
public interface IAcquirer
{
    /// <summary>
    /// Sends one message and waits for its answer. It must say "not sent" only when no byte of it can have left; when in doubt "no answer".
    /// </summary>
    Task<AcquirerAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);
}
