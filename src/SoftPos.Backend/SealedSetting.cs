using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>A secret of the installation that rests among the settings, sealed by the key room for its own place only.</summary>
/// <param name="Database">Where it rests.</param>
/// <param name="Room">What seals it.</param>
/// <param name="Name">Name of the setting.</param>
/// <param name="What">What it is, in words.</param>
/// <param name="BoundTo">What it is sealed for; null for the name.</param>
internal sealed record SealedSetting(Database Database, IKeyRoom Room, string Name, string What, string? BoundTo = null)
{
    private byte[] Binding => Encoding.ASCII.GetBytes(BoundTo ?? Name);

    /// <summary>What does not open: another master key, another database, or a sandbox's under production.</summary>
    public BackendStartException Foreign =>
        new($"the {What} does not open under this master key; database, master key and kind of installation belong together");

    /// <summary>The secret, which the caller overwrites with zeros; null when there is none yet.</summary>
    /// <exception cref="BackendStartException">It does not open here.</exception>
    public async Task<byte[]?> FindAsync(CancellationToken cancellation) =>
        await Database.Settings.FindAsync(Name, cancellation) is { } resting
            ? await Room.UnsealFromStorageAsync(resting, Binding, cancellation) ?? throw Foreign
            : null;

    /// <summary>A change that writes the secret and says in the journal that it was made.</summary>
    public async Task<Change> WritingAsync(byte[] secret, JsonObject entry, CancellationToken cancellation) => new Change()
        .PutSetting(Name, await Room.SealForStorageAsync(secret, Binding, cancellation))
        .Append("key.generated", Name.Replace(' ', '.'), entry);

    /// <summary>The secret of random bytes, made at the first start.</summary>
    /// <exception cref="BackendStartException">It does not open here.</exception>
    public async Task<byte[]> FindOrMakeAsync(int length, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is { } found)
        {
            return found;
        }

        byte[] made = RandomNumberGenerator.GetBytes(length);
        (await Database.CommitAsync(await WritingAsync(made, new JsonObject { ["purpose"] = What }, cancellation), cancellation)).Require();
        return made;
    }
}
