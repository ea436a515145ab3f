using SoftPos.Keys;
using SoftPos.Monitoring;

namespace SoftPos.Backend;

/// <summary>Puts the key room behind monitoring's port: monitoring says when a terminal may have keys, and never sees one.</summary>
internal sealed class KeyRoomDelivery(IKeyRoom keys) : IKeyDelivery
{
    public async ValueTask<KeyDelivery> DeliverAsync(
        Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation)
    {
        InitialKeys delivered = await keys.DeliverInitialKeysAsync(terminalId, agreementKey, nonce, cancellation);
        return new KeyDelivery(delivered.Data, delivered.Pin);
    }
}
