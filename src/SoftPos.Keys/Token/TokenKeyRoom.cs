using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>
/// The key room over a PKCS#11 token: base derivation keys are made on the token and never leave it, AES DUKPT runs inside. With SoftHSM for
/// tests; a hardware token of the same interface in production, where a payment HSM's own commands should take over PIN translation.
/// </summary>
public sealed class TokenKeyRoom : KeyRoom
{
    private readonly TokenVault _vault;

    private TokenKeyRoom(Database database, TokenVault vault, TimeProvider clock)
        : base(database, vault, clock) => _vault = vault;

    /// <summary>Opens the room under a policy.</summary>
    /// <exception cref="InvalidDataException">No such token or PIN, the keys are not on it, or production met a test key.</exception>
    public static async Task<TokenKeyRoom> OpenAsync(
        Database database, TokenOptions token, KeyRoomPolicy policy, TimeProvider clock, CancellationToken cancellation)
    {
        TokenKeyRoom room = new(database, TokenVault.Open(token), clock);
        try
        {
            await room.StartAsync(policy, cancellation).ConfigureAwait(false);
            return room;
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _vault.Dispose();
    }
}
