using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>
/// The key room in software: keys rest sealed under the master key and are opened into this process's memory. For sandboxes, tests and small
/// deployments; who reads the memory of the process has the keys.
/// </summary>
public sealed class SoftwareKeyRoom : KeyRoom
{
    private readonly SoftwareVault _vault;

    private SoftwareKeyRoom(Database database, SoftwareVault vault, TimeProvider clock)
        : base(database, vault, clock) => _vault = vault;

    /// <summary>Opens the room of a sandbox: unseals its base derivation keys, or makes them in an empty database.</summary>
    /// <exception cref="InvalidDataException">The keys in the database are not sealed under this master key.</exception>
    public static Task<SoftwareKeyRoom> OpenAsync(Database database, MasterKey master, TimeProvider clock, CancellationToken cancellation) =>
        OpenAsync(database, master, KeyRoomPolicy.Sandbox, clock, cancellation);

    /// <summary>Opens the room under a policy.</summary>
    /// <exception cref="InvalidDataException">The keys are not sealed under this master key, or production met a test key.</exception>
    public static async Task<SoftwareKeyRoom> OpenAsync(
        Database database, MasterKey master, KeyRoomPolicy policy, TimeProvider clock, CancellationToken cancellation)
    {
        SoftwareKeyRoom room = new(database, new SoftwareVault(master), clock);
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
