using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>
/// Delivers keys to a terminal that has just passed its enrolment. Monitoring knows no keys: the host puts the key room behind this port.
/// </summary>
public interface IKeyDelivery
{
    /// <summary>Makes initial keys and wraps them to the agreement key.</summary>
    ValueTask<KeyDelivery> DeliverAsync(
        Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation);
}

/// <summary>Keys on their way to a terminal.</summary>
/// <param name="Data">Initial key for account data.</param>
/// <param name="Pin">Initial key for PINs.</param>
public sealed record KeyDelivery(DeliveredKey Data, DeliveredKey Pin);
