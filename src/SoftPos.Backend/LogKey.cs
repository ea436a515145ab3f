using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>The Ed25519 key by which this installation signs checkpoints of its journal. Its seed rests sealed by the key room.</summary>
internal static class LogKey
{
    private const string Setting = "key.log.1";

    /// <summary>Opens the key, or makes it at the first start.</summary>
    public static async Task<NoteSigner> OpenAsync(Database database, IKeyRoom keys, CancellationToken cancellation)
    {
        SealedSetting setting = new(database, keys, Setting, "log key");
        if (await setting.FindAsync(cancellation) is { } stored)
        {
            try
            {
                return NoteSigner.ForLog(await NameAsync(database, cancellation), stored);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(stored);
            }
        }

        byte[] seed = RandomNumberGenerator.GetBytes(NoteSigner.SeedLength);

        // An origin must name one log in the world; an installation that has no address of its own takes a number.
        string name = "softpos.invalid/log-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        NoteSigner made = NoteSigner.ForLog(name, seed);
        JsonObject entry = new() { ["purpose"] = "checkpoints of the journal", ["verifierKey"] = made.Verifier.ToString() };
        Change writing = await setting.WritingAsync(seed, entry, cancellation);
        CryptographicOperations.ZeroMemory(seed);
        (await database.CommitAsync(writing.PutSetting(Setting + ".name", Encoding.UTF8.GetBytes(name)), cancellation)).Require();
        return made;
    }

    private static async Task<string> NameAsync(Database database, CancellationToken cancellation) =>
        await database.Settings.FindAsync(Setting + ".name", cancellation) is { } name
            ? Encoding.UTF8.GetString(name)
            : throw new BackendStartException("the log key has no name; the settings were changed");
}
